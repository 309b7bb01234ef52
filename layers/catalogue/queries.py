"""The catalogue: layers found by words, kind, visibility, department and date, in the order that is asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.permissions import ANONYMOUS, Asker, role_of
from layers.catalogue import thumbnails
from layers.catalogue.access import known_layers
from layers.permissions import reads_all_columns
from layers.storage.models import Layer
from ui.text.search_field import search

SEARCHED = ("title", "slug", "description", "source", "department__name", "department__short_name")
TYPES = [
    ("MultiPoint", _("点")), ("MultiLineString", _("线")), ("MultiPolygon", _("面")), ("Raster", _("栅格")),
]  # fmt: skip
ORDERS: dict[str, tuple[Any, Any]] = {
    "updated": ("-updated", _("最近更新在前")),
    "title": ("title", _("按名称")),
    "rows": (F("current_version__rows").desc(nulls_last=True), _("要素多的在前")),
    "data": (F("data_date").desc(nulls_last=True), _("数据日期新的在前")),
}


class CatalogueForm(forms.Form):
    """The filters of the catalogue; whatever is not understood counts as not said."""

    q = forms.CharField(
        label=_("查找"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )
    type = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), *TYPES])
    visibility = forms.ChoiceField(
        label=_("可见范围"), required=False, choices=[("", _("全部")), *Layer.Visibility.choices]
    )
    department = forms.ModelChoiceField(
        Department.objects.all(), label=_("提供部门"), required=False, to_field_name="code", empty_label=_("全部")
    )
    since = forms.DateField(
        label=_("更新不早于"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    sort = forms.ChoiceField(
        label=_("排序"), required=False, choices=[(name, words) for name, (_order, words) in ORDERS.items()]
    )

    def __init__(self, user: Asker, data: QueryDict) -> None:
        super().__init__(data)
        departments = self.fields["department"]
        if isinstance(departments, forms.ModelChoiceField):
            departments.queryset = Department.objects.filter(layers__in=known_layers(user)).distinct()
        if role_of(user) == ANONYMOUS:
            del self.fields["visibility"]


@dataclass(frozen=True)
class Card:
    """One layer in the catalogue, with its picture if there is one."""

    layer: Layer
    picture: Path | None

    @property
    def stamp(self) -> str:
        """Changes with the picture, so a browser may keep it."""
        return self.picture.stem if self.picture else ""


def find_layers(user: Asker, form: CatalogueForm) -> QuerySet[Layer]:
    """The layers that meet the filters, in order."""
    form.is_valid()
    given = form.cleaned_data
    layers = search(known_layers(user).select_related("department"), given.get("q") or "", SEARCHED)
    if given.get("type"):
        layers = layers.filter(geometry_type=given["type"])
    if given.get("visibility"):
        layers = layers.filter(visibility=given["visibility"])
    if given.get("department"):
        layers = layers.filter(department=given["department"])
    if given.get("since"):
        layers = layers.filter(updated__date__gte=given["since"])
    order, _words = ORDERS[given.get("sort") or "updated"]
    return layers.order_by(order, "title", "pk")


def cards(user: Asker, layers: list[Layer]) -> list[Card]:
    return [Card(layer, thumbnails.find_or_request(layer, reads_all_columns(user, layer))) for layer in layers]
