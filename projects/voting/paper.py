"""Votes on paper, where a hall has no signal or an elector no mailbox: handed out by name, read by two tellers.

Who gets a paper ballot is on the turnout like everybody who votes. What stands on the papers is entered after the end
by two tellers, each by herself; only when both read the same are the ballots counted among the others. Either each
paper is read (`PaperEntry`), or a hall's tellers add them up (`HallSheet`): one vote has the one or the other.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import leads
from geokit.refusal import NotPermitted
from ledger import audit
from projects.plan.refusals import field_refusal
from projects.voting.checks import VoteRefused, check_open, checked_choices, is_over
from projects.voting.models import HallSheet, PaperEntry, Turnout, VoteCount, VoteSession
from projects.voting.notices import notify_paper
from projects.voting.roll import on_roll, settle, ticked
from projects.voting.tally import Hall

Papers = list[list[int]]
BLANK = "0"
_BETWEEN = re.compile(r"[\s,，、]+")


@transaction.atomic
def issue_paper(session_id: int, elector_id: int, actor: User, now: datetime | None = None) -> Turnout:
    """Hand an elector a ballot on paper: she votes here no more. Raises NotPermitted, VoteRefused."""
    _require_teller(actor, session_id)
    now = now or timezone.now()
    settle(session_id, now)
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    elector = on_roll(session).select_related("deputy").get(pk=elector_id)
    check_open(session, now)
    try:
        with transaction.atomic():
            turnout = Turnout.objects.create(elector=elector, cast_at=now, on_paper=True)
    except IntegrityError as error:
        raise VoteRefused(_("该代表已经投票或领过纸质选票。"), code="voted-already") from error
    audit.record(actor, "issue_paper_ballot", session, elector=elector.pk)
    notify_paper(session, elector)
    return turnout


@transaction.atomic
def issue_papers(session_id: int, elector_ids: Collection[int], actor: User, now: datetime | None = None) -> int:
    """Hand ballots to everybody who is ticked in the hall: all of them or, where one has voted already, nobody.

    Raises NotPermitted, VoteRefused, which names who has voted.
    """
    _require_teller(actor, session_id)
    if not elector_ids:
        raise field_refusal("electors", "nobody", _("请勾选领取纸质选票的代表。"), "required")
    settle(session_id, now or timezone.now())
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    electors = ticked(session, elector_ids)
    voted = [elector.name for elector in electors if hasattr(elector, "turnout")]
    if voted:
        raise VoteRefused(_("已经投票或领过纸质选票：%s。") % "、".join(voted), code="voted-already")
    for elector in electors:
        issue_paper(session.pk, elector.pk, actor, now)
    return len(electors)


@transaction.atomic
def enter_papers(session_id: int, actor: User, text: str, now: datetime | None = None) -> PaperEntry:
    """Write down what one teller read: a line for each ballot, with the numbers it approves, ``0`` for a blank one.

    Raises NotPermitted, VoteRefused (not over, counted, no paper given out), BadInput at `papers`.
    """
    _require_teller(actor, session_id)
    session = _over(session_id, now)
    if session.hall_sheets.exists():
        raise VoteRefused(_("这次票决已录入会场计票单，不能再逐张录入。"), code="summed-already")
    _check_number(session, sum(bool(line.strip()) for line in text.splitlines()))  # before each line is looked up
    papers = parse_papers(session, text)
    entry = PaperEntry.objects.create(session=session, teller=actor, choices=sorted(papers))
    audit.record(actor, "enter_paper_ballots", session, papers=len(papers))
    return entry


@transaction.atomic
def enter_sheet(
    session_id: int, actor: User, papers: int, votes: Mapping[int, int], now: datetime | None = None
) -> HallSheet:
    """Write down one teller's sheet of a hall: how many papers came back, and how many approve each candidate.

    Raises NotPermitted, VoteRefused (not over, counted, no paper given out, papers read one by one), BadInput at
    `papers` or at the candidate's number.
    """
    _require_teller(actor, session_id)
    session = _over(session_id, now)
    if session.paper_entries.exists():
        raise VoteRefused(_("这次票决的纸质选票已逐张录入，不能再录会场计票单。"), code="read-already")
    _check_number(session, papers)
    numbers = set(session.candidacies.values_list("number", flat=True))
    if set(votes) != numbers:
        raise VoteRefused(_("每个候选项目的票数都要填，没有的填 0。"), code="unknown-candidate")
    for number, found in votes.items():
        if not 0 <= found <= papers:
            message = _("%(number)d 号得 %(found)d 票，超过收回的 %(papers)d 张。")
            words = {"number": number, "found": found, "papers": papers}
            raise field_refusal(f"votes_{number}", "too-many-votes", message % words)
    if sum(votes.values()) > papers * session.places:
        raise VoteRefused(_("各项目的票数合计超过了每张最多 %d 个的总数。") % session.places, code="too-many-votes")
    stored = {str(number): votes[number] for number in sorted(votes)}
    sheet = HallSheet.objects.create(session=session, teller=actor, papers=papers, votes=stored)
    audit.record(actor, "enter_hall_sheet", session, papers=papers)
    return sheet


def _over(session_id: int, now: datetime | None) -> VoteSession:
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    if VoteCount.objects.filter(session=session).exists() or not is_over(session, now or timezone.now()):
        raise VoteRefused(_("纸质选票在投票截止之后、计票之前录入。"), code="not-over")
    return session


def _check_number(session: VoteSession, papers: int) -> None:
    issued = issued_papers(session)
    if not issued:
        raise VoteRefused(_("这次票决没有发过纸质选票。"), code="no-papers")
    if papers > issued:
        message = _("发出 %(issued)d 张纸质选票，录入了 %(given)d 张。") % {"given": papers, "issued": issued}
        raise field_refusal("papers", "too-many-papers", message)


def read_papers(session: VoteSession) -> tuple[Papers, Hall | None]:
    """Return the papers as two tellers read them, or what their sheets say. Raises VoteRefused while they differ."""
    sheets = latest_sheets(session)
    if not sheets:
        return agreed_papers(session), None
    if not are_agreed(sheets):
        raise VoteRefused(_("会场计票单要由两位计票人各自录入，结果一致才能计票。"), code="papers-not-agreed")
    return [], Hall(sheets[0].papers, {int(number): found for number, found in sheets[0].votes.items()})


def latest_sheets(session: VoteSession) -> list[HallSheet]:
    """The newest sheet of each teller."""
    return _latest(session.hall_sheets.all())


def parse_papers(session: VoteSession, text: str) -> Papers:
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


def are_agreed(read: Sequence[PaperEntry | HallSheet]) -> bool:
    """Tell whether two tellers or more have entered what they read and all of them the same."""
    return len(read) > 1 and all(one.content == read[0].content for one in read)


def latest_entries(session: VoteSession) -> list[PaperEntry]:
    """The newest entry of each teller."""
    return _latest(session.paper_entries.all())


def _latest[Read: (PaperEntry, HallSheet)](rows: QuerySet[Read]) -> list[Read]:
    newest = {one.teller_id: one for one in rows.select_related("teller").order_by("pk")}
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


def _require_teller(actor: User, session_id: int) -> None:
    session = VoteSession.objects.select_related("area").filter(pk=session_id).first()
    if session is None or not leads(actor, session.area):
        raise NotPermitted(_("纸质选票由区人大工作人员发放和录入。"))
