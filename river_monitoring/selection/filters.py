"""Filters of monitoring points, the same in the address of a page and of the API, of today and of a past month.

The map asks its tiles for the same with CQL2 (`web/src/map/point-filter.ts`): a filter that is added here is added
there and to `vector_layers` too.
"""

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple, Select
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from accounts.areas.filters import AreaFilter, departments_to_choose
from accounts.district import examples
from accounts.permissions import Asker
from river_monitoring.network.models import ManagementRange, Reach
from river_monitoring.network.permissions import rivers_to_choose
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.models import Sample
from river_monitoring.selection import snapshot
from river_monitoring.steps.table import TABLE
from tiles.query.filters import BBoxFilter
from tiles.query.request import MONTH
from ui.api.times import TimeFilter

NEAR_M = (1_000, 3_000, 5_000, 10_000)
"""Distances that "near me" offers, metres."""
NEAR_DEFAULT_M = 3_000


WORST_FIRST = [(number, WaterClass(number).label) for number in queries.WORST_FIRST]


def chiefs(user: Asker = None) -> Iterable[tuple[str, str]]:
    """Return the names of the chiefs who have a point on their reach that `user` is shown: they stand on public
    signboards."""
    named = points_visible_to(user).exclude(reach__chief_name="").exclude(reach=None).order_by("reach__chief_name")
    return [(name, name) for name in named.values_list("reach__chief_name", flat=True).distinct()]


class MonthField(forms.CharField):
    """A month, ``2026-03``, as its first day."""

    def clean(self, value: Any) -> dt.date | None:
        text = super().clean(value)
        if not text:
            return None
        if not MONTH.fullmatch(text):
            raise forms.ValidationError(_("月份请写成“年-月”，例如 2026-03。"), code="bad-at")
        return dt.date.fromisoformat(f"{text}-01")


@extend_schema_field({"type": "string", "pattern": MONTH.pattern, "example": "2026-03"})
class MonthFilter(filters.Filter):
    """Show the waters as they were in a month; `PointFilter.filter_queryset` does it before all else."""

    field_class = MonthField

    def filter(self, queryset: QuerySet, value: dt.date | None) -> QuerySet:
        return queryset


class PlaceField(forms.CharField):
    """A place, ``longitude,latitude`` in WGS 84 degrees, as a point."""

    def clean(self, value: Any) -> Point | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            lon, lat = (float(part) for part in text.split(","))
        except ValueError:
            lon = lat = float("nan")
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise forms.ValidationError(
                examples.fill(_("位置请写成“经度,纬度”，例如 %(lng)s,%(lat)s。")), code="bad-place"
            )
        return Point(lon, lat, srid=4326)


@extend_schema_field({"type": "string", "example": "121.55,29.87"})
class PlaceNearFilter(filters.Filter):
    """Where somebody stands: the distance is annotated by `PointFilter.filter_queryset`."""

    field_class = PlaceField

    def filter(self, queryset: QuerySet, value: Point | None) -> QuerySet:
        return queryset


class PlaceFilter(filters.FilterSet):
    """What has a place can be asked for by a box: west,south,east,north in WGS 84 degrees."""

    in_bbox = BBoxFilter(lookup="bboverlaps")


class PointFilter(PlaceFilter):
    """Points by class, target, state, kind, town or village, river, department, deadline, and words."""

    at = MonthFilter(label=_("月份"))
    q = filters.CharFilter(label=_("搜索"), method="filter_words")
    # `class` is the public name; it is a keyword of Python, so the filter is filed under it by hand.
    vars()["class"] = filters.MultipleChoiceFilter(
        label=_("水质类别"), field_name="class_shown", choices=WORST_FIRST, widget=CheckboxSelectMultiple
    )
    status = filters.MultipleChoiceFilter(
        label=_("治理状态"),
        field_name="status_shown",
        choices=TABLE.choices(),
        widget=CheckboxSelectMultiple,
    )
    kind = filters.MultipleChoiceFilter(
        label=_("点位类型"), choices=MonitoringPoint.Kind.choices, widget=CheckboxSelectMultiple
    )
    area = AreaFilter()
    river = filters.ModelChoiceFilter(
        label=_("河流"), queryset=rivers_to_choose, to_field_name="code", empty_label=_("全部河流")
    )
    department = filters.ModelChoiceFilter(
        label=_("责任部门"), queryset=departments_to_choose, to_field_name="code", empty_label=_("全部部门")
    )
    chief = filters.ChoiceFilter(
        label=_("河长"), field_name="reach__chief_name", choices=chiefs, empty_label=_("全部河长")
    )
    overdue = filters.BooleanFilter(
        label=_("整治期限"),
        field_name="overdue_shown",
        widget=Select(choices=[("", _("不限")), ("true", _("已逾期")), ("false", _("未逾期"))]),
    )
    updated_since = TimeFilter(label=_("更新时间不早于"), field_name="updated_at", lookup_expr="gte")
    near = PlaceNearFilter(label=_("我的位置（经度,纬度）"))
    within = filters.NumberFilter(label=_("距离（米）"), method="keep", min_value=1, max_value=100_000)

    class Meta:
        model = MonitoringPoint
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["chief"].extra["choices"] = partial(chiefs, self._user())

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Annotate every point with the values shown, of today or of the month asked for, then filter by them.

        With `near` the points within `within` metres (3 km without it) come, the worst first, then the nearest;
        each has its `distance` on the ellipsoid.
        """
        asked = self.form.cleaned_data
        found = super().filter_queryset(snapshot.with_values_shown(queryset, self._user(), asked.get("at")))
        place = asked.get("near")
        return _near(found, place, float(asked.get("within") or NEAR_DEFAULT_M)) if place else found

    def _user(self) -> Any:
        return getattr(self.request, "user", None)

    def keep(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        """Return `queryset` as it is: `within` is the radius of `near` and filters nothing by itself."""
        return queryset

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


def _near(points: QuerySet[MonitoringPoint], place: Point, metres: float) -> QuerySet[MonitoringPoint]:
    measured = points.annotate(distance=Distance("geom", place, spheroid=True))
    near = measured.filter(distance__lte=D(m=metres))
    return near.order_by("-class_shown", "distance", "code")  # type: ignore[misc]


class ReachFilter(PlaceFilter):
    """Reaches by river and town."""

    river = filters.CharFilter(label=_("河流编码"), field_name="river__code")
    area = filters.CharFilter(label=_("镇街区划代码"), field_name="area__code")

    class Meta:
        model = Reach
        fields: list[str] = []


class RangeFilter(PlaceFilter):
    """Management ranges by river and town."""

    river = filters.CharFilter(label=_("河流编码"), field_name="reach__river__code")
    area = filters.CharFilter(label=_("镇街区划代码"), field_name="reach__area__code")

    class Meta:
        model = ManagementRange
        fields: list[str] = []


class SampleFilter(filters.FilterSet):
    """Samples by point, time and class."""

    point = filters.CharFilter(label=_("点位编码"), field_name="point__code")
    since = TimeFilter(label=_("采样时间不早于"), field_name="phenomenon_time", lookup_expr="gte")
    until = TimeFilter(label=_("采样时间不晚于"), field_name="phenomenon_time", lookup_expr="lte")
    vars()["class"] = filters.MultipleChoiceFilter(
        label=pgettext_lazy("water", "类别"), field_name="water_class", choices=WaterClass.choices
    )

    class Meta:
        model = Sample
        fields: list[str] = []
