"""Steps of rectification: the table at work on monitoring points. A step is one transaction and one event."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError, MissingEvidence, NotPermitted, Refusal, StaleEdit
from ledger.actors import Actor, account_of
from ledger.steps.apply import apply
from ledger.steps.workflow import Attempt, Line, Step, Workflow
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.verdict import assessment_now
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.rectification.acceptance_sheet import Acceptance, make_sheet
from river_monitoring.rectification.attachments import Attachment
from river_monitoring.rectification.evidence import evidence_on_file
from river_monitoring.rectification.models import Evidence, EvidenceCheck, RectificationEvent
from river_monitoring.rectification.notifications import notify_of_relapse, notify_of_step
from river_monitoring.rectification.permissions import PUBLIC_EVIDENCE, actor_of
from river_monitoring.rectification.photo_proof import proof_fields
from river_monitoring.rectification.standing import basis, delisting_rule, standing_of
from river_monitoring.steps.proofs import Proof, missing_evidence
from river_monitoring.steps.standing import Standing, parties_of
from river_monitoring.steps.table import ACCEPTOR, MISS_NOTICE, RELAPSE_NOTICE, SETS_DEADLINE, TABLE, Party, State, Verb
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
        return set(parties_of(who, facts)) or {OFFICIAL}

    def came_from(self, thing: MonitoringPoint, facts: Standing) -> State:
        return facts.came_from

    def missing(self, step: PointStep) -> list[FieldError]:
        file = evidence_on_file(step.thing, note=_note(step), due_on=_due_on(step), attachments=_attachments(step))
        return [
            FieldError(FORM_FIELD.get(piece.proof, ""), f"missing-{piece.proof}", missing_text(piece))
            for piece in missing_evidence(step.line, file, step.today, delisting_rule())
        ]

    def change(self, step: PointStep) -> Mapping[str, Any]:
        """Set the dates of the step's clock; the event keeps the deadline that was set."""
        point, clock = step.thing, step.line.clock
        due_on = _due_on(step) if clock in SETS_DEADLINE else None
        if clock in SETS_DEADLINE:
            point.due_on = due_on
        if clock == "listed":
            point.listed_on, point.delisted_on = step.today, None
            found = step.given.get("assessment") or assessment_now(point)
            point.baseline_class = found.number if found else 0
            point.listed_for = failing_items(found, point.target_class) if found else []
        if clock == "delisted":
            point.delisted_on = step.today
        return {"due_on": due_on, "note": _note(step).strip(), "basis": basis(relapse=step.actor is None)}

    def write_event(self, step: PointStep, fields: Mapping[str, Any]) -> RectificationEvent:
        account = account_of(step.actor)
        sheet = _sheet(step, fields) if step.line.verb == Verb.ACCEPT else None
        event = RectificationEvent.objects.create(
            point=step.thing,
            at=step.at,
            from_status=step.state,
            to_status=str(step.line.target),
            actor=account,
            department=account.department if account else None,
            sheet_sha256=sheet.sha256 if sheet else "",
            **fields,
        )
        for attachment in (*_attachments(step), *([sheet] if sheet else [])):
            _keep(attachment, event)
        return event

    def tell(self, step: PointStep, event: RectificationEvent) -> None:
        if step.line.notice in (RELAPSE_NOTICE, MISS_NOTICE):
            notify_of_relapse(step.thing, event, step.line.notice)
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
        if lines[0].who == ACCEPTOR and Party.BODY in attempt.mine:
            words = _("%(reason)s。贵单位或您本人负责或参与了“%(point)s”的治理，不能自己验收。")
            return NotPermitted(words % {**names, "reason": reason})
        if Party.OWN_OFFICER not in lines[0].who and not attempt.facts.bodies:
            return NotPermitted(_("%(reason)s。本区规则里还没有配置验收单位，请先配置。") % {"reason": reason})
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


def judge(
    point: MonitoringPoint, verb: Verb, note: str, *, due_on: date | None = None, assessment: Assessment | None = None
) -> RectificationEvent:
    """Take a step of the rule on delisted points (`relapse`), for what was assessed; no person acts."""
    given = {"note": note, "due_on": due_on, "assessment": assessment}
    return apply(RECTIFICATION, None, point, verb, given=given)


def failing_items(found: Assessment, target: int) -> list[str]:
    """The parameters that fail the target class, which a later proof must measure again."""
    return [code for code, number in found.evaluation.grades.items() if number > target]


def _note(step: PointStep) -> str:
    return str(step.given.get("note") or "")


def _due_on(step: PointStep) -> date | None:
    return step.given.get("due_on")


def _sheet(step: PointStep, fields: Mapping[str, Any]) -> Attachment:
    """The acceptance sheet of the step, made before its event so that the event can hold its hash."""
    accepted = Acceptance(
        point=step.thing,
        actor=account_of(step.actor),
        at=step.at,
        note=fields["note"],
        basis=fields["basis"],
        attachments=tuple(each for each in _attachments(step) if each.is_photo),
    )
    return make_sheet(accepted)


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
        picture_hashes=attachment.hashes,
        taken_at=attachment.taken_at,
    )
    if attachment.kind in PUBLIC_EVIDENCE:
        EvidenceCheck.objects.create(evidence=evidence, **proof_fields(attachment, event.point.geom, event.at))
