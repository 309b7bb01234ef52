"""Controls with the browser's own calendar, clock and camera."""

from typing import Any

from django import forms

PHOTO_TYPES = "image/jpeg,image/png,image/webp"
COORDINATE = {"inputmode": "decimal", "autocomplete": "off"}
"""Attributes of a field for a number that a browser should neither step nor remember."""


class DayInput(forms.DateInput):
    """A day, picked in the browser's calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day and a time of day, in the site's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class PhotoInput(forms.FileInput):
    """One photo; a phone offers its camera and its album."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": PHOTO_TYPES, **(attrs or {})})
