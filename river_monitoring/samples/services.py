"""Writes of samples: record and correct, each one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ledger.actors import account_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.services import lock_point
from river_monitoring.samples.models import Sample, SampleRevision
from river_monitoring.samples.permissions import may_record_sample
from river_monitoring.samples.rating import STANDARDS, clean_readings, rate_sample, standard_at
from river_monitoring.samples.signals import samples_written
from river_monitoring.standard.readings import EARLIEST, RawReading

CLOCK_TOLERANCE = timedelta(minutes=10)


@transaction.atomic
def record_sample(
    point_id: int,
    readings: Mapping[str, RawReading],
    phenomenon_time: datetime,
    actor: Asker,
    source: str = Sample.Source.MANUAL,
    *,
    confirmed: bool = False,
) -> Sample:
    """Store one sample (mg/L; faecal coliform per litre), rate it, and bring the point's class up to date.

    The same sample again is the same sample: it is returned and nothing changes. Raises NotPermitted, or BadInput for
    a time in the future or before there were samples, a time at which another sample was taken, a value that cannot
    be, or one that is unusual (code `unusual-values`) and not `confirmed`.
    """
    point = lock_point(point_id, actor)
    if not may_record_sample(actor, point):
        raise NotPermitted(_("只有责任部门“%s”的联络员可以为这个点位录入水样。") % point.department.name)
    _refuse_bad_time(phenomenon_time)
    standard = standard_at(phenomenon_time)
    clean = clean_readings(readings, standard, confirmed=confirmed)
    if known := point.samples.filter(phenomenon_time=phenomenon_time, source=source).first():
        return _same_or_refused(known, clean, point)
    sample = Sample(
        point=point,
        phenomenon_time=phenomenon_time,
        source=source,
        readings=clean,
        recorded_by=account_of(actor),
        standard=standard.id,
    )
    rate_sample(sample)
    sample.save()
    _refresh_class(point)
    samples_written.send(Sample, points=[point])
    audit.record(actor, "record-sample", point, sample=sample.pk, water_class=sample.water_class)
    return sample


@transaction.atomic
def correct_sample(
    sample_id: int, readings: Mapping[str, RawReading], reason: str, actor: Asker, *, confirmed: bool = False
) -> Sample:
    """Replace a sample's readings by corrected ones and rate it anew; the earlier values are kept as a revision.

    Raises NotPermitted, or BadInput for an unknown sample, a value that cannot be, no reason, or nothing changed.
    """
    sample = Sample.objects.select_related("point__department").filter(pk=sample_id).first()
    if sample is None:
        raise BadInput(_("没有编号为 %s 的水样。") % sample_id, code="unknown-sample")
    point = lock_point(sample.point_id, actor)
    if not may_record_sample(actor, point):
        raise NotPermitted(_("只有责任部门“%s”的联络员可以更正这个点位的水样。") % point.department.name)
    sample = Sample.objects.select_for_update().get(pk=sample_id)
    sample.point = point
    _refuse_empty_correction(
        sample, clean := clean_readings(readings, STANDARDS[sample.standard], confirmed=confirmed), reason
    )
    SampleRevision.objects.create(
        sample=sample,
        at=timezone.now(),
        actor=account_of(actor),
        reason=reason.strip(),
        readings=sample.readings,
        water_class=sample.water_class,
    )
    sample.readings, sample.flagged = clean, {}
    rate_sample(sample)
    sample.save()
    _refresh_class(point)
    samples_written.send(Sample, points=[point])
    audit.record(actor, "correct-sample", point, sample=sample.pk, water_class=sample.water_class)
    return sample


def _refuse_empty_correction(sample: Sample, readings: dict[str, str], reason: str) -> None:
    if not reason.strip():
        message = _("更正水样须写明原因。")
        raise BadInput(message, code="reason-required", errors=[FieldError("reason", "required", message)])
    if readings == sample.readings and not sample.flagged:
        raise BadInput(_("更正后的数值与原来相同，没有需要更正的内容。"), code="nothing-changed")


def refresh_current_classes(points: Iterable[MonitoringPoint]) -> None:
    """Bring the class of several points up to date after their samples were written in bulk."""
    for point in points:
        _refresh_class(point)


def _refuse_bad_time(at: datetime) -> None:
    shown = date_format(timezone.localtime(at), "DATETIME_FORMAT")
    if at > timezone.now() + CLOCK_TOLERANCE:
        message = _("采样时间 %s 晚于现在，请核对日期。") % shown
        raise BadInput(message, code="future-time", errors=[FieldError("phenomenon_time", "future-time", message)])
    if at < EARLIEST:
        message = _("采样时间 %s 太早，请核对年份。") % shown
        raise BadInput(message, code="time-too-old", errors=[FieldError("phenomenon_time", "time-too-old", message)])


def _same_or_refused(known: Sample, readings: dict[str, str], point: MonitoringPoint) -> Sample:
    """A sample sent twice counts once, also when it was corrected in between; another one needs a correction."""
    if readings == known.readings or known.revisions.filter(readings=readings).exists():
        return known
    message = _("“%s”在这个时间已有一份数值不同的水样，不能重复录入；要改请在点位页更正并写明原因。") % point.name
    raise BadInput(message, code="duplicate-sample", errors=[FieldError("phenomenon_time", "duplicate", message)])


def _refresh_class(point: MonitoringPoint) -> None:
    newest = point.samples.order_by("-phenomenon_time", "-pk").first()
    point.current_sample = newest
    point.current_class = newest.water_class if newest else 0
    point.save(update_fields=["current_sample", "current_class", "updated_at"])
