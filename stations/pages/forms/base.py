"""Fields that several forms of stations have."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from ui.forms.widgets import DayInput, MomentInput


def text_area(label: Any, *, help_text: Any = "", required: bool = True, most: int = 1000, rows: int = 3) -> Any:
    """Return a field of several lines and at most `most` characters."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=most, widget=widget)


def day_field(label: Any, *, help_text: Any = "", required: bool = True) -> forms.DateField:
    """Return a date field with the browser's date picker."""
    return forms.DateField(label=label, help_text=help_text, required=required, widget=DayInput())


def moment_field(label: Any) -> forms.DateTimeField:
    """Return a date and time field with the browser's picker."""
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    return forms.DateTimeField(label=label, input_formats=formats, widget=MomentInput())


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to; an empty POST binds it too, so that its required fields are reported."""
    return request.POST if request.method == "POST" else None
