"""What a visitor fills in to find her station, and what all forms of stations share."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

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
    """A form that carries the version of what it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def text_area(label: Any, *, help_text: Any = "", required: bool = True, most: int = 1000, rows: int = 3) -> Any:
    """Return a field of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=most, widget=widget)


def day_field(label: Any, *, help_text: Any = "", required: bool = True) -> forms.DateField:
    """Return a field with the browser's own calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget)


class NearForm(forms.Form):
    """A position to measure from; both numbers or none."""

    lng = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)

    def clean(self) -> dict:
        given = super().clean() or {}
        if (given.get("lng") is None) != (given.get("lat") is None) and not self.errors:
            raise forms.ValidationError(_("请同时填写经度和纬度，例如 121.55 和 29.87。"))
        return given

    def point(self) -> Point | None:
        """Return the position in EPSG:4326, when there is one and it is right."""
        if not self.is_valid() or self.cleaned_data.get("lng") is None:
            return None
        return Point(self.cleaned_data["lng"], self.cleaned_data["lat"], srid=4326)


class FindForm(NearForm):
    """An address or the name of a village; or a position."""

    q = forms.CharField(
        label=_("住址、村社或镇街"),
        required=False,
        max_length=80,
        widget=forms.TextInput(
            attrs={"type": "search", "enterkeyhint": "search", "placeholder": _("例如：南塘社区、古林镇，或拼音首字母")}
        ),
    )
    village = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: an empty POST is one too, and its fields are asked for."""
    return request.POST if request.method == "POST" else None
