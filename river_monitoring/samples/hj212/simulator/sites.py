"""Stations as they are registered, and what is usual at their points: the mean of what people measured there."""

from collections.abc import Iterable, Mapping
from statistics import fmean

from geokit.refusal import BadInput
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.hj212.dialects import Dialect
from river_monitoring.samples.hj212.simulator.reports import Station
from river_monitoring.samples.hj212.simulator.water import USUAL, Site
from river_monitoring.samples.models import AutomaticStation, Sample
from river_monitoring.standard.readings import UnreadableValue, parse_reading

LOOKED_AT = 12
"""Newest samples of a point that say what is usual there."""


def registered_stations(mns: Iterable[str], dialect: Dialect) -> list[Station]:
    """The active stations with these MN, all of them without any. Raises BadInput for one that is not there."""
    wanted = list(mns)
    found = AutomaticStation.objects.filter(is_active=True).select_related("point").order_by("mn")
    rows = list(found.filter(mn__in=wanted) if wanted else found)
    if missing := sorted(set(wanted) - {row.mn for row in rows}):
        raise BadInput(f"no active automatic station: {', '.join(missing)}", code="unknown-station")
    if not rows:
        raise BadInput("no automatic station is registered", code="no-station")
    for row in rows:
        if len(row.mn) > dialect.longest["MN"]:
            message = f"HJ 212-{dialect.year} has no MN of {len(row.mn)} characters: {row.mn}"
            raise BadInput(message, code="mn-too-long")
    return [Station(row.mn, row.password, Site(row.mn, usual_at(row.point)), dialect) for row in rows]


def usual_at(point: MonitoringPoint) -> Mapping[str, float]:
    """Parameter -> mean of the newest readings by hand; parameters that nobody measured there are left out."""
    by_hand = Sample.objects.filter(point=point).exclude(source=Sample.Source.AUTOMATIC).order_by("-phenomenon_time")
    newest = by_hand.values_list("readings", flat=True)[:LOOKED_AT]
    values: dict[str, list[float]] = {}
    for readings in newest:
        for code, text in readings.items():
            if code in USUAL and code != "temp" and (value := _number(text)) is not None:
                values.setdefault(code, []).append(value)
    return {code: fmean(found) for code, found in values.items()}


def _number(text: str) -> float | None:
    try:
        reading = parse_reading(text)
    except UnreadableValue:
        return None
    return None if reading is None else float(reading.counted)
