"""A vote before it opens: drafted by one, reviewed by a second, changed or cancelled with a reason that all read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Area, Notice, Role, User
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger.chain import verify
from projects.jobs import run_votes
from projects.models import Project, VoteDraft, VoteSession
from projects.plan.editing import GoalRow, edit_project, plan_goals
from projects.plan.services import report_progress
from projects.proposals.recommendations import record_recommendation
from projects.voting.cancelling import cancel_vote
from projects.voting.checks import VoteRefused
from projects.voting.drafts import services
from projects.voting.drafts.table import Verb
from projects.voting.services import call_vote, cast_ballot, close_vote

SOON = timedelta(hours=1)


@pytest.fixture
def later(terms: Callable, now: Any) -> Any:
    return terms(opens_at=now + SOON, closes_at=now + 2 * SOON)


@pytest.fixture
def draft(later: Any, candidates: list, deputies: list, staff: User) -> VoteDraft:
    return services.begin(later, candidates, staff)


@pytest.fixture
def called(later: Any, candidates: list, deputies: list, staff: User) -> VoteSession:
    return call_vote(later, candidates, staff)


def test_nobody_calls_a_vote_alone(draft: VoteDraft, staff: User, second: User, later: Any, candidates: list) -> None:
    sent = services.step(draft.pk, Verb.SEND, staff, 1)
    with pytest.raises(NotPermitted, match="另一位"):
        services.step(draft.pk, Verb.APPROVE, staff, sent.version)
    back = services.step(draft.pk, Verb.SEND_BACK, second, sent.version, "时间和会期冲突")
    changed = services.change(draft.pk, later, candidates[:3], second, back.version)
    sent = services.step(draft.pk, Verb.SEND, staff, changed.version)
    with pytest.raises(NotPermitted, match="另一位"):  # she has written of it by now
        services.step(draft.pk, Verb.APPROVE, second, sent.version)
    assert not VoteSession.objects.exists()
    third = User.objects.create_user("third", "third@example.org", "x", role=Role.ADMIN)
    with pytest.raises(StaleEdit):
        services.step(draft.pk, Verb.APPROVE, third, 1)
    approved = services.step(draft.pk, Verb.APPROVE, third, sent.version)
    assert approved.session is not None
    assert list(approved.session.candidacies.values_list("project__code", flat=True)) == ["C-1", "C-2", "C-3"]
    assert Notice.objects.filter(key=f"vote:{approved.session.pk}:call").count() == 5
    assert verify().faults == ()


def test_a_draft_is_not_public_and_not_of_those_who_do_not_lead(
    draft: VoteDraft, staff: User, deputy: User, officer: User, gis: User, as_user: Callable
) -> None:
    for person in (None, deputy, officer, gis):
        assert as_user(person).get(draft.get_absolute_url()).status_code in (302, 404)
        assert draft.title not in as_user(person).get("/projects/votes/").text
    assert draft.title in as_user(staff).get("/projects/votes/").text
    with pytest.raises(NotPermitted):
        services.step(draft.pk, Verb.SEND, officer, 1)


def test_a_draft_that_waits_is_in_the_inbox_of_the_second_person_alone(
    draft: VoteDraft, staff: User, second: User, as_user: Callable
) -> None:
    services.step(draft.pk, Verb.SEND, staff, 1)
    assert draft.get_absolute_url() in as_user(second).get("/work/").text
    assert draft.get_absolute_url() not in as_user(staff).get("/work/").text
    page = as_user(staff).get(draft.get_absolute_url()).text
    assert "轮到另一位工作人员：审核" in page
    assert "approve/" not in page


def test_what_could_not_be_called_is_refused_in_the_draft_and_again_at_the_approval(
    draft: VoteDraft, later: Any, candidates: list, staff: User, second: User
) -> None:
    with pytest.raises(BadInput, match="差额"):
        services.begin(later, candidates[:2], staff)
    sent = services.step(draft.pk, Verb.SEND, staff, 1)
    VoteDraft.objects.update(opens_at=timezone.now() - SOON)
    with pytest.raises(BadInput, match="已经过了"):
        services.step(draft.pk, Verb.APPROVE, second, sent.version)
    VoteDraft.objects.update(opens_at=later.opens_at)
    call_vote(later, candidates, second)
    with pytest.raises(BadInput, match="另一次"):
        services.step(draft.pk, Verb.APPROVE, second, sent.version)
    draft.refresh_from_db()
    assert (draft.state, draft.session) == ("review", None)


@pytest.mark.parametrize("name", ["opens_at", "closes_at"])
def test_no_vote_is_in_a_year_that_nobody_means(name: str, terms: Callable, candidates: list, staff: User) -> None:
    with pytest.raises(BadInput, match="年份"):
        services.begin(terms(**{name: datetime(1, 1, 1, tzinfo=UTC)}), candidates, staff)
    assert not VoteDraft.objects.exists()


def test_a_dropped_draft_says_why_and_comes_to_nothing(draft: VoteDraft, staff: User, second: User) -> None:
    with pytest.raises(BadInput, match="放弃"):
        services.step(draft.pk, Verb.DROP, staff, 1, " ")
    gone = services.step(draft.pk, Verb.DROP, staff, 1, "会议延期")
    for verb in (Verb.SEND, Verb.APPROVE):
        with pytest.raises(NotPermitted):
            services.step(draft.pk, verb, second, gone.version)


def test_a_cancelled_vote_takes_no_ballot_and_is_never_counted(
    called: VoteSession,
    staff: User,
    officer: User,
    deputy: User,
    deputies: list,
    as_user: Callable,
    candidates: list,
    later: Any,
) -> None:
    for person in (deputy, officer):
        with pytest.raises(NotPermitted):
            cancel_vote(called.pk, person, "不行")
    with pytest.raises(BadInput, match="理由"):
        cancel_vote(called.pk, staff, "  ")
    cancel_vote(called.pk, staff, "台风，会议延期")
    with pytest.raises(VoteRefused, match="已经取消"):
        cancel_vote(called.pk, staff, "再来")
    open_now = timezone.now() + SOON + timedelta(minutes=1)
    with pytest.raises(VoteRefused, match="已经取消"):
        cast_ballot(called.pk, deputy, [1], now=open_now)
    assert run_votes(open_now + 2 * SOON) == {"told": 0, "counted": 0}
    with pytest.raises(VoteRefused, match="已经取消"):
        close_vote(called.pk, staff, now=open_now + 2 * SOON)
    page = as_user(None).get(called.get_absolute_url()).text
    assert "台风，会议延期" in page
    assert "已取消" in as_user(None).get("/projects/votes/").text
    assert Notice.objects.filter(key=f"vote:{called.pk}:cancelled").count() == 5
    again = call_vote(later, candidates, staff)  # its candidates are free
    for elector in deputies[:3]:
        cast_ballot(again.pk, elector, [1, 2], now=open_now)
    assert close_vote(again.pk, staff, now=open_now + 2 * SOON).elected == [1, 2]
    assert Project.objects.get(pk=candidates[0].pk).status == "voted"
    assert verify().faults == ()


def test_what_is_voted_on_stays_as_two_people_have_seen_it_until_it_is_counted(
    called: VoteSession, candidates: list, staff: User, officer: User, world: Any
) -> None:
    one = candidates[0]
    for actor, write, given in (
        (staff, edit_project, {"name": "另一个项目", "budget_wan": 9_999}),
        (officer, plan_goals, [GoalRow(2027, "步道", Decimal(1), "公里")]),
    ):
        with pytest.raises(BadInput) as refused:
            write(one.pk, actor, given, one.version)
        assert refused.value.code == "in-a-vote"
    street = Area.objects.create(code="330203009", name="江厦街道", level="town", parent=world.district)
    count = {"members": 9, "present": 9, "in_favour": 9, "opposed": 0, "abstained": 0}
    with pytest.raises(BadInput) as said:
        report_progress(one.pk, officer, "请投本项目一票", spent_wan=Decimal(1))
    with pytest.raises(BadInput) as recommended:
        record_recommendation(one.pk, staff, area=street, council="议事会", met_on=timezone.localdate(), **count)
    assert (said.value.code, recommended.value.code) == ("in-a-vote", "in-a-vote")
    assert not one.reports.exists() and not one.recommendations.exists()
    cancel_vote(called.pk, staff, "候选项目有改动")
    assert report_progress(one.pk, officer, "选址已定").pk
    one.refresh_from_db()
    assert edit_project(one.pk, staff, {"name": "另一个项目"}, one.version).name == "另一个项目"


def test_an_open_vote_cannot_be_cancelled(session: VoteSession, staff: User) -> None:
    with pytest.raises(VoteRefused, match="已经开始"):
        cancel_vote(session.pk, staff, "不行")


def test_a_called_vote_is_changed_by_a_new_draft_that_is_reviewed_anew(
    called: VoteSession, staff: User, second: User, as_user: Callable
) -> None:
    answer = as_user(staff).post(f"{called.get_absolute_url()}cancel/", {"reason": "改到下午", "change": "on"})
    draft = VoteDraft.objects.get()
    assert (answer.status_code, answer["Location"], draft.replaces) == (302, draft.get_absolute_url(), called)
    assert draft.candidates == ["C-1", "C-2", "C-3", "C-4"]
    form = as_user(staff).get(f"{draft.get_absolute_url()}change/").text
    assert called.title in form
    assert services.step(draft.pk, Verb.SEND, staff, 1).state == "review"
    assert services.step(draft.pk, Verb.APPROVE, second, 2).session != called
