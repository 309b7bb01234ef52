"""Values that the platform itself measures: of its rooms, of the samples of its points."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from reporting.indicators.models import Indicator
from reporting.observations.computed import compute_anew, store
from reporting.observations.models import Observation, Way
from reporting.observations.places import Place, about, column_of

type Measured = tuple[Place, date, Decimal | None, int | None]
"""A place, the first day of the period, the value, and out of how many."""


def store_measured(indicator: Indicator, found: Iterable[Measured], way: Way, at: datetime) -> int:
    """Store what was measured where it is new or another, then what rests on it; how many values changed."""
    rows = list(found)
    stands = indicator.observations.filter(about(row[0] for row in rows), period__in={row[1] for row in rows})
    known = {(row.place_id, row.period): row for row in stands}
    written = []
    for place, day, value, whole in rows:
        row = known.get((place.pk, day)) or Observation(indicator=indicator, period=day, **column_of(place))
        if row.pk is None or (row.value, row.whole) != (value, whole):
            row.value, row.whole, row.way, row.said_at = value, whole, way, at
            written.append(row)
    store(written)
    compute_anew(written, at)
    return len(written)
