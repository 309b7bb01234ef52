"""Samples by the sheet: each row is stored, known already, or refused with its field and reason."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.intake import Intake
from river_monitoring.samples.models import Sample
from river_monitoring.samples.rating import clean_readings
from river_monitoring.samples.services import known_sample, record_sample
from river_monitoring.samples.sheet import SheetRow, parse_time
from river_monitoring.standard.readings import RawReading
from river_monitoring.steps.sample_quality import Quality

Outcome = Literal["stored", "duplicate", "review", "refused"]


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row; `review` asks a person to confirm unusual values."""

    row: SheetRow
    outcome: Outcome
    point: MonitoringPoint | None = None
    water_class: int = 0
    note: str = ""
    errors: tuple[FieldError, ...] = ()
    sample: Sample | None = None

    @property
    def class_label(self) -> str:
        return str(WaterClass(self.water_class).label)

    @property
    def is_questioned(self) -> bool:
        """Whether it was stored, and marked for values far outside the point's history."""
        return self.outcome == "stored" and self.sample is not None and self.sample.quality == Quality.QUESTIONED


def import_samples(
    rows: Sequence[SheetRow],
    actor: Asker,
    *,
    confirmed: Container[int] = (),
    dry_run: bool = False,
    is_historic: bool = False,
) -> list[RowResult]:
    """Take in all rows in one transaction; a refused row costs no other. `confirmed` are row numbers.

    With `dry_run` nothing is kept: the results are what would happen. A sample of the same point and time is a
    duplicate when its values are the same, and refused when they are not: a correction needs its reason. What lies far
    outside a point's history is stored and marked as questioned. `is_historic`: data of years past (`Intake`).
    """
    codes = {row.point for row in rows}
    points = {point.code: point for point in points_visible_to(actor).filter(code__in=codes)}
    with transaction.atomic():
        results = [
            _take(row, points.get(row.point), actor, _intake(row, row.number in confirmed, is_historic)) for row in rows
        ]
        if dry_run:
            transaction.set_rollback(True)
    return results


def _intake(row: SheetRow, confirmed: bool, is_historic: bool) -> Intake:
    return Intake(row.source, row.provenance, confirmed, asks=False, is_historic=is_historic)


def _take(row: SheetRow, point: MonitoringPoint | None, actor: Asker, how: Intake) -> RowResult:
    at = parse_time(row.at)
    if not row.point:
        return _refused(row, None, FieldError("point", "required", _("没有写点位编码。")))
    if point is None:
        message = _("没有编码为“%s”的点位。") % row.point
        return _refused(row, None, FieldError("point", "unknown-point", message))
    if at is None:
        message = _("采样时间“%s”读不懂，请写成 2026-11-05 09:30。") % row.at
        return _refused(row, point, FieldError("time", "unreadable-time", message))
    if known := known_sample(point, at, row.source, actor, is_historic=how.is_historic):
        return _compare(row, point, known)
    readings: dict[str, RawReading] = dict(row.readings)
    try:
        with transaction.atomic():
            sample = record_sample(point.pk, readings, at, actor, intake=how)
    except NotPermitted as refusal:
        return _refused(row, point, FieldError("point", refusal.code, refusal.message))
    except BadInput as refusal:
        errors = refusal.errors or [FieldError("", refusal.code, refusal.message)]
        if refusal.code == "unusual-values":
            return RowResult(row, "review", point, errors=tuple(errors))
        return _refused(row, point, *errors)
    return RowResult(row, "stored", point, sample.water_class, sample.note, sample=sample)


def _compare(row: SheetRow, point: MonitoringPoint, known: Sample) -> RowResult:
    """The same again is a duplicate, also when it was corrected since: the correction stands."""
    try:
        clean = clean_readings(dict(row.readings), confirmed=True)
    except BadInput as refusal:
        return _refused(row, point, *refusal.errors)
    if clean == known.readings or known.revisions.filter(readings=clean).exists():
        return RowResult(row, "duplicate", point, known.water_class, known.note, sample=known)
    message = _("这个点位和时间已有一份数值不同的水样；要改请在点位页更正并写明原因。")
    return _refused(row, point, FieldError("time", "sample-differs", message))


def _refused(row: SheetRow, point: MonitoringPoint | None, *errors: FieldError) -> RowResult:
    return RowResult(row, "refused", point, errors=errors)
