"""Values that the platform itself measures: of its rooms, of the samples of its points."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.computed import compute_anew, store, wait_for
from reporting.observations.models import Observation, Way
from reporting.observations.places import Place, column_of

type Nothing = tuple[Decimal | None, int | None]
"""Value and denominator of a place of which nothing is counted any more."""
type Measured = tuple[Place, date, Decimal | None, int | None]
"""A place, the first day of the period, the value, and out of how many."""


@transaction.atomic
def store_measured(
    indicator: Indicator,
    found: Iterable[Measured],
    way: Way,
    at: datetime,
    *,
    among: QuerySet[Observation],
    nothing: Nothing = (None, None),
) -> int:
    """Store what was measured where it is new or another, then what rests on it; how many values changed.

    `among` is what stands in the periods that were measured: a place of which nothing was found there has `nothing`.
    What stands in a closed period stays.
    """
    wait_for([indicator.pk])
    known = {(row.place_id, row.period): row for row in among}
    written = []
    for place, day, value, whole in found:
        row = known.pop((place.pk, day), None) or Observation(indicator=indicator, period=day, **column_of(place))
        if _takes(row, value, whole, way, at):
            written.append(row)
    written += [row for row in known.values() if _takes(row, *nothing, way, at)]
    store(written)
    compute_anew(written, at)
    return len(written)


def _takes(row: Observation, value: Decimal | None, whole: int | None, way: Way, at: datetime) -> bool:
    """Put what was measured into a row; tell whether that changed it."""
    if row.pk is not None and ((row.value, row.whole) == (value, whole) or _is_closed(row)):
        return False
    row.value, row.whole, row.way, row.said_at = value, whole, way, at
    return True


def _is_closed(row: Observation) -> bool:
    closed = row.indicator.closed_before
    return closed is not None and periods.end_of(row.indicator.period_kind, row.period) < closed
