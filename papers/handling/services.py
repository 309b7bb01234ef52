"""Writes of handlings: each is one function, one transaction, one event; the paper follows from its handlings."""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.permissions import answers_in, is_officer_of
from geokit.refusal import NotPermitted, refuse
from ledger import audit
from ledger.actors import SITE
from ledger.steps.apply import apply, step_now
from papers.documents.scans import MOST_BYTES, read_scan
from papers.documents.templates import check_template
from papers.handling import notifications
from papers.handling.models import AnswerTemplate, Handling, HandlingEvent, Result, Satisfaction
from papers.handling.table import HANDLINGS, HandlingVerb
from papers.handling.workflow import REDO_LIMIT, WORKFLOW, write_event
from papers.register import services as papers
from papers.register.models import Paper
from papers.register.table import PaperState, PaperVerb
from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock
from ui.attachments import read_bounded

V = HandlingVerb


@transaction.atomic
def assign(
    user: User,
    paper: Paper,
    version: int,
    *,
    departments: Sequence[Department],
    apart: bool = False,
    co: Sequence[Department] = (),
    wide: bool = False,
    text: str = "",
) -> list[Handling]:
    """Give a paper to organs: `apart` each answers; otherwise the one of `departments` leads and `co` advise it.

    `wide` gives six months instead of three. Raises NotPermitted, StaleEdit, BadInput, MissingEvidence.
    """  # fmt: skip
    roles = _roles(departments, apart, co)
    detail = {"departments": {one.code: role for one, role in roles}, "wide": wide}
    locked = papers.take(
        user, paper, PaperVerb.ASSIGN, version, departments=list(departments), text=text, detail=detail
    )
    _refuse_second(locked, roles)
    for department, _role in roles:
        if not answers_in(department, locked.congress.area):
            raise refuse("departments", "elsewhere", _("“%s”不是本区的单位。") % department)
    return [_give(user, locked, one, role, wide, text) for one, role in roles]


def _roles(
    departments: Sequence[Department], apart: bool, co: Sequence[Department]
) -> list[tuple[Department, Handling.Role]]:
    if not apart and len(departments) > 1:
        raise refuse("departments", "one-lead", _("主办单位只能有一个；要几个单位分别答复的，请选择分别办理。"))
    if apart and co:
        raise refuse("co", "no-co", _("分别办理的没有会办单位。"))
    if both := set(departments) & set(co):
        raise refuse("co", "twice", _("%s不能既主办又会办。") % both.pop())
    main = Handling.Role.SEPARATE if apart else Handling.Role.LEAD
    return [*((one, main) for one in departments), *((one, Handling.Role.CO) for one in co)]


def _refuse_second(paper: Paper, roles: Sequence[tuple[Department, Handling.Role]]) -> None:
    now = {one.department_id: one for one in paper.handlings.filter(returned_on=None)}
    for department, role in roles:
        if department.pk in now:
            raise refuse("departments", "has-it", _("%s已经在办理。") % department)
        if role == Handling.Role.LEAD and any(one.role != Handling.Role.CO for one in now.values()):
            raise refuse("departments", "has-lead", _("已有主办单位；再交办的请选择分别办理，或等它退回。"))


def _give(user: User, paper: Paper, department: Department, role: Handling.Role, wide: bool, text: str) -> Handling:
    today = timezone.localdate()
    clock = Clock.CO_HANDLING if role == Handling.Role.CO else Clock.REPLY_WIDE if wide else Clock.REPLY
    due = periods.ends_on(clock, today)
    made = Handling.objects.create(
        paper=paper, department=department, role=role, assigned_on=today, due_on=due,
        returnable_until=periods.ends_on(Clock.RETURN, today),
    )  # fmt: skip
    basis = periods.basis_of(clock, today, due)
    event = write_event(made, "assigned", user, text=text, due_on=due, detail={"clock": str(clock), "basis": basis})
    notifications.tell(event)
    return made


@transaction.atomic
def take(
    user: Any, handling: Handling | int, verb: HandlingVerb, version: int | None = None, /, **given: Any
) -> Handling:
    """Take one step of the table, and let the paper follow. Raises Refusal."""
    key = handling.pk if isinstance(handling, Handling) else handling
    # First the paper, then its handling: two organs that answer at once wait for each other and do not deadlock.
    Paper.objects.select_for_update().filter(handlings=key).order_by("pk").first()
    event: HandlingEvent = apply(WORKFLOW, user, key, verb, version, given)
    _follow(event.handling.paper)
    return event.handling


