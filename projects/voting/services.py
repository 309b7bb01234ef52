"""Writes of a vote: made, cast, counted. See docs/decisions/0017 on what keeps a ballot secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import rules
from accounts.congress.queries import congress_of
from accounts.directory.levels import lies_in
from accounts.models import Area, Congress, User
from accounts.permissions import leads
from geokit.refusal import BadInput, NotPermitted
from ledger import audit
from projects.plan.models import Project
from projects.plan.refusals import field_refusal
from projects.stages.services import decide_candidate
from projects.voting.checks import (
    VoteRefused,
    check_open,
    check_takes_place,
    checked_choices,
    is_over,
    may_not_call,
    require_may_call,
    undecided_candidacies,
)
from projects.voting.models import (
    RECEIPT_LENGTH,
    Ballot,
    Candidacy,
    Turnout,
    UrnBallot,
    VoteCount,
    VoteSession,
)
from projects.voting.notices import notify_call, notify_result, notify_voted
from projects.voting.paper import read_papers
from projects.voting.roll import elector_of, on_roll, refuse_frozen, settle, write_roll
from projects.voting.tally import (
    Hall,
    Outcome,
    Rules,
    count,
    decide,
    digest_of,
    least_candidates,
    seed_of,
    with_hall,
)
from ui.field_checks import check_moment
from ui.text.codes import random_code

RULE_OF = {
    "quorum": "votes.quorum",
    "majority": "votes.majority",
    "tie": "votes.tie",
    "margin_percent": "votes.margin_percent",
}
"""The rule of the district that each of a session's own rules follows."""
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0 O 1 I L: a receipt is copied by hand."""

# One statement takes every ballot out and puts all back in order of code: afterwards they were all written by the same
# transaction, in an order that says nothing of when they came.
_SHUFFLE = """
    WITH taken AS (DELETE FROM projects_urnballot WHERE session_id = %s RETURNING receipt, session_id, choices)
    INSERT INTO projects_urnballot (receipt, session_id, choices)
    SELECT receipt, session_id, choices FROM taken ORDER BY receipt
"""


@dataclass(frozen=True)
class Terms:
    """The terms that congress staff set for a session."""

    title: str
    year: int
    area: Area
    places: int
    opens_at: datetime
    closes_at: datetime
    quorum: str = ""
    majority: str = ""
    tie: str = ""
    """What is empty follows the rules of the district on the vote's day."""


@transaction.atomic
def call_vote(
    terms: Terms, projects: Sequence[Project], actor: User, runoff_of: VoteSession | None = None
) -> VoteSession:
    """Create a session with its candidates and roll of electors; notify these. Raises NotPermitted, BadInput."""
    projects = _hold(projects)
    require_may_call(actor, terms.area, projects)
    congress = _congress(terms)
    facts = in_force_for(terms)
    check_call(terms, projects, is_runoff=runoff_of is not None)
    given = {**terms.__dict__, **facts}
    session = VoteSession.objects.create(**given, congress=congress, author=actor, runoff_of=runoff_of)
    Candidacy.objects.bulk_create(
        Candidacy(session=session, project=project, number=number) for number, project in enumerate(projects, 1)
    )
    electors = write_roll(session)
    if not electors:
        raise _no_electors()
    basis = rules.basis(*RULE_OF.values(), on=timezone.localdate(terms.opens_at))
    counted = {"candidates": len(projects), "places": terms.places, "electors": len(electors)}
    audit.record(actor, "call_vote", session, **counted, congress=congress.pk, rules=basis)
    notify_call(session, [elector.deputy for elector in electors if elector.deputy is not None])
    return session


def _hold(projects: Sequence[Project]) -> list[Project]:
    """Lock the candidates until the vote is written and read them anew: each stands in one vote at a time."""
    keys = [project.pk for project in projects]
    locked = Project.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).select_related("area")
    held = {project.pk: project for project in locked.order_by("pk")}
    return [held[key] for key in keys if key in held]


