"""The share of sections that meet their target, and the CWQI, month by month: from the months that are kept."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from django.db.models import QuerySet

from river_monitoring.assessment.models import PointMonth
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.standard.averages import Mean, Span
from river_monitoring.standard.city_index import CityIndex, city_index
from river_monitoring.standard.evaluation import Water


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
    kept = PointMonth.objects.filter(point__in=points.order_by(), month__gte=since, month__lte=month.first_day)
    rows = (
        kept.filter(target_class__gt=0)
        .order_by("month")
        .values_list("month", "point__water", "target_class", "water_class", "is_complete", "values", "standard")
    )
    by_month: dict[date, list[tuple]] = defaultdict(list)
    for first, *rest in rows:
        by_month[first].append(tuple(rest))
    return [_figures(first, found) for first, found in by_month.items()]


def _figures(month: date, rows: Sequence[tuple]) -> MonthFigures:
    """As `Assessment.meets` has it: a class worse than the target fails, one that meets it counts when complete."""
    failed = sum(number > target for _water, target, number, *_rest in rows)
    met = sum(complete and 0 < number <= target for _water, target, number, complete, *_rest in rows)
    sections = [
        (cast(Water, water), {code: Mean(Decimal(value), 1) for code, value in values.items()})
        for water, _target, _number, _complete, values, _standard in rows
    ]
    return MonthFigures(month, met, met + failed, city_index(sections, STANDARDS[rows[0][-1]]))
