"""The deputies' vote: who may vote on what and when, how it is counted, and what follows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, Role, User
from accounts.notices.models import Notice, Robot
from geokit.refusal import BadInput, NotPermitted
from projects import jobs
from projects.inbox import waiting
from projects.models import Ballot, Project, StageChange, Turnout, UrnBallot, VoteCount, VoteDraft, VoteSession
from projects.stages.services import move_project
from projects.voting.drafts.services import begin_runoff, step
from projects.voting.drafts.table import Verb
from projects.voting.notices import notify_deadline
from projects.voting.queries import open_votes_for, view_vote
from projects.voting.services import Terms, VoteRefused, call_vote, cast_ballot, close_vote
from tests import roles
from tests.data.cast import seat

TIED = [(1, 2), (1, 2), (1, 3), (2, 3), (1, 3)]
"""Five papers that elect the first candidate and leave the second and the third equal."""


def _cast_all(session: VoteSession, deputies: list[User], papers: list[tuple[int, ...]]) -> list[str]:
    return [cast_ballot(session.pk, person, paper) for person, paper in zip(deputies, papers, strict=True)]


def _statuses() -> dict[str, str]:
    return dict(Project.objects.filter(code__startswith="C-").values_list("code", "status"))


def test_the_roll_is_told_of_the_call_and_of_the_result(session: VoteSession, deputies: list[User]) -> None:
    _cast_all(session, deputies, [(1,)] * 5)
    close_vote(session.pk)
    told = Notice.objects.filter(recipient=deputies[4]).values_list("title", flat=True)
    assert [title.partition("：")[0] for title in told.order_by("pk")] == [
        "票决安排", "您已投票", "票决结果已公布",
    ]  # fmt: skip


def test_the_two_most_approved_are_voted_and_the_others_go_to_the_reserve(
    session: VoteSession, deputies: list[User]
) -> None:
    _cast_all(session, deputies, [(1, 3), (1, 3), (1, 3), (2,), ()])
    result = close_vote(session.pk)
    assert (result.cast, result.votes, result.elected) == (5, {"1": 3, "2": 1, "3": 3, "4": 0}, [1, 3])
    assert _statuses() == {"C-1": "voted", "C-2": "reserve", "C-3": "voted", "C-4": "reserve"}
    change = StageChange.objects.get(project__code="C-1")
    assert (change.before, change.after) == ("candidate", "voted")
    assert "得 3 票，当选" in change.reason


def test_a_second_ballot_is_refused_and_the_first_stands(session: VoteSession, deputy: User) -> None:
    cast_ballot(session.pk, deputy, [1])
    with pytest.raises(VoteRefused) as caught:
        cast_ballot(session.pk, deputy, [2])
    assert caught.value.code == "voted-already"
    assert [ballot.choices for ballot in UrnBallot.objects.all()] == [[1]]


@pytest.mark.parametrize(("minutes", "code"), [(-5, "not-open"), (60, "closed"), (90, "closed")])
def test_a_ballot_before_or_after_time_is_refused(
    minutes: int, code: str, session: VoteSession, deputy: User, now: datetime
) -> None:
    with pytest.raises(VoteRefused) as caught:
        cast_ballot(session.pk, deputy, [1], now=now + timedelta(minutes=minutes))
    assert caught.value.code == code
    assert not Turnout.objects.exists()


def test_a_ballot_after_the_count_is_refused_even_before_the_closing_time(
    session: VoteSession, deputies: list[User], world: Any
) -> None:
    _cast_all(session, deputies, [(1,)] * 5)
    close_vote(session.pk)
    with pytest.raises(VoteRefused, match="已于"):
        cast_ballot(session.pk, deputies[0], [2])
    assert Ballot.objects.count() == 5


@pytest.mark.parametrize("who", ["officer", "staff", "admin_user", "gis"])
def test_who_is_no_elector_cannot_vote(who: str, session: VoteSession, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        cast_ballot(session.pk, request.getfixturevalue(who), [1])
    assert not UrnBallot.objects.exists()


def test_a_deputy_who_came_after_the_roll_was_written_cannot_vote(session: VoteSession) -> None:
    late = User.objects.create_user(username="late", password="x", role="deputy")
    with pytest.raises(NotPermitted, match="名册"):
        cast_ballot(session.pk, late, [1])


def test_an_elector_who_is_deputy_no_longer_cannot_vote(session: VoteSession, deputy: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(person__user=deputy).update(ends_on=yesterday, ended="resigned")
    with pytest.raises(NotPermitted):
        cast_ballot(session.pk, deputy, [1])
    assert not Turnout.objects.exists()


@pytest.mark.parametrize(("choices", "code"), [([1, 2, 3], "too-many"), ([9], "unknown-candidate")])
def test_a_spoilt_ballot_is_refused_and_the_deputy_may_vote_again(
    choices: list[int], code: str, session: VoteSession, deputy: User
) -> None:
    with pytest.raises(VoteRefused) as caught:
        cast_ballot(session.pk, deputy, choices)
    assert caught.value.code == code
    assert cast_ballot(session.pk, deputy, [1, 1, 2])
    assert UrnBallot.objects.get().choices == [1, 2]


def test_without_a_quorum_nothing_moves_and_a_new_vote_may_be_called(
    session: VoteSession, deputies: list[User], candidates: list[Project], terms: Callable[..., Terms], staff: User
) -> None:
    cast_ballot(session.pk, deputies[0], [1])
    cast_ballot(session.pk, deputies[1], [1])
    result = close_vote(session.pk, now=session.closes_at)
    assert (result.is_quorate, result.elected) == (False, [])
    assert set(_statuses().values()) == {"candidate"}
    assert call_vote(terms(), candidates, staff).candidacies.count() == 4


def test_equal_votes_for_the_last_place_lead_to_a_runoff_that_ends(
    session: VoteSession, deputies: list[User], staff: User, second: User, now: datetime
) -> None:
    _cast_all(session, deputies, TIED)
    result = close_vote(session.pk)
    assert (result.elected, result.tied) == ([1], [2, 3])
    assert _statuses() == {"C-1": "voted", "C-2": "candidate", "C-3": "candidate", "C-4": "reserve"}
    opens, closes = now + timedelta(hours=1), now + timedelta(hours=2)
    draft = begin_runoff(session.pk, opens, closes, staff, send=True)
    with pytest.raises(BadInput, match="已有草案"):
        begin_runoff(session.pk, opens, closes, second)
    runoff = step(draft.pk, Verb.APPROVE, second, draft.version).session
    assert (runoff.places, runoff.tie, runoff.candidacies.count(), runoff.runoff_of) == (1, "lot", 2, session)
    with pytest.raises(BadInput, match="已经安排"):
        begin_runoff(session.pk, opens, closes, staff)
    for elector, paper in zip(deputies, [(1,), (1,), (1,), (2,), (2,)], strict=True):
        cast_ballot(runoff.pk, elector, paper, now=opens)
    close_vote(runoff.pk, now=closes)
    assert (_statuses()["C-2"], _statuses()["C-3"]) == ("voted", "reserve")


def test_without_a_tie_there_is_no_runoff(session: VoteSession, deputies: list[User], staff: User) -> None:
    _cast_all(session, deputies, [(1, 2)] * 5)
    close_vote(session.pk)
    with pytest.raises(BadInput) as caught:
        begin_runoff(session.pk, session.opens_at, session.closes_at, staff)
    assert caught.value.code == "no-tie"


def test_a_vote_is_counted_at_its_end_and_once(session: VoteSession, deputies: list[User], staff: User) -> None:
    cast_ballot(session.pk, deputies[0], [1])
    with pytest.raises(VoteRefused) as early:
        close_vote(session.pk, staff)
    assert early.value.code == "too-early"
    assert UrnBallot.objects.count() == 1
    close_vote(session.pk, staff, now=session.closes_at)
    with pytest.raises(VoteRefused) as twice:
        close_vote(session.pk, staff)
    assert twice.value.code == "counted-already"


def test_an_urn_that_does_not_agree_with_the_turnout_is_not_counted(session: VoteSession, deputies: list[User]) -> None:
    _cast_all(session, deputies, [(1,)] * 5)
    UrnBallot.objects.create(receipt="STUFFED23456", session=session, choices=[4])
    with pytest.raises(VoteRefused) as caught:
        close_vote(session.pk)
    assert caught.value.code == "urn-does-not-agree"
    assert (UrnBallot.objects.count(), VoteCount.objects.count()) == (6, 0)


def test_a_candidate_cannot_be_moved_while_it_is_voted_on(
    session: VoteSession, candidates: list[Project], staff: User
) -> None:
    with pytest.raises(BadInput) as caught:
        move_project(candidates[0].pk, staff, "reserve", "临时撤下", candidates[0].version)
    assert caught.value.code == "in-a-vote"
    assert set(_statuses().values()) == {"candidate"}


def test_only_staff_call_a_vote(
    deputy: User, officer: User, candidates: list[Project], terms: Callable[..., Terms]
) -> None:
    for person in (deputy, officer):
        with pytest.raises(NotPermitted):
            call_vote(terms(), candidates, person)
    assert not VoteSession.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [({"places": 4}, "too-few-candidates"), ({"closes_at": None}, "closes-too-early")],
)
def test_a_vote_that_is_none_is_refused(
    given: dict, code: str, candidates: list[Project], terms: Callable[..., Terms], staff: User, deputies: list[User]
) -> None:
    if "closes_at" in given:
        given = {"closes_at": terms().opens_at}
    with pytest.raises(BadInput) as caught:
        call_vote(terms(**given), candidates, staff)
    assert caught.value.code == code


def test_a_project_that_is_no_candidate_or_in_another_vote_is_refused(
    session: VoteSession, candidates: list[Project], project: Project, terms: Callable[..., Terms], staff: User
) -> None:
    with pytest.raises(BadInput) as wrong:
        call_vote(terms(places=1), [candidates[0], project], staff)
    assert wrong.value.code == "not-a-candidate"
    with pytest.raises(BadInput) as busy:
        call_vote(terms(), candidates, staff)
    assert busy.value.code == "in-another-vote"


def test_a_town_votes_with_its_own_deputies(
    terms: Callable[..., Terms], candidates: list[Project], deputies: list[User], staff: User, world: Any
) -> None:
    with pytest.raises(BadInput) as nobody:
        call_vote(terms(area=world.west_town), candidates, staff)
    assert nobody.value.code == "no-electors"
    seat(deputies[1], world.west_town)
    session = call_vote(terms(area=world.west_town), candidates, staff)
    assert [elector.deputy for elector in session.electors.all()] == [deputies[1]]


def test_a_town_s_deputies_do_not_decide_on_the_projects_of_another_town(
    terms: Callable[..., Terms], candidates: list[Project], make_project: Callable[..., Project], deputies: list[User],
    staff: User, world: Any,
) -> None:  # fmt: skip
    """The form offers all candidates ticked: whoever is not elected would go to the reserve."""
    seat(deputies[1], world.west_town)
    east = make_project("C-9", name="东镇的项目", status=Project.Status.CANDIDATE, area=world.east_town)
    with pytest.raises(BadInput) as refused:
        call_vote(terms(area=world.west_town), [*candidates, east], staff)
    assert (refused.value.code, refused.value.errors[0].field) == ("elsewhere", "projects")
    assert "东镇的项目" in refused.value.message
    assert call_vote(terms(), [*candidates, east], staff).candidacies.count() == 5


def test_time_alone_tells_reminds_and_counts(
    session: VoteSession, deputies: list[User], now: datetime, time_machine: Any
) -> None:
    cast_ballot(session.pk, deputies[0], [1])
    assert jobs.run_votes(now)["told"] == 8  # four are told that it is open, and that it ends within two hours
    assert jobs.run_votes(now) == {"told": 0, "counted": 0}
    assert not Notice.objects.filter(recipient=deputies[0], key__endswith=":last").exists()
    time_machine.move_to(session.closes_at + timedelta(seconds=1))
    assert jobs.run_votes()["counted"] == 1
    assert jobs.run_votes() == {"told": 0, "counted": 0}
    assert session.count.cast == 1


def test_a_vote_that_cannot_be_counted_does_not_hold_up_the_next(
    session: VoteSession, terms: Callable[..., Terms], make_project: Callable[..., Project], staff: User
) -> None:
    more = [make_project(f"D-{n}", status=Project.Status.CANDIDATE) for n in range(3)]
    other = call_vote(terms(), more, staff)
    UrnBallot.objects.create(receipt="STUFFED23456", session=session, choices=[4])
    assert jobs.run_votes(session.closes_at)["counted"] == 1
    assert VoteCount.objects.get().session == other


def test_a_vote_to_be_counted_waits_for_who_may_count_it_and_not_for_a_town_s_clerk(
    session: VoteSession, staff: User, world: Any, time_machine: Any
) -> None:
    time_machine.move_to(session.closes_at + timedelta(seconds=1))
    clerk = User.objects.create_user("clerk", "clerk@example.org", "x", role=Role.STAFF, area=world.west_town)
    found = [
        next(one for one in waiting(user, timezone.localdate()) if one.kind == "votes-to-count").rows.count()
        for user in (staff, clerk)
    ]
    assert found == [1, 0]


def test_the_inbox_of_a_vote_is_the_electors_until_she_has_voted(
    session: VoteSession, deputy: User, officer: User
) -> None:
    assert list(open_votes_for(deputy)) == [session]
    assert not open_votes_for(officer)
    cast_ballot(session.pk, deputy, [])
    assert not open_votes_for(deputy)


def test_nobody_sees_votes_before_the_count_and_only_staff_who_is_missing(
    session: VoteSession, deputies: list[User], staff: User
) -> None:
    cast_ballot(session.pk, deputies[0], [1])
    for person in (None, deputies[0], staff):
        view = view_vote(session, person)
        assert all(line.votes is None for line in view.lines)
        assert len(view.missing) == (4 if person == staff else 0)


@pytest.mark.parametrize("table", ["projects_ballot", "projects_votecount", "projects_turnout"])
def test_what_was_voted_and_counted_cannot_be_edited(table: str, session: VoteSession, deputies: list[User]) -> None:
    from django.db import connection

    _cast_all(session, deputies, [(1,)] * 5)
    close_vote(session.pk)
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 1000"):
        with (
            roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor
        ):  # fmt: skip
            cursor.execute(change)


def test_who_wrote_of_a_runoff_does_not_approve_it(
    session: VoteSession, deputies: list[User], staff: User, officer: User, second: User, now: datetime
) -> None:
    _cast_all(session, deputies, TIED)
    close_vote(session.pk)
    opens, closes = now + timedelta(hours=1), now + timedelta(hours=2)
    with pytest.raises(NotPermitted):
        begin_runoff(session.pk, opens, closes, officer)
    draft = begin_runoff(session.pk, opens, closes, staff, send=True)
    for person in (staff, officer):
        with pytest.raises(NotPermitted):
            step(draft.pk, Verb.APPROVE, person, draft.version)
    assert not VoteSession.objects.filter(runoff_of=session).exists()
    step(draft.pk, Verb.DROP, second, draft.version, "会议延期")
    assert begin_runoff(session.pk, opens, closes, second).state == "draft"  # a dropped one makes way


def test_the_times_of_a_runoff_are_checked_as_those_of_any_vote(
    session: VoteSession, deputies: list[User], staff: User, now: datetime
) -> None:
    _cast_all(session, deputies, TIED)
    close_vote(session.pk)
    with pytest.raises(BadInput, match="截止时间要晚于"):
        begin_runoff(session.pk, now, now, staff)
    assert not VoteDraft.objects.exists()


def test_no_group_reads_that_an_officer_who_sits_has_still_to_vote(
    terms: Callable[..., Terms], candidates: list[Project], deputies: list[User], staff: User, officer: User, world: Any
) -> None:
    seat(officer, world.district)
    group = Robot.objects.create(
        name="群", form="wecom", department=world.water, url="https://qyapi.weixin.qq.com/x", created_by=staff
    )
    session = call_vote(terms(), candidates, staff)
    notify_deadline(session, session.closes_at)
    assert Notice.objects.filter(recipient=officer, key=f"vote:{session.pk}:last").exists()
    assert not group.deliveries.exists()
