"""Reads of a vote: where it stands for whoever looks, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.factors.once import has_app
from accounts.factors.passkeys import has_passkey
from accounts.looking import looked_at
from accounts.models import User
from accounts.notices.letters import masked
from accounts.permissions import Asker, is_deputy, leads, within
from projects.voting.codes import must_use_own
from projects.voting.models import Candidacy, Elector, Turnout, VoteCount, VoteSession
from projects.voting.paper import issued_papers
from projects.voting.roll import able_here, elector_of, knows_mailbox, on_roll, unknown, why_frozen
from projects.voting.services import rules_of
from projects.voting.tally import least_cast, needed_votes

UPCOMING, OPEN, COUNTING, CLOSED, CANCELLED = "upcoming", "open", "counting", "closed", "cancelled"


def votes_visible_to(user: Asker) -> QuerySet[VoteSession]:
    """A vote, its candidates and its result are public; who is on its roll sees it whoever called it."""
    area = looked_at(user)
    if area is None:
        return VoteSession.objects.all()
    here = within(area)
    if user is not None and user.is_authenticated:
        here |= Q(pk__in=Elector.objects.filter(deputy=user).values("session"))
    return VoteSession.objects.filter(here)


def phase_of(session: VoteSession, now: datetime) -> str:
    """Return ``upcoming``, ``open``, ``counting`` (over, not yet counted), ``closed`` or ``cancelled``."""
    if hasattr(session, "cancellation"):
        return CANCELLED
    if hasattr(session, "count"):
        return CLOSED
    if now < session.opens_at:
        return UPCOMING
    return OPEN if now < session.closes_at else COUNTING


@dataclass(frozen=True)
class CandidateLine:
    """One candidate on the ballot or in the result."""

    candidacy: Candidacy
    votes: int | None
    of: int
    result: str
    """``elected``, ``tied``, ``not-elected``, or nothing before the count."""

    @property
    def percent(self) -> int | None:
        return round(100 * self.votes / self.of) if self.votes is not None and self.of else None


@dataclass(frozen=True)
class Prospect:
    """Whether a vote can reach its quorum, in figures, before it opens."""

    members: int
    """Who is on the roll, and so the whole that quorum and majority are parts of."""
    with_account: int
    online: int
    """Who can vote on the site, or has: an account known to be hers, and a mailbox of her own, an app or a passkey."""
    unknown: int
    """Whose account one officer alone says to be hers: a second one confirms it first."""
    needed: int
    """How many ballots make a quorum."""
    seats: int | None
    """How many deputies the congress should have, where somebody has written it."""

    @property
    def on_paper(self) -> int:
        """Who can only vote on paper."""
        return self.members - self.online

    @property
    def papers_needed(self) -> int:
        """How many must vote on paper, even if everybody else votes on the site."""
        return max(0, self.needed - self.online)

    @property
    def is_short_of_seats(self) -> bool:
        """Whether the list has so few members that all of them are no more than half of the congress's seats."""
        return self.seats is not None and 2 * self.members <= self.seats


@dataclass(frozen=True)
class VoteView:
    """What the page of a session shows one reader."""

    session: VoteSession
    phase: str
    lines: tuple[CandidateLine, ...]
    electors: int
    cast: int
    needed: int | None
    """Votes needed to be elected; None while that depends on the turnout."""
    count: VoteCount | None
    is_elector: bool
    has_voted: bool
    missing: tuple[str, ...]
    """Who has not voted yet; for congress staff only, to remind them."""
    roll: tuple[str, ...]
    """The names of all electors, public like the deputies themselves: nobody votes who is not one."""
    frozen: str
    """Why this elector cannot vote on the site now, in words to her; empty where she can."""
    mailbox: str
    """Where her code goes, as she knows it again; empty without one that is known to be hers, and where she must use
    her own factor."""
    unconfirmed: bool
    """Whether the account has an address that she has never confirmed."""
    has_app: bool
    """Whether an authenticator app shows her codes."""
    has_passkey: bool
    own_factor: bool
    """Whether she has an app or a passkey and the district asks for it: no code is mailed to her."""
    on_paper: int
    prospect: Prospect | None
    """For congress staff, until the vote is over."""

    @property
    def may_vote(self) -> bool:
        return self.phase == OPEN and self.is_elector and not self.has_voted

    @property
    def asks_passkey(self) -> bool:
        return self.may_vote and not self.frozen and self.has_passkey


@dataclass(frozen=True)
class TurnoutView:
    """How many have voted, never how; `missing` are who has not, for who leads the vote."""

    phase: str
    electors: int
    cast: int
    missing: tuple[str, ...]


