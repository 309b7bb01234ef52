"""Near me: a position from the device, or the name of a place that somebody typed."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.areas.find import find_areas
from accounts.district import examples
from accounts.models import Area
from accounts.permissions import Asker

PARAMETERS = ("near", "place", "lng", "lat")


class OriginForm(forms.Form):
    """The place to measure from: words, or both numbers (EPSG:4326)."""

    near = forms.CharField(
        label=gettext_lazy("住址、村社或镇街"),
        required=False,
        max_length=80,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "enterkeyhint": "search",
                "placeholder": examples.fill_lazily(gettext_lazy("例如：%(place)s")),
            }
        ),
    )
    place = forms.CharField(required=False, max_length=12)
    """The code of the area that was chosen where a name fits several."""
    lng = forms.FloatField(label=gettext_lazy("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("纬度"), required=False, min_value=-90, max_value=90)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("lng") is None) != (given.get("lat") is None) and not self.errors:
            self.add_error("lng", examples.fill(_("请同时填写经度和纬度，例如 %(lng)s 和 %(lat)s。")))
        return given


@dataclass(frozen=True)
class Origin:
    """Where distances are measured from. Without a point, `choices` are the places that may be meant."""

    form: OriginForm
    point: Point | None = None
    name: str = ""
    choices: tuple[Area, ...] = ()
    asked: str = ""
    """What was typed."""


def origin_of(user: Asker, params: QueryDict) -> Origin:
    """Return what the address says of a place. Words count before numbers; a name that fits one place is that place."""
    form = OriginForm(params)
    if not form.is_valid():
        return Origin(form)
    given = form.cleaned_data
    if given["near"]:
        return _origin_by_name(user, form, given["near"], given["place"])
    if given["lng"] is None:
        return Origin(form)
    return Origin(form, Point(given["lng"], given["lat"], srid=4326), _("您的位置"))


def _origin_by_name(user: Asker, form: OriginForm, words: str, code: str) -> Origin:
    areas = find_areas(user, words)
    if not areas:
        message = _("没有找到“%(words)s”。试试只写村社或镇街的名字，例如“南塘社区”。")
        form.add_error("near", message % {"words": words})
    exact = [area for area in areas if code == area.code or (not code and area.name == words.strip())]
    only = exact[0] if len(exact) == 1 else areas[0] if len(areas) == 1 else None
    if only is not None:
        return Origin(form, only.point, only.name, asked=words)
    return Origin(form, choices=tuple(areas), asked=words)
