"""The share of sections that meet their target, and the CWQI, month by month: from the months that are kept."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from river_monitoring.assessment.models import PointMonth
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.standard.averages import Span, average_of
from river_monitoring.standard.city_index import CityIndex, index_of_averages
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
    return MonthFigures(month, met, met + failed, _index(rows))


def _index(rows: Sequence[tuple]) -> CityIndex | None:
    """As `city_index`, but equal values are counted first: of two thousand points there are few hundred of an item."""
    sections: Counter[Water] = Counter()
    found: dict[tuple[Water, str], Counter[str]] = defaultdict(Counter)
    for water, _target, _number, _complete, values, _standard in rows:
        sections[water] += bool(values)
        for code, value in values.items():
            found[water, code][value] += 1
    averaged = {
        water: (
            count,
            {
                code: average_of(code, [(Decimal(value), times) for value, times in counted.items()])
                for (of, code), counted in found.items()
                if of == water
            },
        )
        for water, count in sections.items()
        if count
    }
    return index_of_averages(averaged, STANDARDS[rows[0][-1]])
