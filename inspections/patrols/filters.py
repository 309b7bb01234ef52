"""Filters of patrols, the same in the address of the page and of the API."""

from typing import Any

from django.db.models import QuerySet
from django.forms import Select
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from accounts.areas.filters import AreaFilter
from accounts.models import User
from inspections.patrols.models import Capacity, Patrol
from inspections.patrols.permissions import patrols_visible_to
from river_monitoring.permissions import rivers_to_choose
from river_monitoring.selection.filters import MonthField
from ui.forms.widgets import DayInput


def walkers(request: Any) -> QuerySet[User]:
    """Those whose patrols the reader may see."""
    mine = patrols_visible_to(getattr(request, "user", None))
    return User.objects.filter(pk__in=mine.values("user")).order_by("display_name", "username")


@extend_schema_field({"type": "string", "example": "2026-03"})
class MonthFilter(filters.Filter):
    """Patrols that began in a month, ``2026-03``."""

    field_class = MonthField

    def filter(self, queryset: QuerySet, value: Any) -> QuerySet:
        if value is None:
            return queryset
        return queryset.filter(started_at__year=value.year, started_at__month=value.month)


class PatrolFilter(filters.FilterSet):
    """Patrols by person, capacity, town, water, month and day, and whether they are over."""

    user = filters.ModelChoiceFilter(label=_("巡查人"), queryset=walkers, empty_label=_("全部"))
    capacity = filters.ChoiceFilter(label=_("身份"), choices=Capacity.choices, empty_label=_("全部身份"))
    area = AreaFilter()
    river = filters.ModelChoiceFilter(
        label=_("巡查河流"), queryset=rivers_to_choose, to_field_name="code", empty_label=_("全部河流")
    )
    month = MonthFilter(label=_("月份"))
    since = filters.DateFilter(
        label=_("开始日期不早于"), field_name="started_at", lookup_expr="date__gte", widget=DayInput()
    )
    ended = filters.BooleanFilter(
        label=_("是否结束"),
        field_name="ended_at",
        lookup_expr="isnull",
        exclude=True,
        widget=Select(choices=[("", _("全部")), ("true", _("已结束")), ("false", _("进行中"))]),
    )

    class Meta:
        model = Patrol
        fields: list[str] = []
