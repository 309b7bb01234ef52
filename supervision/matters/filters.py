"""Filters of findings and suggestions, the same in the address of a page and of the API."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.areas.filters import AreaFilter
from accounts.models import Department
from supervision.findings.models import Category, Finding
from supervision.findings.places import FARTHEST_OFF, PublicPlace
from supervision.matters.models import Suggestion
from supervision.matters.queries import overdue_condition
from supervision.matters.table import TABLE
from tiles.query.filters import BBoxFilter, box_of


class PublicPlaceFilter(BBoxFilter):
    """Keep what lies in the box by its public place: windows that shrink around an exact one would find it."""

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        if not value:
            return queryset
        box = box_of(value)
        near = queryset.filter(geom__bboverlaps=box.buffer(FARTHEST_OFF))  # by the index
        return near.alias(place=PublicPlace("geom")).filter(place__intersects=box)


class FindingFilter(filters.FilterSet):
    """Findings by category, state, town, day, and box (west,south,east,north in WGS 84 degrees).

    The queryset has `state_shown` and `project_shown` (`permissions.shown_of_findings`): what the asker is shown.
    """

    category = filters.ChoiceFilter(label=_("类别"), choices=Category.choices, empty_label=_("全部类别"))
    state = filters.ChoiceFilter(
        label=_("办理状态"),
        field_name="state_shown",
        choices=TABLE.choices(),
        empty_label=_("全部状态"),
    )
    area = AreaFilter()
    point = filters.CharFilter(label=_("点位编码"), field_name="point__code")
    project = filters.CharFilter(label=_("项目编号"), field_name="project_shown")
    since = filters.DateFilter(label=_("填报日期不早于"), field_name="created_at", lookup_expr="date__gte")
    until = filters.DateFilter(label=_("填报日期不晚于"), field_name="created_at", lookup_expr="date__lte")
    in_bbox = PublicPlaceFilter()

    class Meta:
        model = Finding
        fields: list[str] = []


class SuggestionFilter(filters.FilterSet):
    """Suggestions by category, state, result, department and clock."""

    department = filters.ModelChoiceFilter(label=_("主办单位"), queryset=Department.objects.all(), to_field_name="code")
    overdue = filters.BooleanFilter(label=_("已超期"), method="filter_overdue")
    due_before = filters.DateFilter(label=_("期限不晚于"), field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Suggestion
        fields = ["category", "state", "result"]

    def filter_overdue(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(overdue_condition()) if value else queryset.exclude(overdue_condition())
