"""Several photos in one field."""

from typing import Any

from django import forms

from ui.forms.widgets import PhotoInput


class PhotosInput(PhotoInput):
    """Several photos at once; a phone offers its camera and its album."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"multiple": True, **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class PhotosField(forms.Field):
    """A list of uploads, empty for none; whether each is a photo is checked by whoever keeps it."""

    widget = PhotosInput

    def clean(self, value: Any) -> list[Any]:
        return list(value or [])
