"""Steps of rectification: the table at work on monitoring points. A step is one transaction and one event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError, MissingEvidence, NotPermitted, Refusal, StaleEdit
from ledger.actors import Actor, account_of
from ledger.steps.apply import apply
from ledger.steps.workflow import Attempt, Line, Step, Workflow
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.rectification.evidence import evidence_on_file, rules, standing_of
from river_monitoring.rectification.models import Evidence, EvidenceCheck, RectificationEvent
from river_monitoring.rectification.notifications import notify_of_relapse, notify_of_step
from river_monitoring.rectification.permissions import PUBLIC_EVIDENCE, actor_of
from river_monitoring.rectification.photo_proof import proof_fields
from river_monitoring.steps.proofs import Proof, missing_evidence
from river_monitoring.steps.standing import Standing, party_of
from river_monitoring.steps.table import RELAPSE_NOTICE, SETS_DEADLINE, TABLE, Party, State, Verb
from river_monitoring.wording.translation import missing_text, not_permitted_text

type PointStep = Step[MonitoringPoint, Standing]
type PointAttempt = Attempt[MonitoringPoint, Standing]

FORM_FIELD = {
    Proof.NOTE: "note",
    Proof.PLAN: "note",
    Proof.DEADLINE: "due_on",
    Proof.BEFORE: "photos_before",
    Proof.AFTER: "photos_after",
}
OFFICIAL = "official"
"""An officer or congress staff who may take no step with this point: no party of the table, but no onlooker either."""


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
    """EXIF position, degrees; kept beside the photo, never in it."""


class Rectification(Workflow[MonitoringPoint, RectificationEvent, Standing]):
    """`given` holds `note`, `due_on` and `attachments`; the rule on relapses also gives `baseline_class`."""

    table, model, state_field, related = TABLE, MonitoringPoint, "status", ("department",)

    def visible_to(self, actor: Actor) -> QuerySet[MonitoringPoint]:
        return points_visible_to(account_of(actor))

    def facts(self, thing: MonitoringPoint) -> Standing:
        return standing_of(thing)

    def parties(self, actor: Actor, thing: MonitoringPoint, facts: Standing) -> set[str]:
        if actor is None:
            return {Party.RULE}
        who = actor_of(account_of(actor), thing)
        if who.role not in ("officer", "staff", "admin"):
            return set()
        return {party_of(who, facts) or OFFICIAL}

    def came_from(self, thing: MonitoringPoint, facts: Standing) -> State:
        return facts.came_from

    def missing(self, step: PointStep) -> list[FieldError]:
        kinds = [attachment.kind for attachment in _attachments(step)]
        file = evidence_on_file(step.thing, note=_note(step), due_on=_due_on(step), kinds=kinds)
        return [
            FieldError(FORM_FIELD.get(piece.proof, ""), f"missing-{piece.proof}", missing_text(piece))
            for piece in missing_evidence(step.line, file, step.today, rules())
        ]

    def change(self, step: PointStep) -> Mapping[str, Any]:
        """Set the dates of the step's clock; the event keeps the deadline that was set."""
        point, clock = step.thing, step.line.clock
        due_on = _due_on(step) if clock in SETS_DEADLINE else None
        if clock in SETS_DEADLINE:
            point.due_on = due_on
        if clock == "listed":
            point.listed_on, point.delisted_on = step.today, None
            point.baseline_class = step.given.get("baseline_class", point.current_class)
        if clock == "delisted":
            point.delisted_on = step.today
        return {"due_on": due_on, "note": _note(step).strip()}

    def write_event(self, step: PointStep, fields: Mapping[str, Any]) -> RectificationEvent:
        account = account_of(step.actor)
        event = RectificationEvent.objects.create(
            point=step.thing,
            at=step.at,
            from_status=step.state,
            to_status=str(step.line.target),
            actor=account,
            department=account.department if account else None,
            **fields,
        )
        for attachment in _attachments(step):
            _keep(attachment, event)
        return event

    def tell(self, step: PointStep, event: RectificationEvent) -> None:
        if step.line.notice == RELAPSE_NOTICE:
            notify_of_relapse(step.thing, event)
        else:
            notify_of_step(step.thing, event, account_of(step.actor))

    def audit_entry(self, step: PointStep, event: RectificationEvent) -> tuple[str, Mapping[str, Any]] | None:
        """What the rule on relapses does stands in the event alone: there is nobody to name."""
        return ("transition-point", {"event": event.pk, "to": event.to_status}) if step.actor else None

    def unknown(self, key: object) -> Refusal:
        return BadInput(_("没有编号为 %s 的监测点位。") % key, code="unknown-point")

    def unknown_word(self, word: str) -> Refusal:
        return BadInput(_("没有“%s”这个治理状态。") % word, code="unknown-state")

    def stranger(self, attempt: PointAttempt, lines: Sequence[Line]) -> Refusal:
        names = {"point": attempt.thing.name, "department": attempt.thing.department.name}
        if not attempt.mine or not lines:
            return NotPermitted(_("“%(point)s”的治理状态由%(department)s更新，您只能查看。") % names)
        reason = not_permitted_text(lines[0])
        return NotPermitted(_("%(reason)s。“%(point)s”由%(department)s负责。") % {**names, "reason": reason})

    def stale(self, attempt: PointAttempt) -> Refusal:
        return StaleEdit(_("“%s”在您打开页面之后已被他人更新。请核对最新状态后重新提交。") % attempt.thing.name)

    def wrong_moment(self, attempt: PointAttempt) -> Refusal:
        if not attempt.target:
            return super().wrong_moment(attempt)
        if TABLE.move(attempt.state, attempt.target):
            return BadInput(_("“%s”暂停前不是这个状态，不能恢复到这里。") % attempt.thing.name, code="wrong-state")
        names = {"point": attempt.thing.name, "now": TABLE.label(attempt.state), "to": TABLE.label(attempt.target)}
        return BadInput(_("“%(point)s”现在是“%(now)s”，不能直接变为“%(to)s”。") % names, code="wrong-state")

    def lacking(self, errors: Sequence[FieldError]) -> Refusal:
        return MissingEvidence(_("；").join(error.message for error in errors), errors=list(errors))


