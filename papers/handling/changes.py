"""What each step sets on a handling besides its state, and what its event says of it."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import rules
from geokit.refusal import refuse
from ledger.actors import account_of
from ledger.steps.workflow import Step
from papers.documents.scans import Scan, require_signed_text
from papers.documents.templates import fill
from papers.documents.words import AnswerWords
from papers.handling.models import AnswerDraft, Handling, Result, Satisfaction, SealedScan, SignedAnswer
from papers.handling.queries import newest_answer, recipients, template_of
from papers.handling.table import HandlingState, HandlingVerb
from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock, latest_plan

HandlingStep = Step[Handling, None]
V = HandlingVerb
HOW = ("visit", "meeting", "phone", "message")
DRAFTED = ("text", "result", "planned_on", "contact", "phone", "copies", "may_publish")


def change_of(step: HandlingStep) -> dict[str, Any]:
    """Set what the step changes; return the fields of its event."""
    change = OF_VERB.get(step.line.verb)
    return dict(change(step)) if change else _said(step)


def _said(step: HandlingStep) -> dict[str, Any]:
    return {"text": str(step.given.get("text") or "").strip()}


def _contact(step: HandlingStep) -> dict[str, Any]:
    """The contact with the deputy that goes before an answer; one for each round."""
    on, how = step.given["on"], str(step.given["how"])
    if on > step.today or on < _round_began(step.thing):
        raise refuse("on", "wrong-day", _("沟通日期应在本轮办理开始之后、今天之前。"))
    if how not in HOW:
        raise refuse("how", "unknown-value", _("没有这种沟通方式。"))
    step.thing.contacted_on = on
    return _said(step) | {"detail": {"on": on.isoformat(), "how": how, "with": str(step.given["with_whom"]).strip()}}


def _round_began(handling: Handling) -> date:
    """The day from which the organ works on its next answer: of the assignment, or of the rating that asked for it."""
    again = handling.events.filter(verb__in=("reopened", "planned")).order_by("at", "pk").last()
    return timezone.localdate(again.at) if again else handling.assigned_on


def _draft(step: HandlingStep) -> dict[str, Any]:
    given = step.given
    if given["result"] not in Result.values:
        raise refuse("result", "unknown-value", _("办理结果应是 A、B、C 或 D。"))
    planned = given.get("planned_on")
    if planned is not None and (given["result"] != Result.B or planned <= step.today):
        raise refuse("planned_on", "no-plan", _("只有结果为 B 的填写计划落实日期，且应在今天之后。"))
    if planned is not None and planned > (latest := latest_plan(step.today)):
        raise refuse("planned_on", "too-late", _("计划落实日期最迟为 %s，届时未落实的再答复。") % date_format(latest))
    AnswerDraft.objects.update_or_create(
        handling=step.thing, defaults={name: given[name] for name in DRAFTED if name in given}
    )
    return {}


def _sign(step: HandlingStep) -> dict[str, Any]:
    """Make the document of the draft and keep it as signed: by whom, when, under which number."""
    handling, draft = step.thing, step.thing.draft
    signed_on, number = step.given["signed_on"], str(step.given["number"]).strip()
    if signed_on > step.today or signed_on < _round_began(handling):
        raise refuse("signed_on", "wrong-day", _("签发日期应在本轮办理开始之后、今天之前。"))
    taken = SignedAnswer.objects.filter(handling__department=handling.department, number=number, scan__isnull=False)
    if taken.exists():
        raise refuse("number", "taken", _("文号“%s”已经用过。") % number)
    signer = str(step.given["signer"]).strip()
    words = words_of(handling, draft, number=number, signer=signer, signed_on=signed_on)
    content = fill(template_of(handling.department_id), words)
    made = SignedAnswer(
        handling=handling, number=number, recipient=words.recipient, signer=signer, signed_on=signed_on,
        check_code=words.check_code, sha256=hashlib.sha256(content).hexdigest(), actor=account_of(step.actor),
        at=step.at, **{name: getattr(draft, name) for name in DRAFTED},
    )  # fmt: skip
    made.file.save(f"{made.sha256[:24]}.docx", ContentFile(content), save=False)
    made.save()
    detail = {"answer": made.pk, "signer": signer, "signed_on": signed_on.isoformat(), "number": number}
    return {"detail": detail | {"check_code": made.check_code, "sha256": made.sha256}}


def words_of(handling: Handling, draft: AnswerDraft, *, number: str, signer: str, signed_on: date) -> AnswerWords:
    """Return what the document says."""
    paper = handling.paper
    return AnswerWords(
        title=paper.title,
        paper_number=paper.number or "",
        session=str(paper.session or paper.congress),
        organ=handling.department.name,
        number=number,
        recipient=recipients(paper),
        text=draft.text,
        result=draft.result,
        signer=signer,
        signed_on=signed_on,
        contact=draft.contact,
        phone=draft.phone,
        copies=draft.copies,
    )


def _deliver(step: HandlingStep) -> dict[str, Any]:
    """Keep the sealed scan and deliver it to each deputy who stands under the paper."""
    handling, scan, content = step.thing, step.given["scan"], step.given["file"]
    assert isinstance(scan, Scan)  # noqa: S101 - read by the service
    answer = newest_answer(handling)
    require_signed_text(scan, answer.number, answer.check_code, str(step.given["code"]))
    signers = handling.paper.signatories.filter(left_at=None).select_related("member__person")
    made = SealedScan(
        answer=answer, kind=scan.kind, sha256=hashlib.sha256(content).hexdigest(), actor=account_of(step.actor),
        at=step.at, delivered_to=[{"member": one.member_id, "name": str(one)} for one in signers],
    )  # fmt: skip
    made.file.save(f"{made.sha256[:24]}.{scan.kind}", ContentFile(content), save=False)
    made.save()
    was_due = handling.due_on
    handling.result, handling.planned_on, handling.answered_on = answer.result, answer.planned_on, step.today
    detail = {"answer": answer.pk, "scan": made.pk, "sha256": made.sha256, "to": len(made.delivered_to)}
    return {"due_on": was_due, "detail": detail}


def _correct(step: HandlingStep) -> dict[str, Any]:
    """A correction stands beside the answer; the answer stays as it was delivered."""
    return _said(step) | {"detail": {"answer": newest_answer(step.thing).pk}}


def _ratings(step: HandlingStep) -> dict[str, Any]:
    for name in ("handling", "outcome"):
        if step.given[name] not in Satisfaction.values:
            raise refuse(name, "unknown-value", _("没有这种评价。"))
    if "lead" not in step.mine and step.line.verb != V.OPINE and not _said(step)["text"]:
        raise refuse("text", "required", _("代为登记纸质意见表的，请写明来源。"))
    given = {"handling_rating": step.given["handling"], "outcome_rating": step.given["outcome"]}
    return _said(step) | given | {"detail": {"answer": newest_answer(step.thing).pk}}


def _follow(step: HandlingStep) -> dict[str, Any]:
    """What is planned is due on the day that the organ itself named."""
    handling = step.thing
    handling.due_on, handling.contacted_on = handling.planned_on or handling.due_on, None
    return _ratings(step) | {"due_on": handling.due_on}


def _reopen(step: HandlingStep) -> dict[str, Any]:
    handling = step.thing
    said = _ratings(step)
    handling.redo_count += 1
    handling.due_on, handling.contacted_on = periods.ends_on(Clock.REDO, step.today), None
    return said | {"due_on": handling.due_on}


def _ask(step: HandlingStep) -> dict[str, Any]:
    step.thing.request = step.line.event
    until = step.given.get("until")
    if step.line.verb == V.ASK_EXTENSION and until is not None:
        _require_possible(step, until)
    return _said(step) | ({"due_on": until} if until else {})


def _decided(step: HandlingStep) -> dict[str, Any]:
    step.thing.request = ""
    return _said(step)


def _return(step: HandlingStep) -> dict[str, Any]:
    step.thing.returned_on = step.today
    return _decided(step)


def _extend(step: HandlingStep) -> dict[str, Any]:
    until = step.given["until"]
    _require_possible(step, until)
    before, step.thing.due_on = step.thing.due_on, until
    return _decided(step) | {"due_on": until, "detail": {"before": before.isoformat()}}


def latest_day(handling: Handling) -> date:
    """Return the day to which the answer may be put off: six months after the assignment, a redo by the rule's days."""
    if handling.state == HandlingState.REDO:
        begun = handling.events.filter(verb="reopened").order_by("at", "pk").last()
        assert begun is not None and begun.due_on is not None  # noqa: S101 - what led to this state
        return begun.due_on + timedelta(days=rules.value("matters.extension_days"))
    return periods.ends_on(Clock.REPLY_WIDE, handling.assigned_on)


def _require_possible(step: HandlingStep, until: date) -> None:
    latest = latest_day(step.thing)
    if not step.thing.due_on < until <= latest or until < step.today:
        words = {"due": date_format(step.thing.due_on), "latest": date_format(latest)}
        raise refuse("until", "wrong-day", _("应在现在的期限（%(due)s）之后，最迟 %(latest)s。") % words)


def _nothing_left(step: HandlingStep) -> dict[str, Any]:
    return _said(step) | {"due_on": step.thing.due_on}


OF_VERB: Mapping[str, Callable[[HandlingStep], dict[str, Any]]] = {
    V.CONTACT: _contact,
    V.DRAFT: _draft,
    V.SIGN: _sign,
    V.DELIVER: _deliver,
    V.CORRECT: _correct,
    V.RATE: _ratings,
    V.FOLLOW: _follow,
    V.REOPEN: _reopen,
    V.OPINE: _ratings,
    V.ADVISE: _nothing_left,
    V.ASK_RETURN: _ask,
    V.ASK_EXTENSION: _ask,
    V.DROP_REQUEST: _decided,
    V.REFUSE_REQUEST: _decided,
    V.RETURN: _return,
    V.EXTEND: _extend,
}
