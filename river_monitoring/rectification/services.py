"""Writes of river monitoring: each is one function, one transaction, one event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from geokit.refusal import BadInput, FieldError, MissingEvidence, NotPermitted, StaleEdit
from ledger import audit
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.services import lock_point
from river_monitoring.rectification import evidence
from river_monitoring.rectification.models import Evidence, EvidenceCheck, RectificationEvent
from river_monitoring.rectification.notifications import notify_of_event
from river_monitoring.rectification.permissions import PUBLIC_EVIDENCE, actor_of
from river_monitoring.rectification.photo_proof import proof_fields
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
    point = lock_point(point_id, actor)
    standing = evidence.standing_of(point)
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
    notify_of_event(point, event, actor)
    audit.record(actor, "transition-point", point, event=event.pk, to=step.target.value)
    return event


def _known_step(point: MonitoringPoint, to_state: str) -> Transition | None:
    if to_state not in State:
        raise BadInput(_("没有“%s”这个治理状态。") % to_state, code="unknown-state")
    return find_transition(State(point.status), State(to_state))


def _refuse_unless_allowed(point: MonitoringPoint, step: Transition | None, actor: Any, standing: Standing) -> None:
    names = {"point": point.name, "department": point.department.name}
    if actor_of(actor, point).role not in (Role.OFFICER, Role.STAFF, Role.ADMIN):
        raise NotPermitted(_("“%(point)s”的治理状态由%(department)s更新，您只能查看。") % names)
    if step and not allowed(step, actor_of(actor, point), standing):
        reason = translation.not_permitted_text(step)
        raise NotPermitted(_("%(reason)s。“%(point)s”由%(department)s负责。") % {**names, "reason": reason})


def _refuse_without_evidence(
    point: MonitoringPoint, step: Transition, note: str, due_on: date | None, attachments: Sequence[Attachment]
) -> None:
    file = evidence.evidence_on_file(
        point, note=note, due_on=due_on, kinds=[attachment.kind for attachment in attachments]
    )
    missing = missing_evidence(step, file, timezone.localdate(), evidence.rules())
    if missing:
        errors = [
            FieldError(FORM_FIELD.get(piece.proof, ""), f"missing-{piece.proof}", translation.missing_text(piece))
            for piece in missing
        ]
        raise MissingEvidence(translation.all_missing_text(missing), errors=errors)


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
