"""Figures of river monitoring: points by their class and their rectification, as they stand today."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.indicators import Case, Indicator, Scope, Source
from accounts.permissions import Asker, within
from river_monitoring.assessment.period import meets
from river_monitoring.permissions import points_visible_to
from river_monitoring.points.models import WaterClass
from river_monitoring.points.queries import with_overdue
from river_monitoring.standard.evaluation import GOOD, INFERIOR
from river_monitoring.statistics.overview import district_numbers
from river_monitoring.steps.table import OPEN

COLUMNS = (
    "pk", "area__code", "area__name", "department__code", "department__short_name", "current_class", "status",
    "target_class", "current_is_at_least", "is_overdue",
)  # fmt: skip


LISTS = {
    "good": "?" + urlencode([("class", number) for number in GOOD]),
    "rated": "?" + urlencode([("class", number) for number in range(1, INFERIOR + 1)]),
    "inferior": f"?class={INFERIOR}",
    "overdue": "?overdue=true",
    "open": "?" + urlencode([("status", state) for state in OPEN]),
}
"""The list of points behind each figure of the whole district, as its query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCase(Case):
    """One monitoring point: told from its target, as good as it, inferior to class V, being put right, late with it."""

    is_judged: bool
    is_at_target: bool
    is_inferior: bool
    is_open: bool
    is_late: bool


def point_cases(asker: Asker, scope: Scope, today: date) -> list[PointCase]:
    """Read the points of an area and department."""
    points = points_visible_to(asker).filter(within(scope.area) if scope.area else Q())
    if scope.department:
        points = points.filter(department=scope.department)
    return [_case(row) for row in with_overdue(points, today).order_by("pk").values_list(*COLUMNS)]


def _case(row: tuple) -> PointCase:
    pk, area_code, area_name, code, short_name, number, status, target, at_least, is_late = row
    verdict = meets(number, not at_least, target)
    return PointCase(
        pk=pk,
        area=(area_code, area_name),
        department=(code or "", short_name or ""),
        is_judged=verdict is not None,
        is_at_target=verdict is True,
        is_inferior=number == WaterClass.INFERIOR_V,
        is_open=status in OPEN,
        is_late=is_late,
    )


def point_list(scope: Scope) -> str:
    """The list of the same points."""
    asked = {"area": scope.area, "department": scope.department}
    return f"{reverse('river:point_list')}?{urlencode({name: one.code for name, one in asked.items() if one})}"


def section(asker: Asker) -> str:
    """The waters of the whole district."""
    return render_to_string("river/_numbers.html", {"numbers": district_numbers(asker), "lists": LISTS})


SOURCES = (
    Source(
        code="points",
        cases=point_cases,
        indicators=(
            Indicator(
                code="at-target",
                title=_("点位达标率"),
                numerator=_("达到目标类别的点位"),
                denominator=_("能判定是否达标的点位"),
                in_part=lambda case: case.is_at_target,
                in_whole=lambda case: case.is_judged,
            ),
            Indicator(
                code="inferior-points",
                title=_("劣Ⅴ类点位"),
                numerator=_("劣Ⅴ类点位"),
                denominator=_("点位"),
                in_part=lambda case: case.is_inferior,
                unit=_("个"),
                part_list=LISTS["inferior"][1:],
            ),
            Indicator(
                code="late-rectification",
                title=_("超期的治理点位"),
                numerator=_("超期的治理点位"),
                denominator=_("在治点位，含自行中止而超期的"),
                in_part=lambda case: case.is_late,
                in_whole=lambda case: case.is_open or case.is_late,
                unit=_("个"),
                part_list=LISTS["overdue"][1:],
            ),
        ),
        note=_("点位按现状统计，只按镇街和单位筛选。"),
        address=point_list,
        tileset="monitoring_points",
        section=section,
    ),
)
