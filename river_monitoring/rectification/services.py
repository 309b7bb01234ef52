"""Writes of river monitoring: each is one function, one transaction, one event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Role
from geokit.refusal import BadInput, FieldError, MissingEvidence, NotPermitted, StaleEdit
from ledger import audit
from river_monitoring.models import (
    Evidence,
    EvidenceCheck,
    MonitoringPoint,
    PointFollow,
    RectificationEvent,
    River,
    RiverFollow,
    Sample,
    SampleRevision,
)
from river_monitoring.permissions import (
    PUBLIC_EVIDENCE,
    actor_of,
    may_record_sample,
    points_visible_to,
    rivers_visible_to,
)
from river_monitoring.rectification import evidence as dossier
from river_monitoring.rectification.notifications import tell_of
from river_monitoring.rectification.photo_proof import proof_fields
from river_monitoring.rectification.relapse import relist_relapsed
from river_monitoring.samples.rating import STANDARDS, clean_readings, rate_sample, standard_at
from river_monitoring.standard.readings import EARLIEST, RawReading
from river_monitoring.steps.table import (
    Proof,
    Standing,
    State,
    Transition,
    allowed,
    find_transition,
    missing_evidence,
    steps_from,
)
from river_monitoring.wording import translation

CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Attachment:
    """A checked file that proves a step: the bytes that are kept, their hash and, for a photo, when it was taken."""

    kind: str
    content: bytes
    suffix: str
    sha256: str
    taken_at: datetime | None = None
    caption: str = ""
    lon: float | None = None
    lat: float | None = None
    """Where the photo itself says it was taken, degrees; kept as evidence beside it, never in it."""


@transaction.atomic
def record_sample(
    point_id: int,
    readings: Mapping[str, RawReading],
    phenomenon_time: datetime,
    actor: Any,
    source: str = Sample.Source.MANUAL,
    *,
    confirmed: bool = False,
) -> Sample:
    """Store one sample (mg/L; faecal coliform per litre), rate it, and bring the point's class up to date.

    The same sample again is the same sample: it is returned and nothing changes. Raises NotPermitted, or BadInput for
    a time in the future or before there were samples, a time at which another sample was taken, a value that cannot
    be, or one that is unusual (code `unusual-values`) and not `confirmed`.
    """
    point = _lock_point(point_id, actor)
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
        recorded_by=actor,
        standard=standard.id,
    )
    rate_sample(sample)
    sample.save()
    _refresh_class(point)
    relist_relapsed([point])
    audit.record(actor, "record-sample", point, sample=sample.pk, water_class=sample.water_class)
    return sample


@transaction.atomic
def correct_sample(
    sample_id: int, readings: Mapping[str, RawReading], reason: str, actor: Any, *, confirmed: bool = False
) -> Sample:
    """Replace a sample's readings by corrected ones and rate it anew; what it said before stays beside it.

    Raises NotPermitted, or BadInput for an unknown sample, a value that cannot be, no reason, or nothing changed.
    """
    sample = Sample.objects.select_related("point__department").filter(pk=sample_id).first()
    if sample is None:
        raise BadInput(_("没有编号为 %s 的水样。") % sample_id, code="unknown-sample")
    point = _lock_point(sample.point_id, actor)
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
        actor=actor,
        reason=reason.strip(),
        readings=sample.readings,
        water_class=sample.water_class,
    )
    sample.readings, sample.flagged = clean, {}
    rate_sample(sample)
    sample.save()
    _refresh_class(point)
    relist_relapsed([point])
    audit.record(actor, "correct-sample", point, sample=sample.pk, water_class=sample.water_class)
    return sample


def _refuse_empty_correction(sample: Sample, readings: dict[str, str], reason: str) -> None:
    if not reason.strip():
        message = _("更正水样须写明原因。")
        raise BadInput(message, code="reason-required", errors=[FieldError("reason", "required", message)])
    if readings == sample.readings and not sample.flagged:
        raise BadInput(_("更正后的数值与原来相同，没有需要更正的内容。"), code="nothing-changed")


@transaction.atomic
def follow_point(point_id: int, actor: Any, *, follow: bool) -> bool:
    """Let `actor` hear of a point from now on, or no longer; saying the same twice changes nothing."""
    point = points_visible_to(actor).filter(pk=point_id).first()
    if point is None:
        raise BadInput(_("没有编号为 %s 的监测点位。") % point_id, code="unknown-point")
    if follow:
        PointFollow.objects.get_or_create(user=actor, point=point)
    else:
        PointFollow.objects.filter(user=actor, point=point).delete()
    return follow


@transaction.atomic
def follow_river(code: str, actor: Any, *, follow: bool) -> River:
    """Let `actor` hear of every point on a water from now on, or no longer; saying the same twice changes nothing."""
    river = rivers_visible_to(actor).filter(code=code).first()
    if river is None:
        raise BadInput(_("没有编码为“%s”的河流，请重新选择。") % code, code="unknown-river")
    if follow:
        RiverFollow.objects.get_or_create(user=actor, river=river)
    else:
        RiverFollow.objects.filter(user=actor, river=river).delete()
    return river


def refresh_current_classes(points: Iterable[MonitoringPoint]) -> None:
    """Bring the class of several points up to date after their samples were written in bulk."""
    for point in points:
        _refresh_class(point)


@transaction.atomic
def transition_point(
    point_id: int,
    to_state: str,
    actor: Any,
    *,
    expected_version: int,
    note: str = "",
    due_on: date | None = None,
    attachments: Sequence[Attachment] = (),
) -> RectificationEvent:
    """Move a point to the next state of its rectification and write the one event that says so.

    Raises NotPermitted, StaleEdit, MissingEvidence (each piece in `errors`), or BadInput for a step that is not in
    the table. The plan of a point (一点一策) is handed in as `note`, as an attachment of kind PLAN, or both.
    """
    point = _lock_point(point_id, actor)
    standing = dossier.standing_of(point)
    step = _known_step(point, to_state)
    # Permission first: a person who may do nothing here learns nothing about the state of the form.
    _refuse_unless_allowed(point, step, actor, standing)
    if point.version != expected_version:
        raise StaleEdit(_("“%s”在您打开页面之后已被他人更新。请核对最新状态后重新提交。") % point.name)
    if step is None:
        names = {"point": point.name, "now": point.get_status_display(), "to": MonitoringPoint.Status(to_state).label}
        raise BadInput(_("“%(point)s”现在是“%(now)s”，不能直接变为“%(to)s”。") % names, code="wrong-state")
    if step not in steps_from(standing):
        raise BadInput(_("“%s”暂停前不是这个状态，不能恢复到这里。") % point.name, code="wrong-state")
    _refuse_without_evidence(point, step, note, due_on, attachments)
    event = _write_event(point, step, actor, note, due_on, attachments)
    _move(point, step, event)
    tell_of(point, event, actor)
    audit.record(actor, "transition-point", point, event=event.pk, to=step.target.value)
    return event


def _lock_point(point_id: int, actor: Any) -> MonitoringPoint:
    points = points_visible_to(actor).select_for_update(of=("self",)).select_related("department")
    try:
        return points.get(pk=point_id)
    except MonitoringPoint.DoesNotExist:
        raise BadInput(_("没有编号为 %s 的监测点位。") % point_id, code="unknown-point") from None


def _refuse_bad_time(at: datetime) -> None:
    told = date_format(timezone.localtime(at), "DATETIME_FORMAT")
    if at > timezone.now() + CLOCK_TOLERANCE:
        message = _("采样时间 %s 晚于现在，请核对日期。") % told
        raise BadInput(message, code="future-time", errors=[FieldError("phenomenon_time", "future-time", message)])
    if at < EARLIEST:
        message = _("采样时间 %s 太早，请核对年份。") % told
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


def _known_step(point: MonitoringPoint, to_state: str) -> Transition | None:
    if to_state not in State:
        raise BadInput(_("没有“%s”这个治理状态。") % to_state, code="unknown-state")
    return find_transition(State(point.status), State(to_state))


def _refuse_unless_allowed(point: MonitoringPoint, step: Transition | None, actor: Any, standing: Standing) -> None:
    names = {"point": point.name, "department": point.department.name}
    if actor_of(actor, point).role not in (Role.OFFICER, Role.STAFF, Role.ADMIN):
        raise NotPermitted(_("“%(point)s”的治理状态由%(department)s更新，您只能查看。") % names)
    if step and not allowed(step, actor_of(actor, point), standing):
        reason = translation.refused(step)
        raise NotPermitted(_("%(reason)s。“%(point)s”由%(department)s负责。") % {**names, "reason": reason})


def _refuse_without_evidence(
    point: MonitoringPoint, step: Transition, note: str, due_on: date | None, attachments: Sequence[Attachment]
) -> None:
    file = dossier.file_of(point, note=note, due_on=due_on, kinds=[attachment.kind for attachment in attachments])
    missing = missing_evidence(step, file, timezone.localdate(), dossier.rules())
    if missing:
        errors = [
            FieldError(FORM_FIELD.get(piece.proof, ""), f"missing-{piece.proof}", translation.lacking(piece))
            for piece in missing
        ]
        raise MissingEvidence(translation.lacking_all(missing), errors=errors)


FORM_FIELD = {
    Proof.NOTE: "note",
    Proof.PLAN: "note",
    Proof.DEADLINE: "due_on",
    Proof.BEFORE: "photos_before",
    Proof.AFTER: "photos_after",
}


def _write_event(
    point: MonitoringPoint,
    step: Transition,
    actor: Any,
    note: str,
    due_on: date | None,
    attachments: Sequence[Attachment],
) -> RectificationEvent:
    event = RectificationEvent.objects.create(
        point=point,
        at=timezone.now(),
        from_status=step.source.value,
        to_status=step.target.value,
        actor=actor,
        department=actor.department,
        note=note.strip(),
        due_on=due_on if step.clock in ("due", "listed") else None,
    )
    for attachment in attachments:
        evidence = Evidence.objects.create(
            event=event,
            kind=attachment.kind,
            file=ContentFile(attachment.content, name=f"{attachment.sha256[:32]}{attachment.suffix}"),
            caption=attachment.caption,
            sha256=attachment.sha256,
            taken_at=attachment.taken_at,
        )
        if attachment.kind in PUBLIC_EVIDENCE:
            EvidenceCheck.objects.create(evidence=evidence, **proof_fields(attachment, point.geom, event.at))
    return event


def _move(point: MonitoringPoint, step: Transition, event: RectificationEvent) -> None:
    """Set the point's state and the dates that the step's clock says."""
    today = timezone.localdate()
    point.status = step.target.value
    point.version += 1
    if step.clock in ("due", "listed"):
        point.due_on = event.due_on
    if step.clock == "listed":
        point.listed_on, point.delisted_on, point.baseline_class = today, None, point.current_class
    if step.clock == "delisted":
        point.delisted_on = today
    point.save()
