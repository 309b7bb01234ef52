"""Filters of stations and deputies: the same for pages and API."""

from django.db.models import QuerySet
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.areas.filters import AreaFilter
from stations.register.models import Deputy, Station
from tiles.query.filters import BBoxFilter
from ui.text.search_field import search

SEARCH_BOX = TextInput(attrs={"type": "search", "enterkeyhint": "search"})
SEARCHED = ("name", "search_key", "address", "area__name")


class StationFilter(filters.FilterSet):
    """Stations by words, kind, town and box."""

    q = filters.CharFilter(label=_("找联络站"), method="by_words", widget=SEARCH_BOX)
    area = AreaFilter()
    kind = filters.ChoiceFilter(label=_("类型"), choices=Station.Kind.choices, empty_label=_("全部类型"))
    in_bbox = BBoxFilter()

    class Meta:
        model = Station
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Station], name: str, value: str) -> QuerySet[Station]:
        return search(queryset, value, SEARCHED)


class DeputyFilter(filters.FilterSet):
    """Deputies by name and station."""

    q = filters.CharFilter(label=_("姓名或选区"), method="by_words")
    station = filters.CharFilter(label=_("联络站编号"), field_name="station__code")

    class Meta:
        model = Deputy
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Deputy], name: str, value: str) -> QuerySet[Deputy]:
        return search(queryset, value, ("name", "electoral_district"))
