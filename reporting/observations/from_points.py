"""Values that the samples of monitoring points give: the kept mean of a parameter, of a month, quarter or year.

What automatic stations send and what is sampled by hand is in it, as in the point's assessment: no second mean.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from geokit.refusal import BadInput
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.features import find_features, keep_points
from reporting.observations.measured import store_measured
from reporting.observations.models import Way
from river_monitoring.assessment.models import PointMonth, PointSpan

PERIODS_AT_ONCE = 12
"""So many periods of all points are in memory together."""

type Mean = tuple[str, date, Decimal, int]
"""Code of the point, first day of the period, mean, and number of samples."""


def measure_points(today: date, *, back: int | None = None, at: datetime | None = None) -> int:
    """Take over the means of the period of `today` and so many before it; how many values changed.

    Without `back` of all periods that have a value, because a sample of an old one may be corrected or rejected today;
    and of an indicator that has no values yet all that are kept.
    """
    now = at or timezone.now()
    rows = Indicator.objects.filter(way=Indicator.Way.STATION)
    return sum(_measure(indicator, days, now) for indicator in rows for days in _days(indicator, today, back))


@transaction.atomic
def _measure(indicator: Indicator, days: Sequence[date], at: datetime) -> int:
    means = list(means_of(indicator.figure, indicator.period_kind, days))
    features = find_features(indicator, {code for code, *_rest in means}, None)
    kept = keep_points(features)
    found = ((kept[code], day, value, whole) for code, day, value, whole in means)
    return store_measured(indicator, found, Way.STATION, at, among=indicator.observations.filter(period__in=days))


def _days(indicator: Indicator, today: date, back: int | None) -> Iterator[tuple[date, ...]]:
    """The first days of the periods that are asked, the newest first, some at a time."""
    kind = indicator.period_kind
    last = periods.start_of(kind, today)
    asked = {periods.shift(kind, last, -step) for step in range((1 if back is None else back) + 1)}
    if back is None:
        stands = indicator.observations.order_by().values_list("period", flat=True).distinct()
        asked |= set(stands) or set(_kept(kind))
    return batched(sorted(asked, reverse=True), PERIODS_AT_ONCE, strict=False)


def _kept(kind: str) -> QuerySet[Any, date]:
    """The first days of all periods of which means are kept."""
    if kind == periods.Kind.MONTH:
        return PointMonth.objects.order_by().values_list("month", flat=True).distinct()
    return PointSpan.objects.filter(period=kind).order_by().values_list("first_day", flat=True).distinct()


def means_of(parameter: str, kind: str, days: Iterable[date]) -> Iterable[Mean]:
    """The kept means of a parameter in these periods. Raises BadInput for periods of which none are kept."""
    named: Any
    if kind == periods.Kind.MONTH:
        rows = PointMonth.objects.filter(month__in=list(days), means__has_key=parameter)
        named = rows.values_list("point__code", "month", f"means__{parameter}__0", f"means__{parameter}__1")
    elif kind in (periods.Kind.QUARTER, periods.Kind.YEAR):
        of_spans = PointSpan.objects.filter(period=kind, first_day__in=list(days), means__has_key=parameter)
        named = of_spans.values_list("point__code", "first_day", f"means__{parameter}__0", f"means__{parameter}__1")
    else:
        raise BadInput(kind, code="period-misfit")
    for code, day, value, count in named.order_by("point", "-pk"):
        yield code, day, round(Decimal(value), 6), int(count)
