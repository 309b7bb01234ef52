"""Satisfaction: who may answer, once, while it is open; counts on paper; totals with their denominators."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from geokit.refusal import BadInput, NotPermitted, TooMany
from ledger import chain
from ledger.models import ChainLink
from projects.models import Answer, PaperCount, Project, Rating
from projects.pages.voter_cookie import COOKIE
from projects.ratings.services import Counts, enter_paper_count, record_answer
from projects.stages.services import move_project
from tests import roles


@pytest.fixture
def rated(make_project: Callable[..., Project], staff: User) -> Project:
    """A project that has just come to be rated."""
    project = make_project("2026-05", name="便民停车场", status=Project.Status.SUPERVISED)
    return move_project(project.pk, staff, Project.Status.RATED, "年终测评", project.version)


def _totals(project: Project, voter: str) -> tuple[int, ...]:
    rating = Rating.objects.get(project=project, voter=voter)
    return rating.satisfied, rating.fairly_satisfied, rating.dissatisfied, rating.abstained


def test_a_deputy_rates_once_and_a_browser_rates_once(rated: Project, deputy: User) -> None:
    record_answer(rated.pk, "satisfied", deputy=deputy)
    record_answer(rated.pk, "fairly", voter_key="a")
    record_answer(rated.pk, "dissatisfied", voter_key="b")
    for again in ({"deputy": deputy}, {"voter_key": "a"}):
        with pytest.raises(BadInput) as caught:
            record_answer(rated.pk, "abstained", **again)
        assert caught.value.code == "answered-already"
    assert (_totals(rated, "deputy"), _totals(rated, "public")) == ((1, 0, 0, 0), (0, 1, 1, 0))


@pytest.mark.parametrize("who", ["officer", "staff"])
def test_who_is_no_deputy_cannot_rate_as_one(who: str, rated: Project, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        record_answer(rated.pk, "satisfied", deputy=request.getfixturevalue(who))
    assert not Answer.objects.exists()


def test_an_answer_that_is_none_of_the_four_is_refused(rated: Project) -> None:
    with pytest.raises(BadInput) as caught:
        record_answer(rated.pk, "great", voter_key="a")
    assert caught.value.code == "no-choice"


def test_a_project_that_is_not_being_rated_takes_no_answers(project: Project, deputy: User) -> None:
    with pytest.raises(BadInput) as caught:
        record_answer(project.pk, "satisfied", deputy=deputy)
    assert caught.value.code == "not-open"
    assert not Rating.objects.exists()


def test_a_rating_closes_by_itself(rated: Project, deputy: User, set_rule: Any, time_machine: Any) -> None:
    opened = rated.stage_changes.get(after="rated").created_at
    set_rule("projects.rating_days", 30)
    time_machine.move_to(opened + timedelta(days=30))
    with pytest.raises(BadInput) as late:
        record_answer(rated.pk, "satisfied", deputy=deputy)
    assert late.value.code == "not-open"
    time_machine.move_to(opened + timedelta(days=29, hours=23))
    assert record_answer(rated.pk, "satisfied", deputy=deputy).choice == "satisfied"


def test_a_paper_count_adds_to_the_answers_and_a_correction_replaces_it(
    rated: Project, deputy: User, staff: User, today: date
) -> None:
    record_answer(rated.pk, "satisfied", deputy=deputy)
    enter_paper_count(rated.pk, staff, "deputy", Counts(150, 30, 2, 1), today, "五次会议现场")
    enter_paper_count(rated.pk, staff, "deputy", Counts(152, 30, 0, 0), today, "五次会议现场，更正")
    assert _totals(rated, "deputy") == (153, 30, 0, 0)
    assert PaperCount.objects.count() == 2


def test_an_officer_cannot_enter_a_paper_count(rated: Project, officer: User, today: date) -> None:
    with pytest.raises(NotPermitted):
        enter_paper_count(rated.pk, officer, "deputy", Counts(1), today, "x")
    assert not PaperCount.objects.exists()


@pytest.mark.parametrize(
    ("counts", "days", "source", "code"),
    [
        (Counts(), 0, "会场", "no-votes"),
        (Counts(1), 1, "会场", "day-to-come"),
        (Counts(1), 0, " ", "source-missing"),
        (Counts(-1, 5), 0, "会场", "no-votes"),
    ],
)
def test_a_paper_count_that_cannot_be_is_refused(
    counts: Counts, days: int, source: str, code: str, rated: Project, staff: User, today: date
) -> None:
    with pytest.raises(BadInput) as caught:
        enter_paper_count(rated.pk, staff, "deputy", counts, today + timedelta(days=days), source)
    assert caught.value.code == code


def test_a_project_under_way_takes_no_paper_count(project: Project, staff: User, today: date) -> None:
    with pytest.raises(BadInput):
        enter_paper_count(project.pk, staff, "public", Counts(1), today, "会场")


def test_the_public_rates_by_the_page_once_per_browser(rated: Project, as_user: Callable) -> None:
    client = as_user(None)
    page = client.get("/projects/2026-05/").content.decode()
    assert "我来评价" in page
    answered = client.post("/projects/2026-05/rating/", {"choice": "satisfied"})
    assert answered.status_code == 302
    assert client.cookies[COOKIE]["httponly"]
    after = client.get("/projects/2026-05/").content.decode()
    assert all(words in after for words in ("您已经评价", "共 1 票", "满意 1 票（100%）"))
    assert "我来评价" not in after
    again = client.post("/projects/2026-05/rating/", {"choice": "satisfied"})
    assert again.status_code == 400
    assert "每人一次" in again.content.decode()
    assert as_user(None).post("/projects/2026-05/rating/", {"choice": "abstained"}).status_code == 302
    assert _totals(rated, "public") == (1, 0, 0, 1)


def test_an_empty_answer_is_asked_for(rated: Project, as_user: Callable) -> None:
    answer = as_user(None).post("/projects/2026-05/rating/", {})
    assert answer.status_code == 400
    assert "请选择满意、基本满意、不满意或弃权" in answer.content.decode()


def test_the_browsers_number_is_not_kept_and_two_projects_of_one_browser_cannot_be_joined(
    rated: Project, make_project: Callable[..., Project], staff: User, as_user: Callable
) -> None:
    other = make_project("2026-06", status=Project.Status.SUPERVISED)
    move_project(other.pk, staff, Project.Status.RATED, "年终测评", other.version)
    client = as_user(None)
    for code in ("2026-05", "2026-06"):
        client.post(f"/projects/{code}/rating/", {"choice": "satisfied"})
    keys = set(Answer.objects.values_list("voter_key", flat=True))
    assert len(keys) == 2
    assert client.cookies[COOKIE].value not in keys


def test_many_answers_from_one_address_are_held_up(rated: Project, as_user: Callable, settings: Any) -> None:
    settings.PROJECTS = settings.PROJECTS | {"ratings_per_hour": 3}
    answers = [
        as_user(None).post("/projects/2026-05/rating/", {"choice": "dissatisfied"}).status_code for _turn in range(5)
    ]
    assert answers == [302, 302, 302, 429, 429]
    assert Answer.objects.count() == 3
    assert TooMany.default_code == "too-many"


def test_an_officer_sees_no_form_and_a_candidate_has_none(
    rated: Project, candidate: Project, officer: User, as_user: Callable
) -> None:
    assert as_user(officer).post("/projects/2026-05/rating/", {"choice": "satisfied"}).status_code == 404
    assert as_user(None).post("/projects/2027-09/rating/", {"choice": "satisfied"}).status_code == 404


def test_staff_enter_a_paper_count_by_the_page(rated: Project, staff: User, as_user: Callable, today: date) -> None:
    form = {"voter": "deputy", "satisfied": 152, "fairly_satisfied": 30, "dissatisfied": 0, "abstained": 0}
    address = "/projects/2026-05/rating/paper/"
    wrong = as_user(staff).post(address, form | {"counted_on": "2999-01-01", "source": "会场"})
    assert (wrong.status_code, "还没有到" in wrong.content.decode()) == (400, True)
    right = as_user(staff).post(address, form | {"counted_on": str(today), "source": "会场"})
    assert right.status_code == 302
    page = as_user(None).get("/projects/2026-05/").content.decode()
    assert "共 182 票" in page and "（纸质）" in page


def test_answers_and_counts_are_history_in_the_chain(rated: Project, deputy: User, staff: User, today: date) -> None:
    record_answer(rated.pk, "satisfied", deputy=deputy)
    enter_paper_count(rated.pk, staff, "deputy", Counts(1), today, "会场")
    chain.settle()
    linked = set(ChainLink.objects.values_list("table_name", flat=True))
    assert {"projects_answer", "projects_papercount", "projects_stagechange"} <= linked
    assert chain.verify().faults == ()
    for table in ("projects_answer", "projects_papercount"):
        with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
