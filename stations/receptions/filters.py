"""Filters of reception days: the same for pages and API."""

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from stations.receptions.models import Reception
from stations.receptions.table import TABLE
from ui.api.times import TimeFilter


class ReceptionFilter(filters.FilterSet):
    """Reception days by station, kind, whether they were held, and time."""

    station = filters.CharFilter(label=_("联络站编号"), field_name="station__code")
    area = filters.CharFilter(label=_("镇街区划代码"), field_name="station__area__code")
    kind = filters.ChoiceFilter(label=_("类型"), choices=Reception.Kind.choices)
    status = filters.ChoiceFilter(label=_("状态"), choices=TABLE.choices())
    series = filters.NumberFilter(label=_("同一组定期接待"), field_name="series")
    held = filters.BooleanFilter(label=_("已举行"))
    since = TimeFilter(label=_("开始不早于"), field_name="starts_at", lookup_expr="gte")
    until = TimeFilter(label=_("开始早于"), field_name="starts_at", lookup_expr="lt")

    class Meta:
        model = Reception
        fields: list[str] = []
