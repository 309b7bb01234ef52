"""Samples of years past, stored together: checked and rated each by itself, as `record_sample` does; then each point
is brought up to date once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import Refusal, refuse
from ledger import audit
from ledger.actors import account_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import read_changes
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.intake import Intake, refuse_strangers, refuse_wrong_time
from river_monitoring.samples.models import Sample
from river_monitoring.samples.provenance import checked_fields
from river_monitoring.samples.rating import clean_readings, rate_sample, standard_at
from river_monitoring.samples.services import point_to_newest
from river_monitoring.samples.sheet import SheetRow, parse_time
from river_monitoring.samples.signals import samples_written

type Moment = tuple[int, datetime]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row whose point and time are known."""

    row: SheetRow
    point: MonitoringPoint
    at: datetime


def past_samples() -> QuerySet[Sample]:
    """Return the samples that were loaded as of years past."""
    return Sample.objects.filter(is_historic=True)


def record_past_samples(actor: Asker, rows: Sequence[SheetRow]) -> list[Sample | Refusal | None]:
    """Take in many rows in a number of queries that does not grow with them, only with the points and their months.

    For each row the sample, or the Refusal; None for one whose point and time have a sample with other values, or
    stand in an earlier row: it is taken by itself (`import_samples`), after the others.
    """
    points = _locked(actor, rows)
    read_changes(points.values())
    known = _known(points, rows)
    answers: list[Sample | Refusal | None] = []
    fresh: dict[Moment, Sample] = {}
    for row in rows:
        try:
            answers.append(_take(actor, _found(row, points), known, fresh))
        except Refusal as refusal:
            answers.append(refusal)
    _store(actor, list(fresh.values()))
    return answers


def _locked(actor: Asker, rows: Sequence[SheetRow]) -> dict[str, MonitoringPoint]:
    """The points by their codes, locked in order of their keys."""
    points = points_visible_to(actor).select_for_update(of=("self",)).select_related("department", "area")
    return {point.code: point for point in points.filter(code__in={row.point for row in rows}).order_by("pk")}


def _known(points: dict[str, MonitoringPoint], rows: Sequence[SheetRow]) -> dict[Moment, Sample]:
    times = {at for row in rows if (at := parse_time(row.at)) is not None}
    found = past_samples().filter(point__in=points.values(), phenomenon_time__in=times)
    return {(sample.point_id, sample.phenomenon_time): sample for sample in found}


def _found(row: SheetRow, points: dict[str, MonitoringPoint]) -> _Row:
    at = parse_time(row.at)
    if row.point not in points:
        raise refuse("point", "unknown-point", _("没有编码为“%s”的点位。") % row.point[:60])
    if at is None:
        raise refuse("time", "unreadable-time", _("采样时间“%s”读不懂，请写成 2026-11-05 09:30。") % row.at)
    return _Row(row, points[row.point], at)


def _take(actor: Asker, given: _Row, known: dict[Moment, Sample], fresh: dict[Moment, Sample]) -> Sample | None:
    moment = (given.point.pk, given.at)
    if moment in fresh:
        return None
    if (there := known.get(moment)) is not None:
        is_same = there.source == given.row.source and clean_readings(dict(given.row.readings), confirmed=True)
        return there if is_same == there.readings else None
    fresh[moment] = _sample(actor, given)
    return fresh[moment]


def _sample(actor: Asker, given: _Row) -> Sample:
    how = Intake(given.row.source, given.row.provenance, asks=False, is_historic=True)
    refuse_strangers(given.point, actor, how)
    refuse_wrong_time(given.at, how)
    standard = standard_at(given.at)
    clean = clean_readings(dict(given.row.readings), standard)
    sample = Sample(
        point=given.point,
        phenomenon_time=given.at,
        source=how.source,
        readings=clean,
        recorded_by=account_of(actor),
        standard=standard.id,
        is_historic=True,
        **checked_fields(how.provenance, None, clean, standard),
    )
    rate_sample(sample)
    return sample


def _store(actor: Asker, fresh: list[Sample]) -> None:
    if not fresh:
        return
    Sample.objects.bulk_create(fresh, batch_size=1_000)
    points = list({sample.point_id: sample.point for sample in fresh}.values())
    point_to_newest(points)
    samples_written.send(Sample, points=points, samples=fresh)
    about = ((sample.point, {"sample": sample.pk, "water_class": sample.water_class}) for sample in fresh)
    audit.record_many(actor, "record-sample", about)