def _follow(paper: Paper) -> None:
    """Let the paper stand where all who answer it stand together."""
    paper.refresh_from_db()
    answering = list(paper.handlings.filter(returned_on=None).exclude(role=Handling.Role.CO))
    states = {one.state for one in answering}
    is_answered = bool(states) and states <= set(HANDLINGS.in_group("answered"))
    if paper.state == PaperState.ASSIGNED and not paper.handlings.filter(returned_on=None).exists():
        papers.take(SITE, paper, PaperVerb.GIVE_BACK)
    elif paper.state == PaperState.ASSIGNED and is_answered:
        papers.take(SITE, paper, PaperVerb.COMPLETE)
    elif paper.state == PaperState.ANSWERED and not is_answered:
        papers.take(SITE, paper, PaperVerb.COME_BACK)
    paper.refresh_from_db()
    if paper.state == PaperState.ANSWERED and states == {Handling.State.SETTLED}:
        papers.take(SITE, paper, PaperVerb.SETTLE)


def contact(user: User, handling: Handling | int, version: int, **given: Any) -> Handling:
    """Record the contact with the deputy: `with_whom`, `how`, `on`, `text`."""
    return take(user, handling, V.CONTACT, version, **given)


def draft(user: User, handling: Handling | int, version: int, **given: Any) -> Handling:
    """Write the answer: `text`, `result`, `planned_on`, `contact`, `phone`, `copies`, `may_publish`."""
    return take(user, handling, V.DRAFT, version, **given)


def sign(user: User, handling: Handling | int, version: int, *, number: str, signer: str, signed_on: date) -> Handling:
    """Keep the answer as its head signed it, with the Word document of it. Refused without contact before."""
    return take(user, handling, V.SIGN, version, number=number, signer=signer, signed_on=signed_on)


def recall(user: User, handling: Handling | int, version: int, text: str) -> Handling:
    """Take a signed answer back that was not delivered yet; it stays on record."""
    return take(user, handling, V.RECALL, version, text=text)


def deliver(user: User, handling: Handling, version: int, *, file: UploadedFile | None, code: str) -> Handling:
    """Keep the sealed scan and deliver it to each deputy. Refused for a scan of anything but the signed text."""
    step_now(WORKFLOW, user, handling, V.DELIVER)  # before an outsider's file is opened
    given: dict[str, Any] = {"code": code}
    if file is not None:
        content = read_bounded(file, MOST_BYTES)
        given |= {"file": content, "scan": read_scan(content)}
    return take(user, handling, V.DELIVER, version, **given)


def correct(user: User, handling: Handling | int, version: int, text: str) -> Handling:
    """Send a correction beside a delivered answer, which stays as it is."""
    return take(user, handling, V.CORRECT, version, text=text)


def receive(user: User, handling: Handling | int) -> Handling:
    """Say that the answer came."""
    return take(user, handling, V.RECEIVE)


def rating_verb(handling: Handling, outcome: str) -> HandlingVerb:
    """Return what a rating does: sent back once, followed until a plan is done, or settled."""
    if outcome == Satisfaction.DISSATISFIED and handling.redo_count < REDO_LIMIT:
        return V.REOPEN
    return V.FOLLOW if handling.result == Result.B and handling.planned_on is not None else V.RATE


def rate(user: User, handling: Handling, version: int, /, *, given_outcome: str, **given: Any) -> Handling:
    """Fill in the opinion sheet: two ratings and words."""
    verb = rating_verb(handling, given_outcome)
    return take(user, handling, verb, version, outcome=given_outcome, **given)


def opine(user: User, handling: Handling | int, /, **given: Any) -> Handling:
    """Give a co-signer's own opinion, which stands beside that of the lead deputy."""
    return take(user, handling, V.OPINE, **given)


@transaction.atomic
def save_template(user: User, file: UploadedFile) -> AnswerTemplate:
    """Keep a Word template for one's own organ; looked through first. Raises NotPermitted, BadInput, TooLarge."""
    if not is_officer_of(user, user.department_id):
        raise NotPermitted(_("模板由单位的联络员上传。"))
    content = read_bounded(file)
    check_template(content)
    name = PurePosixPath(str(file.name or "").replace("\\", "/")).name[:120]
    made = AnswerTemplate(
        department=user.department, name=name, sha256=hashlib.sha256(content).hexdigest(), author=user
    )
    made.file.save(f"{made.sha256[:24]}.docx", ContentFile(content), save=False)
    made.save()
    audit.record(user, "save_answer_template", made, sha256=made.sha256)
    return made