def in_force_for(terms: Terms) -> dict[str, Any]:
    """Return quorum, majority, way out of a tie and margin: as given, else by the rules on the vote's day."""
    book, day = rules.book(), timezone.localdate(terms.opens_at)
    return {name: getattr(terms, name, "") or book.value(key, day) for name, key in RULE_OF.items()}


def _congress(terms: Terms) -> Congress:
    congress = congress_of(terms.area, timezone.localdate(terms.opens_at))
    if congress is None:
        raise _no_electors()
    return congress


def _no_electors() -> BadInput:
    message = _("这个区域那天没有在任的代表，不能票决。请先录入人大届次和代表名单。")
    return field_refusal("area", "no-electors", message)


@transaction.atomic
def cast_ballot(
    session_id: int, deputy: User, choices: Sequence[int], now: datetime | None = None, factor: str = ""
) -> str:
    """Put one ballot into the urn and return its receipt code, which is kept nowhere beside the voter.

    Whoever asks has shown by `factor` that she is who she says (`codes.vote`). Raises NotPermitted (not on the roll),
    VoteRefused (not open, closed, frozen, voted already, too many or unknown choices).
    """
    now = now or timezone.now()
    settle(session_id, now)
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    elector = elector_of(session.pk, deputy, now)
    if elector is None:
        raise NotPermitted(_("您不在本次票决的代表名册上，不能投票。"))
    check_open(session, now)
    refuse_frozen(elector)
    numbers = checked_choices(session, choices)
    try:
        with transaction.atomic():
            Turnout.objects.create(elector=elector, cast_at=now, factor=factor)
    except IntegrityError as error:
        raise VoteRefused(_("您已经投过票了，每人只投一次。"), code="voted-already") from error
    receipt = new_receipt()
    UrnBallot.objects.create(receipt=receipt, session=session, choices=numbers)
    with connection.cursor() as cursor:
        cursor.execute(_SHUFFLE, [session.pk])
    notify_voted(session, elector)
    return receipt


def new_receipt() -> str:
    """Return a receipt code that nobody can guess."""
    return random_code(RECEIPT_LENGTH, ALPHABET)


@transaction.atomic
def close_vote(session_id: int, actor: User | None = None, now: datetime | None = None) -> VoteCount:
    """Publish the ballots, count them and move the candidates on. Raises VoteRefused before time or a second time,
    NotPermitted for an `actor` who is not the district's.

    Before `closes_at` only when everybody has voted.
    """
    if actor is not None and not leads(actor, VoteSession.objects.get(pk=session_id).area):
        raise may_not_call()
    settle(session_id, now or timezone.now())
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    check_takes_place(session)
    if VoteCount.objects.filter(session=session).exists():
        raise VoteRefused(_("“%(title)s”已经计票。") % {"title": session.title}, code="counted-already")
    electors = on_roll(session).count()
    turnout = Turnout.objects.filter(elector__session=session)
    if not is_over(session, now or timezone.now()):
        raise VoteRefused(_("还没有到截止时间，也还有代表没有投票，不能计票。"), code="too-early")
    papers, hall = read_papers(session)
    ballots = _publish_ballots(session, papers)
    cast = turnout.filter(on_paper=False).count() + len(papers)
    if len(ballots) != cast:
        raise VoteRefused(
            _("票箱里有 %(ballots)d 张选票，签到 %(cast)d 人，数目不符，不能计票。")
            % {"ballots": len(ballots), "cast": cast},
            code="urn-does-not-agree",
        )
    result = count_ballots(session, ballots, electors, hall)
    with translation.override(settings.LANGUAGE_CODE):  # what is written down is in the site's own language
        _move_candidates(session, result, actor)
    audit.record(actor, "close_vote", session, cast=result.cast, digest=result.digest)
    notify_result(session)
    return result


