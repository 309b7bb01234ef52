"""Fields for a day, shown as a calendar by the browser."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAY_ERRORS = {"required": _("请填写日期。"), "invalid": _("日期写成 2026-03-05 的样子。")}


class DayInput(forms.DateInput):
    """A date field that the browser shows as a calendar; ISO 8601 on the wire."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, **more: Any) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, widget=DayInput, error_messages=DAY_ERRORS, **more)
