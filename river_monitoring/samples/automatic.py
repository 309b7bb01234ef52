"""Writes for automatic stations: many hourly reports in one transaction, each counted once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db import transaction

from accounts.models import Department
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample, SampleCheck
from river_monitoring.samples.parties import works_parties
from river_monitoring.samples.quality.usual import outliers_of_hour, sentence
from river_monitoring.samples.rating import rate_sample, standard_at
from river_monitoring.samples.services import entry_event, point_to_newest
from river_monitoring.samples.signals import samples_written
from river_monitoring.standard.evaluation import Standard
from river_monitoring.standard.readings import IMPLAUSIBLE, SENT_LATE, TO_REVIEW, UnreadableValue, parse_reading
from river_monitoring.steps.sample_quality import Quality

type Hour = tuple[int, datetime, str, int | None]
"""Point, time, and the key of an operator or of a station."""


@dataclass(frozen=True, slots=True)
class AutomaticReading:
    """One hour of one point: readings in the standard's units, and what the station itself marked as faulty.

    `operator` is who runs the station, where that is known.
    """

    point_id: int
    at: datetime
    readings: dict[str, str]
    flagged: dict[str, dict[str, str]] = field(default_factory=dict)
    station_id: int | None = None
    operator: Department | None = None
    is_late: bool = False
    """Whether it came so late that a person looks at its values before they count."""


@transaction.atomic
def record_automatic(reports: Sequence[AutomaticReading]) -> list[Literal["stored", "duplicate"]]:
    """Store hourly reports, rate them, and bring the points' classes up to date; one outcome each, in order.

    An hour with a value far outside the point's history is stored and marked as questioned. Of one that came late
    (`is_late`) no value counts before somebody has looked: it would change a month that everybody takes as settled.
    The first report of a station and hour counts; the same hour again is a duplicate and changes nothing, also where
    another station of the same operator sent it. Stations of two operators stand side by side at a point. The points
    are locked in order of their keys, so two listeners cannot wait for each other.
    """
    ids = {report.point_id for report in reports}
    points = {
        point.pk: point for point in MonitoringPoint.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }
    known = _already_there(reports)
    fresh: list[Sample] = []
    outcomes: list[Literal["stored", "duplicate"]] = []
    for report in reports:
        operator = report.operator.pk if report.operator else None
        keys = _keys(report.point_id, report.at, operator, report.station_id)
        if known & keys:
            outcomes.append("duplicate")
            continue
        known |= keys
        fresh.append(_sample(report, points[report.point_id]))
        outcomes.append("stored")
    doubts = {id(sample): _mark_outliers(sample) for sample in fresh}
    Sample.objects.bulk_create(fresh)
    marked = [
        SampleCheck(**entry_event(sample, doubts[id(sample)], asked=False)) for sample in fresh if doubts[id(sample)]
    ]
    SampleCheck.objects.bulk_create(marked)
    touched = [points[pk] for pk in sorted({sample.point_id for sample in fresh})]
    point_to_newest(touched)
    samples_written.send(Sample, points=touched, samples=fresh)
    return outcomes


def _mark_outliers(sample: Sample) -> list[str]:
    """Question an hour with values far outside the point's own; returns what is said of them."""
    found = outliers_of_hour(sample.point, sample.readings)
    if found:
        sample.quality = Quality.QUESTIONED
    return [sentence(each, standard_at(sample.phenomenon_time)) for each in found]


def _keys(point: int, at: datetime, operator: int | None, station: int | None) -> set[Hour]:
    """What an hour is known by: its operator, and its station, which may be given to another operator later."""
    found: set[Hour] = {(point, at, "operator", operator)}
    return found | {(point, at, "station", station)} if station is not None else found


def _already_there(reports: Sequence[AutomaticReading]) -> set[Hour]:
    samples = Sample.objects.filter(
        source=Sample.Source.AUTOMATIC,
        point__in={report.point_id for report in reports},
        phenomenon_time__in={report.at for report in reports},
    )
    rows = samples.values_list("point_id", "phenomenon_time", "party_id", "station_id")
    return set().union(*(_keys(*row) for row in rows))


def _sample(report: AutomaticReading, point: MonitoringPoint) -> Sample:
    standard = standard_at(report.at)
    good, doubted = _plausible(report.readings, standard)
    if report.is_late:
        doubted |= {code: {"value": value, "flag": SENT_LATE} for code, value in good.items()}
        good = {}
    sample = Sample(
        point=point,
        phenomenon_time=report.at,
        source=Sample.Source.AUTOMATIC,
        station_id=report.station_id,
        readings=good,
        flagged={**report.flagged, **doubted},
        standard=standard.id,
        party=report.operator,
        party_name=report.operator.name if report.operator else "",
        by_works=report.operator is not None and works_parties(point).includes(report.operator.pk),
    )
    rate_sample(sample)
    return sample


def _plausible(readings: dict[str, str], standard: Standard) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Set apart what is no number, what no water can have, and what is so rare that somebody must look first."""
    good: dict[str, str] = {}
    doubted: dict[str, dict[str, str]] = {}
    for code, text in readings.items():
        if code not in standard.parameters:
            continue
        try:
            reading = parse_reading(text)
        except UnreadableValue:
            doubted[code] = {"value": text[:40], "flag": IMPLAUSIBLE}
            continue
        if reading is None:
            continue
        if not standard[code].can_be(reading):
            doubted[code] = {"value": text[:40], "flag": IMPLAUSIBLE}
        elif not standard[code].is_usual(reading.value):
            doubted[code] = {"value": str(reading), "flag": TO_REVIEW}
        else:
            good[code] = str(reading)
    return good, doubted