def check_call(terms: Terms, projects: Sequence[Project], *, is_runoff: bool = False) -> None:
    """Refuse terms and candidates that no vote can be called by. Raises BadInput."""
    check_moment("opens_at", terms.opens_at)
    check_moment("closes_at", terms.closes_at)
    _congress(terms)
    margin_percent = 0 if is_runoff else in_force_for(terms)["margin_percent"]
    least = least_candidates(terms.places, margin_percent)
    if len({project.pk for project in projects}) < least:
        message = _("差额票决：应选 %(places)d 个，候选项目至少 %(least)d 个，现在 %(given)d 个。") % {
            "places": terms.places,
            "least": least,
            "given": len(projects),
        }
        raise field_refusal("projects", "too-few-candidates", message, "too-few")
    wrong = [project.name for project in projects if project.status != Project.Status.CANDIDATE]
    if wrong:
        message = _("不是候选项目：%(names)s。") % {"names": "、".join(wrong)}
        raise field_refusal("projects", "not-a-candidate", message)
    elsewhere = [project.name for project in projects if not lies_in(project.area, terms.area)]
    if elsewhere:
        words = {"area": terms.area.name, "names": "、".join(elsewhere)}
        message = _("%(area)s的代表只票决本区域的项目，这些在别处：%(names)s。") % words
        raise field_refusal("projects", "elsewhere", message)
    if undecided_candidacies().filter(project__in=projects).exists():
        message = _("有的项目已在另一次还没有计票的票决中。")
        raise field_refusal("projects", "in-another-vote", message)
    if terms.closes_at <= terms.opens_at:
        message = _("截止时间要晚于开始时间。")
        raise field_refusal("closes_at", "closes-too-early", message, "too-early")


def _publish_ballots(session: VoteSession, papers: Sequence[Sequence[int]]) -> list[Ballot]:
    """Empty the urn into the append-only table, in order of code; ballots on paper get codes and lie among them."""
    urn = UrnBallot.objects.filter(session=session)
    cast = [(one.receipt, one.choices) for one in urn] + [(new_receipt(), list(paper)) for paper in papers]
    ballots = Ballot.objects.bulk_create(
        Ballot(session=session, receipt=receipt, choices=choices) for receipt, choices in sorted(cast)
    )
    urn.delete()
    return ballots


def rules_of(session: VoteSession, electors: int) -> Rules:
    """Return the session's rules as the count takes them."""
    return Rules(session.places, electors, session.quorum, session.majority, session.tie)  # type: ignore[arg-type]


def count_ballots(
    session: VoteSession, ballots: Sequence[Ballot], electors: int, hall: Hall | None = None
) -> VoteCount:
    """Write the count of published ballots and of the tellers' sheet by the session's rules."""
    numbers = list(session.candidacies.values_list("number", flat=True))
    votes = with_hall(count((ballot.choices for ballot in ballots), numbers), hall)
    digest = digest_of((ballot.receipt, ballot.choices) for ballot in ballots)
    cast = len(ballots) + (hall.papers if hall else 0)
    outcome: Outcome = decide(votes, cast, rules_of(session, electors), seed_of(digest, hall))
    return VoteCount.objects.create(
        session=session,
        electors=electors,
        cast=cast,
        hall=hall.as_json() if hall else {},
        is_quorate=outcome.is_quorate,
        votes={str(number): n for number, n in votes.items()},
        elected=sorted(outcome.elected),
        tied=sorted(outcome.tied),
        digest=digest,
    )


def _move_candidates(session: VoteSession, result: VoteCount, actor: User | None) -> None:
    """The elected are voted for, the others go to the reserve; without a quorum nothing moves."""
    if not result.is_quorate:
        return
    candidacies = session.candidacies.select_related("project").order_by("project_id")
    for candidacy in candidacies.select_for_update(of=("self",)):
        if candidacy.number in result.tied:
            continue
        chosen = candidacy.number in result.elected
        words = {"title": session.title, "votes": result.votes[str(candidacy.number)]}
        reason = (
            _("%(title)s：得 %(votes)d 票，当选") if chosen else _("%(title)s：得 %(votes)d 票，未当选，进入储备库")
        )
        decide_candidate(candidacy.project, actor, chosen, reason % words)
