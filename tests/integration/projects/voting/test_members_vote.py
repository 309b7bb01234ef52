"""The roll is the members of the vote's day, account or not: quorum in figures, rules, and a hall's sheets."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Area, Congress, Membership, Person, Role, User
from accounts.rules.services import begin
from geokit.refusal import BadInput, NotPermitted, Refusal
from ledger.chain import verify
from ledger.chain.declared import Touched
from projects.chain import counts_follow_the_ballots
from projects.jobs import run_votes
from projects.models import Elector, HallSheet, Project, Turnout, VoteSession
from projects.ratings.electorate import most_voters
from projects.voting.codes import send_code
from projects.voting.paper import enter_papers, enter_sheet, issue_paper, issue_papers
from projects.voting.queries import open_votes_for, prospect_of, view_vote
from projects.voting.recount import recount
from projects.voting.roll import on_roll
from projects.voting.services import Terms, call_vote, cast_ballot, close_vote
from tests.data.cast import person, seat


def code_of(work: Any, *given: Any, **more: Any) -> str:
    with pytest.raises(Refusal) as caught:
        work(*given, **more)
    return caught.value.code


@pytest.fixture
def silent(world: Any, deputies: list[User]) -> list[Membership]:
    """Seven members without an account beside the five who have one."""
    return [seat(None, world.district, f"DB-{n}", f"无账号{n}") for n in range(7)]


@pytest.fixture
def second(world: Any) -> User:
    return person("second-teller", Role.STAFF)


def electors(session: VoteSession, members: list[Membership]) -> list[int]:
    return list(session.electors.filter(membership__in=members).order_by("pk").values_list("pk", flat=True))


def test_the_roll_is_the_members_of_the_vote_s_day_with_an_account_or_without(
    silent: list[Membership], session: VoteSession, world: Any
) -> None:
    assert (on_roll(session).count(), on_roll(session).filter(deputy=None).count()) == (12, 7)
    seat(None, world.west_town, "T-1", "镇代表")
    view = view_vote(session, None)
    assert "无账号3" in view.roll and view.electors == 12 and view.needed == 7


def test_an_account_with_the_role_of_a_deputy_and_no_seat_is_on_no_roll(session: VoteSession) -> None:
    guest = person("guest", Role.DEPUTY)
    assert not open_votes_for(guest)
    with pytest.raises(NotPermitted):
        cast_ballot(session.pk, guest, [1])


def test_who_comes_and_leaves_between_call_and_opening_is_settled_when_it_opens(
    deputies: list[User], terms: Callable[..., Terms], candidates: list[Project], staff: User, world: Any, now: datetime
) -> None:
    opens = now + timedelta(days=3)
    session = call_vote(terms(opens_at=opens, closes_at=opens + timedelta(hours=2)), candidates, staff)
    gone = Membership.objects.get(person__user=deputies[4])
    gone.ends_on, gone.ended = timezone.localdate(opens) - timedelta(days=1), "resigned"
    gone.save()
    late = seat(None, world.district, "DB-L", "补选", starts_on=timezone.localdate(opens), began="by-election")
    assert on_roll(session).count() == 5
    run_votes(opens)
    session.refresh_from_db()
    assert session.roll_settled_at == opens
    assert on_roll(session).filter(membership=late).exists() and not on_roll(session).filter(membership=gone).exists()
    assert session.electors.count() == 6  # nothing of the roll is lost
    with pytest.raises(NotPermitted):
        cast_ballot(session.pk, deputies[4], [1], now=opens)
    seat(None, world.district, "DB-M", "更晚", starts_on=timezone.localdate(opens))
    run_votes(opens + timedelta(hours=1))
    assert on_roll(session).count() == 5  # settled once


def test_who_begins_a_new_membership_before_the_vote_keeps_her_row_and_votes_once(
    deputies: list[User], terms: Callable[..., Terms], candidates: list[Project], staff: User, world: Any, now: datetime
) -> None:
    """A resignation and a by-election, or a corrected certificate: one person, one account, two memberships."""
    opens = now + timedelta(days=3)
    session = call_vote(terms(opens_at=opens, closes_at=opens + timedelta(hours=2)), candidates, staff)
    old = Membership.objects.get(person__user=deputies[4])
    row = session.electors.get(membership=old)
    old.ends_on, old.ended = timezone.localdate(opens) - timedelta(days=1), "resigned"
    old.save()
    new = Membership.objects.create(
        code="DB-NEW",
        person=old.person,
        congress=old.congress,
        starts_on=timezone.localdate(opens),
        began="by-election",
    )
    run_votes(opens)
    row.refresh_from_db()
    assert (row.membership, row.deputy, row.is_struck, on_roll(session).count()) == (new, deputies[4], False, 5)
    assert cast_ballot(session.pk, deputies[4], [1], now=opens)
    assert verify().faults == ()


def test_an_account_that_was_given_to_another_person_votes_in_nobody_s_name(
    deputies: list[User], terms: Callable[..., Terms], candidates: list[Project], staff: User, world: Any,
    now: datetime, as_user: Callable,
) -> None:  # fmt: skip
    """Two deputies of one name, the account entered with the wrong one: she who has it must not vote twice."""
    opens = now + timedelta(days=3)
    session = call_vote(terms(opens_at=opens, closes_at=opens + timedelta(hours=2)), candidates, staff)
    line = session.electors.get(deputy=deputies[4])
    Person.objects.filter(user=deputies[4]).update(user=None)
    other = seat(None, world.district, "DB-SAME", "同名代表", starts_on=timezone.localdate(opens), began="by-election")
    Person.objects.filter(pk=other.person_id).update(user=deputies[4])
    run_votes(opens)
    assert session.electors.get(membership=other).deputy is None
    assert not open_votes_for(deputies[4], opens)
    with pytest.raises(NotPermitted):
        cast_ballot(session.pk, deputies[4], [1], now=opens)
    assert "账号后来登记给了别人" in as_user(staff).get(f"/projects/votes/{session.pk}/roll/").content.decode()
    issue_paper(session.pk, line.pk, staff, opens)  # whom the roll names votes on paper


def test_the_first_ballot_settles_the_roll_where_no_job_has_run(session: VoteSession, deputy: User, world: Any) -> None:
    late = seat(None, world.district, "DB-L", "补录")
    cast_ballot(session.pk, deputy, [1])
    assert on_roll(session).filter(membership=late).exists()


def test_a_vote_says_in_figures_whether_it_can_reach_its_quorum_before_it_opens(
    silent: list[Membership], terms: Callable[..., Terms], candidates: list[Project], staff: User, as_user: Callable,
    now: datetime, deputies: list[User],
) -> None:  # fmt: skip
    User.objects.filter(pk=deputies[1].pk).update(email="")
    opens = now + timedelta(days=1)
    session = call_vote(terms(opens_at=opens, closes_at=opens + timedelta(hours=1)), candidates, staff)
    prospect = prospect_of(session)
    assert (prospect.members, prospect.with_account, prospect.online, prospect.on_paper) == (12, 5, 4, 8)
    assert (prospect.needed, prospect.papers_needed, prospect.is_short_of_seats) == (7, 3, False)
    page = as_user(staff).get(session.get_absolute_url()).content.decode()
    assert "只靠网上投票达不到法定人数" in page and "至少还要发 3 张" in page
    assert "只靠网上投票" not in as_user(deputies[0]).get(session.get_absolute_url()).content.decode()
    Congress.objects.update(seats=200)
    page = as_user(staff).get(session.get_absolute_url()).content.decode()
    assert "名册只有 12 人，代表名额 200 人" in page


def test_whose_mailbox_is_not_known_to_be_hers_or_who_is_frozen_is_not_counted_as_able_to_vote_here(
    terms: Callable[..., Terms], candidates: list[Project], staff: User, deputies: list[User], world: Any, now: datetime
) -> None:
    other = User.objects.create_user("typed", "typed@example.org", "x", role=Role.DEPUTY)
    seat(other, world.district)  # staff typed the address, nobody has confirmed it
    opens = now + timedelta(days=1)
    session = call_vote(terms(opens_at=opens, closes_at=opens + timedelta(hours=1)), candidates, staff)
    assert code_of(send_code, session.pk, other, opens) == "mailbox-not-own"
    assert (prospect_of(session).with_account, prospect_of(session).online) == (6, 5)
    deputies[0].set_password("another long phrase")
    deputies[0].save()
    assert code_of(send_code, session.pk, deputies[0], opens) == "frozen"
    assert prospect_of(session).online == 4
    Person.objects.filter(user=deputies[1]).update(user=None)
    assert prospect_of(session).online == 3


def test_majority_quorum_and_margin_follow_the_rules_of_the_vote_s_day_and_stay(
    deputies: list[User], terms: Callable[..., Terms], candidates: list[Project], staff: User, admin_user: User
) -> None:
    since = timezone.localdate() - timedelta(days=1)
    begin(
        {"votes.quorum": "two-thirds", "votes.majority": "of-cast", "votes.tie": "lot", "votes.margin_percent": 50},
        since=since, reason="常委会决定", actor=admin_user,
    )  # fmt: skip
    assert code_of(call_vote, terms(places=3), candidates, staff) == "too-few-candidates"
    session = call_vote(terms(), candidates, staff)
    assert (session.quorum, session.majority, session.tie, session.margin_percent) == (
        "two-thirds", "of-cast", "lot", 50,
    )  # fmt: skip


def test_without_a_congress_on_that_day_there_is_no_vote(
    deputies: list[User], terms: Callable[..., Terms], candidates: list[Project], staff: User, world: Any
) -> None:
    assert code_of(call_vote, terms(area=world.east_town), candidates, staff) == "no-electors"
    Membership.objects.update(ends_on=date(2024, 1, 1), ended="term")
    Congress.objects.update(ends_on=date(2024, 1, 1))
    assert code_of(call_vote, terms(), candidates, staff) == "no-electors"
    assert not VoteSession.objects.exists()


def test_an_officer_who_sits_votes_as_the_deputy_she_is(
    deputies: list[User], officer: User, world: Any, terms: Callable[..., Terms], candidates: list[Project], staff: User
) -> None:
    seat(officer, world.district)
    session = call_vote(terms(), candidates, staff)
    assert list(open_votes_for(officer)) == [session]
    assert cast_ballot(session.pk, officer, [1])
    assert code_of(cast_ballot, session.pk, officer, [2]) == "voted-already"


def test_each_elector_is_ticked_once_on_whatever_she_votes(
    silent: list[Membership], session: VoteSession, deputies: list[User], staff: User, deputy: User, officer: User
) -> None:
    cast_ballot(session.pk, deputy, [1])
    online = session.electors.get(deputy=deputy).pk
    ticked = electors(session, silent)
    assert code_of(issue_papers, session.pk, [*ticked, online], staff) == "voted-already"
    assert Turnout.objects.filter(on_paper=True).count() == 0  # all of them or nobody
    assert issue_papers(session.pk, ticked, staff) == 7
    assert code_of(issue_paper, session.pk, ticked[0], staff) == "voted-already"
    assert code_of(issue_papers, session.pk, ticked[:1], staff) == "voted-already"
    assert code_of(issue_papers, session.pk, [], staff) == "nobody"
    assert code_of(issue_papers, session.pk, ticked, officer) == "not-permitted"
    assert Elector.objects.filter(session=session, turnout__isnull=False).count() == 8


def test_nobody_is_ticked_on_another_vote_s_roll(
    silent: list[Membership], session: VoteSession, terms: Callable[..., Terms], make_project: Callable, staff: User
) -> None:
    more = [make_project(f"D-{n}", status=Project.Status.CANDIDATE) for n in range(3)]
    other = call_vote(terms(), more, staff)
    assert code_of(issue_papers, session.pk, electors(other, silent), staff) == "not-on-roll"
    assert not Turnout.objects.exists()


def test_a_hall_s_sheet_counts_when_two_tellers_agree_and_anybody_can_count_again(
    silent: list[Membership], session: VoteSession, deputies: list[User], staff: User, second: User, client: Any
) -> None:
    for elector in deputies:
        cast_ballot(session.pk, elector, [1, 2])
    issue_papers(session.pk, electors(session, silent), staff)
    votes = {1: 1, 2: 2, 3: 6, 4: 0}
    end = session.closes_at
    enter_sheet(session.pk, staff, 6, votes, end)
    assert code_of(close_vote, session.pk, now=end) == "papers-not-agreed"
    enter_sheet(session.pk, second, 6, votes | {3: 5}, end)
    assert code_of(close_vote, session.pk, now=end) == "papers-not-agreed"
    enter_sheet(session.pk, second, 6, votes, end)
    result = close_vote(session.pk, now=end)
    assert (result.electors, result.cast, result.votes) == (12, 11, {"1": 6, "2": 7, "3": 6, "4": 0})
    assert (result.elected, result.tied, result.hall["papers"]) == ([2], [], 6)  # seven of twelve are needed
    assert not list(counts_follow_the_ballots(Touched()))
    ballots = client.get(f"/projects/votes/{session.pk}/ballots.csv").content.decode()
    answer = client.get(f"/projects/votes/{session.pk}/result.json").content.decode()
    assert recount(ballots, answer).agrees
    assert not recount(ballots, answer.replace('"cast": 11', '"cast": 12')).agrees
    with pytest.raises(BadInput):  # more votes than papers
        recount(ballots, answer.replace('"3": 6', '"3": 7'))
    assert HallSheet.objects.count() == 3


@pytest.mark.parametrize(
    ("papers", "votes", "code"),
    [
        (8, {1: 1, 2: 0, 3: 0, 4: 0}, "too-many-papers"),
        (7, {1: 8, 2: 0, 3: 0, 4: 0}, "too-many-votes"),
        (7, {1: 7, 2: 7, 3: 1, 4: 0}, "too-many-votes"),
        (7, {1: -1, 2: 0, 3: 0, 4: 0}, "too-many-votes"),
        (7, {1: 1}, "unknown-candidate"),
        (7, {1: 1, 2: 0, 3: 0, 4: 0, 9: 1}, "unknown-candidate"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(
    papers: int, votes: dict[int, int], code: str, silent: list[Membership], session: VoteSession, staff: User
) -> None:
    issue_papers(session.pk, electors(session, silent), staff)
    assert code_of(enter_sheet, session.pk, staff, papers, votes, session.closes_at) == code
    assert not HallSheet.objects.exists()


def test_papers_are_read_one_by_one_or_added_up_never_both(
    silent: list[Membership], session: VoteSession, staff: User, second: User, officer: User
) -> None:
    issue_papers(session.pk, electors(session, silent), staff)
    votes = dict.fromkeys(range(1, 5), 0)
    assert code_of(enter_sheet, session.pk, staff, 7, votes) == "not-over"
    assert code_of(enter_sheet, session.pk, officer, 7, votes, session.closes_at) == "not-permitted"
    enter_papers(session.pk, staff, "1\n2\n", session.closes_at)
    assert code_of(enter_sheet, session.pk, second, 7, votes, session.closes_at) == "read-already"
    assert not HallSheet.objects.exists()


def test_a_count_on_paper_by_deputies_is_bounded_by_who_is_in_office(
    silent: list[Membership], project: Project, deputies: list[User]
) -> None:
    assert most_voters(project, "deputy") == 12  # five have an account
    Membership.objects.filter(pk=silent[0].pk).update(ends_on=date(2024, 1, 1), ended="died")
    assert most_voters(project, "deputy") == 11


def test_the_bound_on_paper_is_that_of_the_projects_own_district(
    silent: list[Membership], make_project: Callable[..., Project], world: Any, deputies: list[User]
) -> None:
    beside = Area.objects.create(code="330999", name="甲区", level="district")
    town = Area.objects.create(code="330999100", name="甲镇", level="town", parent=beside)
    seat(None, beside, "JX-1", "甲一")
    theirs = make_project("JX-01", area=town)
    assert (most_voters(theirs, "deputy"), most_voters(make_project(), "deputy")) == (1, 12)
