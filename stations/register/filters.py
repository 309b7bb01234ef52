"""Filters of stations, deputies and reception days: the same for pages and API."""

from django.db.models import QuerySet
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.areas.filters import towns
from stations.receptions.models import Reception
from stations.register.models import Deputy, Station
from stations.service_areas.models import ServiceArea
from tiles.query.filters import BBoxFilter
from ui.text.search_field import search

SEARCH_BOX = TextInput(
    attrs={"type": "search", "enterkeyhint": "search", "placeholder": _("找联络站：名称、地址，或拼音首字母")}
)
SEARCHED = ("name", "search_key", "address", "area__name")


class StationFilter(filters.FilterSet):
    """Stations by words, kind, town and box."""

    q = filters.CharFilter(label=_("找联络站"), method="by_words", widget=SEARCH_BOX)
    area = filters.ModelChoiceFilter(label=_("镇街"), queryset=towns, to_field_name="code", empty_label=_("全部镇街"))
    kind = filters.ChoiceFilter(label=_("类型"), choices=Station.Kind.choices, empty_label=_("全部类型"))
    in_bbox = BBoxFilter()

    class Meta:
        model = Station
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Station], name: str, value: str) -> QuerySet[Station]:
        return search(queryset, value, SEARCHED)


class ServiceAreaFilter(filters.FilterSet):
    """Service areas by station, town and box."""

    station = filters.CharFilter(label=_("联络站编号"), field_name="station__code")
    area = filters.CharFilter(label=_("镇街区划代码"), field_name="station__area__code")
    in_bbox = BBoxFilter()

    class Meta:
        model = ServiceArea
        fields: list[str] = []


class DeputyFilter(filters.FilterSet):
    """Deputies by name and station."""

    q = filters.CharFilter(label=_("姓名或选区"), method="by_words")
    station = filters.CharFilter(label=_("联络站编号"), field_name="station__code")

    class Meta:
        model = Deputy
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Deputy], name: str, value: str) -> QuerySet[Deputy]:
        return search(queryset, value, ("name", "electoral_district"))


class ReceptionFilter(filters.FilterSet):
    """Reception days by station, kind, whether they were held, and time."""

    station = filters.CharFilter(label=_("联络站编号"), field_name="station__code")
    area = filters.CharFilter(label=_("镇街区划代码"), field_name="station__area__code")
    kind = filters.ChoiceFilter(label=_("类型"), choices=Reception.Kind.choices)
    status = filters.ChoiceFilter(label=_("状态"), choices=Reception.Status.choices)
    held = filters.BooleanFilter(label=_("已举行"))
    since = filters.IsoDateTimeFilter(label=_("开始不早于"), field_name="starts_at", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(label=_("开始早于"), field_name="starts_at", lookup_expr="lt")

    class Meta:
        model = Reception
        fields: list[str] = []