RECTIFICATION = Rectification()


def transition_point(
    point_id: int,
    to_state: str,
    actor: Actor,
    *,
    expected_version: int,
    note: str = "",
    due_on: date | None = None,
    attachments: Sequence[Attachment] = (),
) -> RectificationEvent:
    """Move a point to the next state of its rectification and write the one event that records it.

    Raises NotPermitted, StaleEdit, MissingEvidence (each piece in `errors`), or BadInput for a step that is not in
    the table. The plan of a point (一点一策) is handed in as `note`, as an attachment of kind PLAN, or both.
    """
    given = {"note": note, "due_on": due_on, "attachments": attachments}
    return apply(RECTIFICATION, actor, point_id, version=expected_version, given=given, target=to_state)


def relist(point: MonitoringPoint, note: str, due_on: date, baseline_class: int) -> RectificationEvent:
    """Put a delisted point back on the list by the rule on relapses; no person acts."""
    given = {"note": note, "due_on": due_on, "baseline_class": baseline_class}
    return apply(RECTIFICATION, None, point, Verb.RELAPSE, given=given)


def _note(step: PointStep) -> str:
    return str(step.given.get("note") or "")


def _due_on(step: PointStep) -> date | None:
    return step.given.get("due_on")


def _attachments(step: PointStep) -> Sequence[Attachment]:
    return step.given.get("attachments") or ()


def _keep(attachment: Attachment, event: RectificationEvent) -> None:
    """Store a file of an event, and for a photo the comparison of its EXIF."""
    evidence = Evidence.objects.create(
        event=event,
        kind=attachment.kind,
        file=ContentFile(attachment.content, name=f"{attachment.sha256[:32]}{attachment.suffix}"),
        caption=attachment.caption,
        sha256=attachment.sha256,
        taken_at=attachment.taken_at,
    )
    if attachment.kind in PUBLIC_EVIDENCE:
        EvidenceCheck.objects.create(evidence=evidence, **proof_fields(attachment, event.point.geom, event.at))
