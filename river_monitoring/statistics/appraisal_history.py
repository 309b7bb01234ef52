"""The share of sections that meet their target, and the CWQI, month by month: from the months that are kept."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from river_monitoring.assessment.models import PointMonth
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.standard.assessment_rule import HJ_2020_82
from river_monitoring.standard.averages import Span
from river_monitoring.standard.city_index import CityIndex
from river_monitoring.statistics.fingerprint_cache import KEPT_SECONDS, fingerprint_of, inputs_of
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
    """The months with samples from January of the year before through `month`, oldest first.

    A month of which nothing changed since it was last asked about is not counted anew.
    """
    keys = _keys(points, month)
    found = {first: kept for first, key in keys.items() if (kept := cache.get(key)) is not None} if keys else {}
    if missing := [first for first in keys if first not in found]:
        counted = _counted(points, missing)
        now = _keys(points, month)
        cache.set_many(
            {keys[first]: counted[first] for first in missing if now.get(first) == keys[first]}, KEPT_SECONDS
        )
        found |= counted
    return [_figures(first, found[first]) for first in sorted(found) if found[first][0]]


def _keys(points: QuerySet[MonitoringPoint], month: Span) -> dict[date, str]:
    """Of each month with kept rows the fingerprint of what is counted in it."""
    found = inputs_of(points, month, "town", month.last_day, (date(month.year - 1, 1, 1), month.first_day))
    if found is None:
        return {}
    return {date.fromisoformat(each.split()[0]): fingerprint_of("history", each, found.points) for each in found.months}


def _counted(points: QuerySet[MonitoringPoint], months: list[date]) -> dict[date, tuple[Any, ...]]:
    """Months as values that can be kept: by standard and water how many failed, met and have values, and sums."""
    kept = PointMonth.objects.filter(point__in=points.order_by(), month__in=months, target_class__gt=0)
    counted = (
        kept.order_by()
        .values_list("month", "standard", "point__water")
        .annotate(
            failed=Count("pk", filter=FAILED), met=Count("pk", filter=MET), sections=Count("pk", filter=~Q(values={}))
        )
    )
    found: dict[date, tuple[Any, ...]] = {first: ([], []) for first in months}
    for first, *row in counted:
        found[first][0].append(row)
    for first, water, code, count, total in _sums(kept):
        found[first][1].append([water, code, count, Decimal(total)])
    return found


def _figures(first: date, found: tuple[Any, ...]) -> MonthFigures:
    counted, of_items = found
    sums: dict[Any, Sums] = defaultdict(Sums)
    for _standard, water, _failed, _met, sections in counted:
        sums[water].sections += sections
    for water, code, count, total in of_items:
        sums[water].add(code, count, total)
    met, failed = sum(row[3] for row in counted), sum(row[2] for row in counted)
    return MonthFigures(first, met, met + failed, index_of(sums, STANDARDS[counted[0][0]], HJ_2020_82))


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
