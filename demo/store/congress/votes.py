"""A vote that was counted in January, and one that is open: cast and counted as votes are."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from accounts.congress.queries import congress_of
from accounts.models import Area, User
from demo.plan import sources
from demo.plan.calendar import moment
from demo.plan.chance import stream
from demo.store.past import at
from projects.models import Ballot, Candidacy, Elector, PaperEntry, Project, StageChange, Turnout, VoteSession
from projects.voting.models import RECEIPT_LENGTH
from projects.voting.roll import write_roll
from projects.voting.services import ALPHABET, Terms, call_vote, cast_ballot, count_ballots

LEFT_OUT = 1
PLACES_OPEN = 3


def store_votes(projects: dict[str, Project], areas: dict[str, Area], users: dict[str, User], today: date) -> int:
    """Write both; return how many ballots there are."""
    chance, district, staff = stream("votes"), areas[sources.DISTRICT], users["staff"]
    ordered = [projects[code] for code in sorted(projects)]
    this_year = [project for project in ordered if project.year == today.year]
    counted = _counted(this_year, district, staff, today, chance)
    waiting = [project for project in ordered if project.status == Project.Status.CANDIDATE][LEFT_OUT:]
    return counted + _open(waiting, district, staff, today, chance)


def _counted(projects: Sequence[Project], district: Area, staff: User, today: date, chance: Random) -> int:
    """All of this year's projects stood; those in the reserve were not approved by enough."""
    day = date(today.year, 1, 16)
    places = sum(project.status != Project.Status.RESERVE for project in projects)
    with at(moment(day - timedelta(days=8))):
        session = VoteSession.objects.create(
            title=f"{today.year}年区级民生实事项目票决",
            year=today.year,
            area=district,
            places=places,
            congress=congress_of(district, day),
            opens_at=moment(day, 9),
            closes_at=moment(day, 11),
            roll_settled_at=moment(day, 9),
            author=staff,
        )
    order = chance.sample(list(projects), len(projects))
    Candidacy.objects.bulk_create(
        Candidacy(session=session, project=project, number=number) for number, project in enumerate(order, 1)
    )
    electors = write_roll(session)
    lost = [number for number, project in enumerate(order, 1) if project.status == Project.Status.RESERVE]
    won = [number for number in range(1, len(order) + 1) if number not in lost]
    Turnout.objects.bulk_create(
        Turnout(
            elector=elector, cast_at=moment(day, 9, 5) + timedelta(seconds=30 * place), on_paper=elector.deputy is None
        )
        for place, elector in enumerate(electors[:-1])
    )
    papers = sorted((_receipt(chance), _approved(won, lost, chance)) for _elector in electors[:-1])
    ballots = Ballot.objects.bulk_create(
        Ballot(session=session, receipt=receipt, choices=choices) for receipt, choices in papers
    )
    _tellers(session, papers, electors[:-1], staff)
    with at(moment(day, 11, 2)):
        result = count_ballots(session, ballots, len(electors))
        for number, project in enumerate(order, 1):
            _tell(project, session, number in result.elected, result.votes[str(number)], staff)
    return len(ballots)


def _tellers(
    session: VoteSession, papers: Sequence[tuple[str, list[int]]], voted: Sequence[Elector], staff: User
) -> None:
    """Most deputies voted on paper in the hall; two tellers read the same."""
    given = sum(elector.deputy is None for elector in voted)
    read = sorted(choices for _receipt, choices in papers[:given])
    for teller in (staff, User.objects.get(username="admin")):
        PaperEntry.objects.create(session=session, teller=teller, choices=read, at=session.closes_at)


def _approved(won: list[int], lost: list[int], chance: Random) -> list[int]:
    """Return one deputy's choice: most of what was elected, now and then one of the others."""
    dropped = chance.sample(won, chance.randrange(1, 4))
    taken = [number for number in lost if chance.random() < 0.3][: len(dropped)]
    return sorted({*won} - {*dropped} | {*taken})


def _tell(project: Project, session: VoteSession, elected: bool, votes: int, staff: User) -> None:
    words = "当选" if elected else "未当选，进入储备库"
    StageChange.objects.create(
        project=project,
        before=Project.Status.CANDIDATE,
        after=Project.Status.VOTED if elected else Project.Status.RESERVE,
        reason=f"{session.title}：得 {votes} 票，{words}",
        actor=staff,
    )


def _receipt(chance: Random) -> str:
    return "".join(chance.choice(ALPHABET) for _place in range(RECEIPT_LENGTH))


def _open(projects: Sequence[Project], district: Area, staff: User, today: date, chance: Random) -> int:
    """Half of the deputies with an account have voted; the demo's own has not. The others will vote in the hall."""
    opens = moment(today - timedelta(days=1), 9)
    terms = Terms(
        title=f"{today.year + 1}年区级民生实事项目票决（第一批）",
        year=today.year + 1,
        area=district,
        places=PLACES_OPEN,
        opens_at=opens,
        closes_at=moment(today + timedelta(days=6), 17),
    )
    with at(opens - timedelta(days=2)):
        session = call_vote(terms, projects, staff)
    own = session.electors.filter(deputy__isnull=False).select_related("deputy").order_by("pk")
    voters = [elector.deputy for elector in own if elector.deputy is not None][1::2]
    numbers = range(1, len(projects) + 1)
    for deputy in voters:
        with at(opens + timedelta(minutes=chance.randrange(10, 900))):
            cast_ballot(session.pk, deputy, sorted(chance.sample(numbers, chance.randrange(1, PLACES_OPEN + 1))))
    return len(voters)
