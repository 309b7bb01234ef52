"""The share of sections that meet their target, and the CWQI, month by month: from the months that are kept."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from river_monitoring.assessment.models import PointMonth
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.standard.assessment_rule import HJ_2020_82
from river_monitoring.standard.averages import Span
from river_monitoring.standard.city_index import CityIndex
from river_monitoring.statistics.group_index import Sums, index_of


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Of a month: how many points meet their target, of how many it can be told, and the index of all with values."""

    month: date
    met: int
    judged: int
    index: CityIndex | None

    @property
    def percent(self) -> Decimal | None:
        return Decimal(100) * self.met / self.judged if self.judged else None


def two_years(points: QuerySet[MonitoringPoint], month: Span) -> list[MonthFigures]:
    """The months with samples from January of the year before through `month`, oldest first."""
    since = date(month.year - 1, 1, 1)
    kept = PointMonth.objects.filter(
        point__in=points.order_by(), month__gte=since, month__lte=month.first_day, target_class__gt=0
    ).order_by("month")
    counted = kept.values("month", "standard", "point__water").annotate(
        failed=Count("pk", filter=FAILED), met=Count("pk", filter=MET), sections=Count("pk", filter=~Q(values={}))
    )
    sums: dict[date, dict[Any, Sums]] = defaultdict(lambda: defaultdict(Sums))
    judged: dict[date, Counter[str]] = defaultdict(Counter)
    standards: dict[date, str] = {}
    for row in counted:
        first = row["month"]
        judged[first].update(met=row["met"], failed=row["failed"])
        standards.setdefault(first, row["standard"])
        sums[first][row["point__water"]].sections += row["sections"]
    for first, water, code, count, total in _sums(kept):
        sums[first][water].add(code, count, Decimal(total))
    return [
        MonthFigures(first, found["met"], found.total(), index_of(sums[first], STANDARDS[standards[first]], HJ_2020_82))
        for first, found in judged.items()
    ]


FAILED = Q(water_class__gt=F("target_class"))
MET = Q(is_complete=True, water_class__gt=0, water_class__lte=F("target_class"))
"""As `Assessment.meets` has it: a class worse than the target fails, one that meets it counts when complete."""


def _sums(kept: QuerySet[PointMonth]) -> list[tuple[Any, ...]]:
    """Of each month, water and item how many sections have a value, and the sum of these (of pH: of the ions)."""
    rows, params = kept.order_by().values_list("month", "point__water", "values").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(rows=rows), (list(HJ_2020_82.hydrogen_mean), *params))
        return cursor.fetchall()


SUMS = """
SELECT r.month, r.water, each.key, count(*),
  CASE WHEN each.key = ANY(%s) THEN sum(10::float8 ^ -each.value::float8)::text ELSE sum(each.value::numeric)::text END
FROM ({rows}) r(month, water, graded), jsonb_each_text(r.graded) each
GROUP BY 1, 2, 3
"""
