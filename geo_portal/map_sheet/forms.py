"""What a printed map is asked with."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geo_portal.map_sheet.code import PLACE
from geo_portal.tilesets import DRAWN
from tiles.query.request import MONTH

MOST_LAYERS = 12
SLUG = re.compile(r"[a-z0-9_-]{1,80}")
LONGEST_WINDOW = 8000


class SheetForm(forms.Form):
    """Paper and title are the reader's; the rest is what her map showed, and is left out where it makes no sense."""

    title = forms.CharField(label=_("标题"), max_length=60, required=False)
    paper = forms.ChoiceField(label=_("纸张"), choices=[("A4", "A4"), ("A3", "A3")], initial="A4")
    turn = forms.ChoiceField(
        label=_("纸张方向"), choices=[("landscape", _("横向")), ("portrait", _("纵向"))], initial="landscape"
    )
    c = forms.CharField(required=False, widget=forms.HiddenInput)
    z = forms.FloatField(required=False, min_value=0, max_value=22, widget=forms.HiddenInput)
    w = forms.IntegerField(required=False, min_value=50, max_value=LONGEST_WINDOW, widget=forms.HiddenInput)
    h = forms.IntegerField(required=False, min_value=50, max_value=LONGEST_WINDOW, widget=forms.HiddenInput)
    layers = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    at = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput)

    def clean_c(self) -> tuple[float, float] | None:
        if not PLACE.fullmatch(self.cleaned_data["c"]):
            return None
        lng, lat = (float(word) for word in self.cleaned_data["c"].split(","))
        return (lng, lat) if abs(lng) <= 180 and abs(lat) <= 80 else None

    def clean_layers(self) -> list[str]:
        names = [name for name in self.cleaned_data["layers"].split(",") if SLUG.fullmatch(name)]
        companions = {layer.name for layer in DRAWN if layer.map_use and layer.map_use.companion_of}
        return [name for name in dict.fromkeys(names) if name not in companions][:MOST_LAYERS]

    def clean_at(self) -> str:
        return self.cleaned_data["at"] if MONTH.fullmatch(self.cleaned_data["at"]) else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if None in (given.get("z"), given.get("w"), given.get("h")):
            given["c"] = None
        return given
