"""Forms for looking up a station by position, address or village."""

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from accounts.district import examples


class PositionForm(forms.Form):
    """A position to measure from; both numbers or none."""

    lng = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)

    def clean(self) -> dict:
        given = super().clean() or {}
        missing = [name for name in ("lng", "lat") if given.get(name) is None]
        if len(missing) == 1 and not self.errors:
            self.add_error(missing[0], examples.fill(_("请同时填写经度和纬度，例如 %(lng)s 和 %(lat)s。")))
        return given

    def point(self) -> Point | None:
        """Return the position in EPSG:4326, when there is one and it is right."""
        if not self.is_valid() or self.cleaned_data.get("lng") is None:
            return None
        return Point(self.cleaned_data["lng"], self.cleaned_data["lat"], srid=4326)


class LookupForm(PositionForm):
    """An address or the name of a village; or a position."""

    q = forms.CharField(
        label=_("住址、村社或镇街"),
        required=False,
        max_length=80,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "enterkeyhint": "search",
                "placeholder": examples.fill_lazily(_("例如：%(place)s，或拼音首字母")),
            }
        ),
    )
    village = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
