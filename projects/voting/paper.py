"""Votes on paper, where a hall has no signal or an elector no mailbox: handed out by name, read by two tellers.

Who gets a paper ballot is on the turnout like everybody who votes. What stands on the papers is entered after the end
by two tellers, each by herself; only when both read the same are the ballots counted among the others.
"""

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import is_district_staff
from geokit.refusal import NotPermitted
from ledger import audit
from projects.plan.refusals import field_refusal
from projects.voting.checks import VoteRefused, check_open, checked_choices, is_over
from projects.voting.models import PaperEntry, Turnout, VoteCount, VoteSession
from projects.voting.notices import notify_paper

Papers = list[list[int]]
BLANK = "0"
_BETWEEN = re.compile(r"[\s,，、]+")


@transaction.atomic
def issue_paper(session_id: int, elector_id: int, actor: User, now: datetime | None = None) -> Turnout:
    """Hand an elector a ballot on paper: she votes here no more. Raises NotPermitted, VoteRefused."""
    _require_teller(actor)
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    elector = session.electors.select_related("deputy").get(pk=elector_id)
    check_open(session, now or timezone.now())
    try:
        with transaction.atomic():
            turnout = Turnout.objects.create(elector=elector, cast_at=now or timezone.now(), on_paper=True)
    except IntegrityError as error:
        raise VoteRefused(_("她已经投票或领过纸质选票。"), code="voted-already") from error
    audit.record(actor, "issue_paper_ballot", session, elector=elector.pk)
    notify_paper(session, elector)
    return turnout


@transaction.atomic
def enter_papers(session_id: int, actor: User, text: str, now: datetime | None = None) -> PaperEntry:
    """Write down what one teller read: a line for each ballot, with the numbers it approves, ``0`` for a blank one.

    Raises NotPermitted, VoteRefused (not over, counted, no paper given out), BadInput at `papers`.
    """
    _require_teller(actor)
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    if VoteCount.objects.filter(session=session).exists() or not is_over(session, now or timezone.now()):
        raise VoteRefused(_("纸质选票在投票截止之后、计票之前录入。"), code="not-over")
    papers = read_papers(session, text)
    issued = issued_papers(session)
    if not issued:
        raise VoteRefused(_("这次票决没有发过纸质选票。"), code="no-papers")
    if len(papers) > issued:
        words = {"given": len(papers), "issued": issued}
        message = _("发出 %(issued)d 张纸质选票，录入了 %(given)d 张。") % words
        raise field_refusal("papers", "too-many-papers", message)
    entry = PaperEntry.objects.create(session=session, teller=actor, choices=sorted(papers))
    audit.record(actor, "enter_paper_ballots", session, papers=len(papers))
    return entry


def read_papers(session: VoteSession, text: str) -> Papers:
    """Return the numbers of each line. Raises BadInput at `papers`, which names the line."""
    return [_paper(session, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def issued_papers(session: VoteSession) -> int:
    """How many ballots were handed out on paper."""
    return Turnout.objects.filter(elector__session=session, on_paper=True).count()


def agreed_papers(session: VoteSession) -> Papers:
    """Return the ballots on paper as two tellers read them. Raises VoteRefused while they do not agree."""
    if not issued_papers(session):
        return []
    entries = latest_entries(session)
    if not are_agreed(entries):
        raise VoteRefused(_("纸质选票要由两位计票人各自录入，结果一致才能计票。"), code="papers-not-agreed")
    return [list(paper) for paper in entries[0].choices]


def are_agreed(entries: list[PaperEntry]) -> bool:
    """Tell whether two tellers or more have read the papers and all of them the same."""
    return len(entries) > 1 and all(entry.choices == entries[0].choices for entry in entries)


def latest_entries(session: VoteSession) -> list[PaperEntry]:
    """The newest entry of each teller."""
    newest = {entry.teller_id: entry for entry in session.paper_entries.select_related("teller").order_by("pk")}
    return list(newest.values())


def _paper(session: VoteSession, number: int, line: str) -> list[int]:
    words = [word for word in _BETWEEN.split(line.strip()) if word]
    try:
        if not all(re.fullmatch(r"[0-9]{1,3}", word) for word in words):
            raise VoteRefused(_("只写序号，用空格分开；空白票写 0。"), code="not-numbers")
        return checked_choices(session, [] if words == [BLANK] else [int(word) for word in words])
    except VoteRefused as refusal:
        message = _("第 %(line)d 行：%(why)s") % {"line": number, "why": refusal.message}
        raise field_refusal("papers", refusal.code, message) from refusal


def _require_teller(actor: User) -> None:
    if not is_district_staff(actor):
        raise NotPermitted(_("纸质选票由区人大工作人员发放和录入。"))
