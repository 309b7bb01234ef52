"""What all forms of stations share."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from geokit.refusal import Refusal


class RefusableForm(forms.Form):
    """A form that shows a service's refusal beside its fields and keeps what was typed."""

    use_required_attribute = True

    def show(self, refusal: Refusal) -> None:
        """Put each error of `refusal` beside its field, the rest on top."""
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else None, error.message)
        if not refusal.errors:
            self.add_error(None, refusal.message)


class StepForm(RefusableForm):
    """A form with the version of the row that it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def text_area(label: Any, *, help_text: Any = "", required: bool = True, most: int = 1000, rows: int = 3) -> Any:
    """Return a field of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=most, widget=widget)


def day_field(label: Any, *, help_text: Any = "", required: bool = True) -> forms.DateField:
    """Return a date field with the browser's date picker."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: an empty POST is one too, and its fields are asked for."""
    return request.POST if request.method == "POST" else None


MOMENT = "%Y-%m-%dT%H:%M"


def moment_field(label: Any) -> forms.DateTimeField:
    """Return a date and time field with the browser's picker."""
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"], widget=widget)
