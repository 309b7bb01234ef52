"""Filters of monitoring points, the same in the address of a page and of the API."""

from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple, Select
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import rest_framework as filters

from accounts.filters import towns
from accounts.models import Area, Department
from river_monitoring.models import MonitoringPoint, Reach, River, Sample, WaterClass
from river_monitoring.queries import overdue_condition
from tiles.filters import BBoxFilter


class PlaceFilter(filters.FilterSet):
    """What has a place can be asked for by a box: west,south,east,north in WGS 84 degrees."""

    in_bbox = BBoxFilter(lookup="bboverlaps")


class PointFilter(PlaceFilter):
    """Points by class, target, state, kind, town or village, river, department, deadline, and words."""

    q = filters.CharFilter(label=_("搜索"), method="filter_words")
    # `class` is the public name; it is a keyword of Python, so the filter is filed under it by hand.
    vars()["class"] = filters.MultipleChoiceFilter(
        label=_("现状类别"), field_name="current_class", choices=WaterClass.choices, widget=CheckboxSelectMultiple
    )
    status = filters.MultipleChoiceFilter(
        label=_("治理状态"), choices=MonitoringPoint.Status.choices, widget=CheckboxSelectMultiple
    )
    kind = filters.MultipleChoiceFilter(
        label=_("点位类型"), choices=MonitoringPoint.Kind.choices, widget=CheckboxSelectMultiple
    )
    area = filters.ModelChoiceFilter(
        label=_("镇街"), queryset=towns, to_field_name="code", method="filter_area", empty_label=_("全部镇街")
    )
    river = filters.ModelChoiceFilter(
        label=_("河流"), queryset=River.objects.all(), to_field_name="code", empty_label=_("全部河流")
    )
    department = filters.ModelChoiceFilter(
        label=_("责任部门"), queryset=Department.objects.all(), to_field_name="code", empty_label=_("全部部门")
    )
    overdue = filters.BooleanFilter(
        label=_("整治期限"),
        method="filter_overdue",
        widget=Select(choices=[("", _("不限")), ("true", _("已逾期")), ("false", _("未逾期"))]),
    )
    updated_since = filters.IsoDateTimeFilter(label=_("更新时间不早于"), field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = MonitoringPoint
        fields: list[str] = []

    def filter_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        words = value.split()[:5]
        for word in words:
            queryset = queryset.filter(
                Q(name__icontains=word)
                | Q(code__icontains=word)
                | Q(river__name__icontains=word)
                | Q(area__name__icontains=word)
                | Q(village__name__icontains=word)
            )
        return queryset

    def filter_area(self, queryset: QuerySet, name: str, value: Area) -> QuerySet:
        return queryset.filter(area=value)

    def filter_overdue(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(overdue_condition()) if value else queryset.exclude(overdue_condition())


class ReachFilter(PlaceFilter):
    """Reaches by river and town."""

    river = filters.CharFilter(label=_("河流编码"), field_name="river__code")
    area = filters.CharFilter(label=_("镇街区划代码"), field_name="area__code")

    class Meta:
        model = Reach
        fields: list[str] = []


class SampleFilter(filters.FilterSet):
    """Samples by point, time and class."""

    point = filters.CharFilter(label=_("点位编码"), field_name="point__code")
    since = filters.IsoDateTimeFilter(label=_("采样时间不早于"), field_name="phenomenon_time", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(label=_("采样时间不晚于"), field_name="phenomenon_time", lookup_expr="lte")
    vars()["class"] = filters.MultipleChoiceFilter(
        label=pgettext_lazy("water", "类别"), field_name="water_class", choices=WaterClass.choices
    )

    class Meta:
        model = Sample
        fields: list[str] = []