def turnout_of(session: VoteSession, user: Asker, now: datetime | None = None) -> TurnoutView:
    """Return who has voted as `user` may know it."""
    phase = phase_of(session, now or timezone.now())
    cast = Turnout.objects.filter(elector__session=session).count()
    return TurnoutView(phase, on_roll(session).count(), cast, _not_voted(session, user, phase))


def list_votes(user: Asker) -> QuerySet[VoteSession]:
    return votes_visible_to(user).select_related("count", "cancellation", "area")


def open_votes_for(user: Asker, now: datetime | None = None) -> QuerySet[VoteSession]:
    """Return the sessions in which `user` may vote now and has not."""
    now = now or timezone.now()
    if not isinstance(user, User) or not is_deputy(user):
        return VoteSession.objects.none()
    hers = Q(membership=None) | Q(membership__person__user=user)
    mine = Elector.objects.filter(hers, deputy=user, is_struck=False, turnout__isnull=True)
    return VoteSession.objects.filter(
        pk__in=mine.values("session_id"), opens_at__lte=now, closes_at__gt=now, count=None, cancellation=None
    )


def view_vote(session: VoteSession, user: Asker, now: datetime | None = None) -> VoteView:
    """Return the session as `user` sees it."""
    now = now or timezone.now()
    turnout = turnout_of(session, user, now)
    phase, electors = turnout.phase, turnout.electors
    result = session.count if phase == CLOSED else None
    elector = elector_of(session.pk, user, now) if isinstance(user, User) and is_deputy(user) else None
    address = elector.deputy.email if elector is not None and elector.deputy is not None else ""
    is_known = elector is not None and bool(address) and knows_mailbox(elector)
    own = elector is not None and must_use_own(elector)
    return VoteView(
        session=session,
        phase=phase,
        lines=tuple(lines_of(session, result)),
        electors=electors,
        cast=turnout.cast,
        needed=_needed(session, electors, result),
        count=result,
        is_elector=elector is not None,
        has_voted=elector is not None and hasattr(elector, "turnout"),
        missing=turnout.missing,
        roll=tuple(one.name for one in _named(session)),
        frozen=why_frozen(elector) if elector is not None and phase in (UPCOMING, OPEN) else "",
        mailbox=masked(address) if is_known and not own else "",
        unconfirmed=bool(address) and not is_known and not own,
        has_app=elector is not None and has_app(user),
        has_passkey=elector is not None and has_passkey(user),
        own_factor=own,
        on_paper=issued_papers(session),
        prospect=prospect_of(session) if phase in (UPCOMING, OPEN) and leads(user, session.area) else None,
    )


def _named(session: VoteSession) -> QuerySet[Elector]:
    return on_roll(session).select_related("deputy", "membership__person").order_by("pk")


def prospect_of(session: VoteSession) -> Prospect:
    """Return how many may vote, how, and how many it takes."""
    electors = on_roll(session)
    members = electors.count()
    return Prospect(
        members=members,
        with_account=electors.filter(deputy__isnull=False).count(),
        online=able_here(session),
        unknown=unknown(electors).count(),
        needed=least_cast(rules_of(session, members)),
        seats=session.congress.seats if session.congress is not None else None,
    )


def _needed(session: VoteSession, electors: int, result: VoteCount | None) -> int | None:
    if result is None and session.majority == VoteSession.Majority.OF_CAST:
        return None
    return needed_votes(rules_of(session, electors), result.cast if result else 0)


def lines_of(session: VoteSession, result: VoteCount | None) -> list[CandidateLine]:
    """The candidates with their votes, the most first; without a result in the order of their numbers."""
    candidacies = session.candidacies.select_related("project__lead", "project__area")
    if result is None:
        return [CandidateLine(candidacy, None, 0, "") for candidacy in candidacies]
    lines = [
        CandidateLine(candidacy, result.votes[str(candidacy.number)], result.cast, _result(candidacy.number, result))
        for candidacy in candidacies
    ]
    return sorted(lines, key=lambda line: (-(line.votes or 0), line.candidacy.number))


def _result(number: int, result: VoteCount) -> str:
    if number in result.elected:
        return "elected"
    return "tied" if number in result.tied else "not-elected"


def _not_voted(session: VoteSession, user: Asker, phase: str) -> tuple[str, ...]:
    if phase not in (OPEN, COUNTING) or not leads(user, session.area):
        return ()
    return tuple(elector.name for elector in _named(session).filter(turnout__isnull=True))
