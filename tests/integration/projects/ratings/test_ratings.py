"""Satisfaction: who may answer, once, while it is open; counts on paper; totals with their denominators."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.indicators import Scope
from accounts.models import Role, User
from accounts.rules import services as rules
from geokit.refusal import BadInput, NotPermitted, TooMany
from ledger import chain
from ledger.models import ChainLink
from projects.models import Answer, PaperCount, PaperDecision, Project, Rating
from projects.pages.voter_cookie import COOKIE
from projects.ratings.electorate import rates_as_deputy
from projects.ratings.indicators import SOURCE, answer_cases
from projects.ratings.services import Counts, decide_paper_count, enter_paper_count, record_answer
from projects.stages.services import move_project
from tests import roles
from tests.data.cast import World, person, seat
from ui.days import midnight_after


@pytest.fixture
def rated(make_project: Callable[..., Project], staff: User) -> Project:
    """A project that has just come to be rated."""
    project = make_project("2026-05", name="便民停车场", status=Project.Status.SUPERVISED)
    return move_project(project.pk, staff, Project.Status.RATED, "年终测评", project.version)


@pytest.fixture
def second(world: Any) -> User:
    return person("second-officer", Role.STAFF)


@pytest.fixture(autouse=True)
def electors(set_rule: Callable, world: World) -> None:
    set_rule("projects.electors", f"{world.district.code} 1000; {world.west_town.code} 300；代表 200")


def _paper(project: Project, staff: User, voter: str, counts: Counts, day: date, source: str = "会场") -> PaperCount:
    return enter_paper_count(project.pk, staff, voter, counts, day, source, sheet="A-1")


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
    assert (_totals(rated, "deputy"), _totals(rated, "unverified")) == ((1, 0, 0, 0), (0, 1, 1, 0))
    assert not Rating.objects.filter(voter="public").exists()


@pytest.mark.parametrize("who", ["officer", "staff"])
def test_who_is_no_deputy_cannot_rate_as_one(who: str, rated: Project, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        record_answer(rated.pk, "satisfied", deputy=request.getfixturevalue(who))
    assert not Answer.objects.exists()


def test_who_was_a_deputy_once_rates_as_one_no_more(
    rated: Project, deputy: User, staff: User, world: World, as_user: Callable, today: date
) -> None:
    """Her account keeps its role when her term ends; where members are kept the seat is asked."""
    sitting = person("sitting", Role.DEPUTY)
    seat(sitting, world.district)
    left = seat(deputy, world.district, "DB-LEFT", "离任代表")
    left.ends_on, left.ended = today - timedelta(days=1), "resigned"
    left.save()
    assert rates_as_deputy(deputy, rated)  # the rule names a number of deputies: not all are entered
    rules.change(staff, "projects.electors", f"{world.district.code} 1000", effective_from=today, reason="名册已录全")
    with pytest.raises(NotPermitted):
        record_answer(rated.pk, "satisfied", deputy=deputy)
    client = as_user(deputy)
    assert "您现在没有代表任职记录" in client.get("/projects/2026-05/rating/").content.decode()
    assert client.post("/projects/2026-05/rating/", {"choice": "satisfied"}).status_code == 403
    assert "我来评价" not in client.get("/projects/2026-05/").content.decode()
    assert record_answer(rated.pk, "satisfied", deputy=sitting).pk


def test_an_answer_that_is_none_of_the_four_is_refused(rated: Project) -> None:
    with pytest.raises(BadInput) as caught:
        record_answer(rated.pk, "great", voter_key="a")
    assert caught.value.code == "no-choice"


def test_a_project_that_is_not_being_rated_takes_no_answers(project: Project, deputy: User) -> None:
    with pytest.raises(BadInput) as caught:
        record_answer(project.pk, "satisfied", deputy=deputy)
    assert caught.value.code == "not-open"
    assert not Rating.objects.exists()


def test_a_rating_closes_by_itself_at_the_end_of_the_day_that_its_page_names(
    rated: Project, deputy: User, set_rule: Any, time_machine: Any, as_user: Callable
) -> None:
    opened = rated.stage_changes.get(after="rated").created_at
    set_rule("projects.rating_days", 30)
    last = timezone.localdate(opened) + timedelta(days=30)
    assert f"{date_format(last, 'DATE_FORMAT')}截止" in as_user(None).get("/projects/2026-05/").content.decode()
    time_machine.move_to(midnight_after(last))
    with pytest.raises(BadInput) as late:
        record_answer(rated.pk, "satisfied", deputy=deputy)
    assert late.value.code == "not-open"
    assert f"{date_format(last, 'DATE_FORMAT')}结束" in as_user(None).get("/projects/2026-05/").content.decode()
    time_machine.move_to(midnight_after(last) - timedelta(minutes=1))
    assert record_answer(rated.pk, "satisfied", deputy=deputy).choice == "satisfied"


def test_a_paper_count_adds_to_the_answers_and_a_correction_replaces_it_once_a_second_person_has_looked(
    rated: Project, deputy: User, staff: User, second: User, today: date
) -> None:
    record_answer(rated.pk, "satisfied", deputy=deputy)
    first = _paper(rated, staff, "deputy", Counts(150, 30, 2, 1), today)
    assert _totals(rated, "deputy") == (1, 0, 0, 0)
    decide_paper_count(first.pk, second, is_right=True)
    assert _totals(rated, "deputy") == (151, 30, 2, 1)
    corrected = _paper(rated, staff, "deputy", Counts(152, 30, 0, 0), today)
    assert _totals(rated, "deputy") == (151, 30, 2, 1)
    decide_paper_count(corrected.pk, second, is_right=True)
    assert _totals(rated, "deputy") == (153, 30, 0, 0)
    assert PaperCount.objects.count() == 2


def test_who_entered_a_paper_count_does_not_confirm_it_nor_does_anybody_from_elsewhere(
    rated: Project, staff: User, officer: User, deputy: User, world: Any, today: date
) -> None:
    paper = _paper(rated, staff, "deputy", Counts(5), today)
    east = person("east-staff", Role.STAFF, area=world.east_town)
    for hand in (staff, officer, deputy, east):
        with pytest.raises(NotPermitted):
            decide_paper_count(paper.pk, hand, is_right=True)
    assert not PaperDecision.objects.exists()
    assert not Rating.objects.filter(satisfied__gt=0).exists()


def test_a_paper_count_found_wrong_never_counts_and_is_decided_once(
    rated: Project, staff: User, second: User, today: date
) -> None:
    paper = _paper(rated, staff, "deputy", Counts(5), today)
    with pytest.raises(BadInput) as silent:
        decide_paper_count(paper.pk, second, is_right=False)
    assert silent.value.code == "reason-missing"
    decide_paper_count(paper.pk, second, is_right=False, reason="表上是 3 票")
    with pytest.raises(BadInput) as again:
        decide_paper_count(paper.pk, second, is_right=True)
    assert again.value.code == "decided-already"
    assert _totals(rated, "deputy") == (0, 0, 0, 0)


@pytest.mark.parametrize(("voter", "votes"), [("deputy", 201), ("public", 301)])
def test_more_votes_than_people_are_refused(voter: str, votes: int, rated: Project, staff: User, today: date) -> None:
    """The west town has 300 electors by the rule, the district 1000, and there are 200 deputies."""
    with pytest.raises(BadInput) as caught:
        _paper(rated, staff, voter, Counts(votes), today)
    assert caught.value.code == "more-than-asked"
    assert _paper(rated, staff, voter, Counts(votes - 1), today)


def test_answers_that_came_meanwhile_count_against_the_bound_at_the_confirmation(
    rated: Project, deputy: User, staff: User, second: User, today: date
) -> None:
    paper = _paper(rated, staff, "deputy", Counts(200), today)
    record_answer(rated.pk, "dissatisfied", deputy=deputy)
    with pytest.raises(BadInput) as caught:
        decide_paper_count(paper.pk, second, is_right=True)
    assert caught.value.code == "more-than-asked"


def test_a_paper_count_names_its_sheet(rated: Project, staff: User, today: date) -> None:
    with pytest.raises(BadInput) as caught:
        enter_paper_count(rated.pk, staff, "deputy", Counts(1), today, "会场", sheet=" ")
    assert caught.value.code == "sheet-missing"


def test_an_officer_cannot_enter_a_paper_count(rated: Project, officer: User, today: date) -> None:
    with pytest.raises(NotPermitted):
        _paper(rated, officer, "deputy", Counts(1), today)
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
        _paper(rated, staff, "deputy", counts, today + timedelta(days=days), source)
    assert caught.value.code == code


def test_a_project_under_way_takes_no_paper_count(project: Project, staff: User, today: date) -> None:
    with pytest.raises(BadInput):
        _paper(project, staff, "public", Counts(1), today)


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
    assert _totals(rated, "unverified") == (1, 0, 0, 1)


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


def test_many_answers_from_one_address_are_held_up(rated: Project, as_user: Callable, set_rule: Callable) -> None:
    set_rule("limits.ratings_hour", 3)
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


def test_staff_enter_a_paper_count_by_the_page_and_another_confirms_it_there(
    rated: Project, staff: User, second: User, as_user: Callable, today: date, photo: Any
) -> None:
    form = {"voter": "deputy", "satisfied": 152, "fairly_satisfied": 30, "dissatisfied": 0, "abstained": 0}
    form |= {"sheet": "A-7", "source": "会场", "photo": photo}
    address = "/projects/2026-05/rating/paper/"
    wrong = as_user(staff).post(address, form | {"counted_on": "2999-01-01"})
    assert (wrong.status_code, "还没有到" in wrong.content.decode()) == (400, True)
    photo.seek(0)
    assert as_user(staff).post(address, form | {"counted_on": str(today)}).status_code == 302
    assert "共 182 票" not in as_user(None).get("/projects/2026-05/").content.decode()
    paper = PaperCount.objects.get()
    decide = f"{address}{paper.pk}/"
    assert as_user(staff).post(decide, {"step": "right"}).status_code == 403
    assert "由另一位工作人员核对" in as_user(staff).get(address).content.decode()
    assert as_user(second).get(f"{decide}photo/").status_code == 200
    assert as_user(None).get(f"{decide}photo/").status_code == 302
    assert as_user(second).post(decide, {"step": "wrong"}).status_code == 400
    assert as_user(second).post(decide, {"step": "right"}).status_code == 302
    page = as_user(None).get("/projects/2026-05/").content.decode()
    assert "共 182 票" in page and "（纸质）" in page


def _link(mail: Any) -> str:
    return re.search(r"/projects/rating/confirm/\S+", mail.body)[0]


def test_who_confirms_a_mailbox_is_counted_apart_from_whoever_does_not(
    rated: Project, as_user: Callable, mailoutbox: list
) -> None:
    client = as_user(None)
    client.post("/projects/2026-05/rating/", {"choice": "satisfied", "email": "Li.Wei@example.org"})
    assert not Answer.objects.exists()
    link = _link(mailoutbox[0])
    assert "满意" in client.get(link).content.decode()
    assert not Answer.objects.exists()
    assert client.post(link).status_code == 302
    client.post("/projects/2026-05/rating/", {"choice": "dissatisfied"})
    assert (_totals(rated, "public"), _totals(rated, "unverified")) == ((1, 0, 0, 0), (0, 0, 1, 0))
    page = client.get("/projects/2026-05/").content.decode()
    assert all(words in page for words in ("公众（已核实）测评", "公众（未核实）测评", "不与其他评价合计"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM projects_answer t WHERE t::text ILIKE '%li.wei%'")
        assert cursor.fetchone() == (0,)


def test_a_mailbox_answers_once_whatever_follows_the_plus_sign_and_whichever_link(
    rated: Project, as_user: Callable, mailoutbox: list
) -> None:
    for email in ("li@example.org", "LI@example.org", "li+2@example.org"):
        as_user(None).post("/projects/2026-05/rating/", {"choice": "satisfied", "email": email})
    for mail in [*mailoutbox, mailoutbox[0]]:
        as_user(None).post(_link(mail))
    assert _totals(rated, "public") == (1, 0, 0, 0)


def test_a_link_that_is_false_or_old_or_after_the_end_counts_nothing(
    rated: Project, as_user: Callable, mailoutbox: list, time_machine: Any
) -> None:
    as_user(None).post("/projects/2026-05/rating/", {"choice": "satisfied", "email": "li@example.org"})
    link = _link(mailoutbox[0])
    assert as_user(None).post(link[:-3] + "x/").status_code == 404
    opened = rated.stage_changes.get(after="rated").created_at
    time_machine.move_to(opened + timedelta(days=2, minutes=1))
    assert as_user(None).post(link).status_code == 404
    assert not Answer.objects.exists()


def test_a_mailbox_is_not_flooded(rated: Project, as_user: Callable, mailoutbox: list) -> None:
    form = {"choice": "satisfied", "email": "victim@example.org"}
    codes = [as_user(None).post("/projects/2026-05/rating/", form).status_code for _turn in range(7)]
    assert codes == [302] * 5 + [429] * 2
    assert len(mailoutbox) == 5


@pytest.mark.parametrize("email", [f"a@{'长' * 60}.cn", "a@\u00ad.cn"])
def test_a_mailbox_that_no_letter_can_be_written_to_is_refused(rated: Project, as_user: Callable, email: str) -> None:
    answer = as_user(None).post("/projects/2026-05/rating/", {"choice": "satisfied", "email": email})
    assert answer.status_code == 400
    assert "邮箱写成 name@example.com 的样子" in answer.content.decode()


def test_a_script_that_drops_its_cookie_is_marked_and_mixed_with_nothing(
    rated: Project, deputy: User, as_user: Callable, set_rule: Callable
) -> None:
    set_rule("projects.burst_answers", 5)
    record_answer(rated.pk, "dissatisfied", deputy=deputy)
    record_answer(rated.pk, "dissatisfied", voter_key="li", is_verified=True)
    for _turn in range(6):
        as_user(None).post("/projects/2026-05/rating/", {"choice": "satisfied"})
    assert Rating.objects.get(voter="unverified").in_bursts == 6
    assert (_totals(rated, "deputy"), _totals(rated, "public")) == ((0, 0, 1, 0), (0, 0, 1, 0))
    assert "其中 6 票短时间内来自同一网络" in as_user(None).get("/projects/2026-05/").content.decode()


def test_the_three_kinds_are_three_figures_of_one_definition_on_every_surface(
    rated: Project, as_user: Callable, set_rule: Callable
) -> None:
    for number in range(8):
        record_answer(rated.pk, "satisfied", voter_key=f"u{number}")
    for number, choice in enumerate(["satisfied", "fairly", "dissatisfied", "dissatisfied", "abstained"]):
        record_answer(rated.pk, choice, voter_key=f"v{number}", is_verified=True)
    cases = list(answer_cases(None, Scope(), date(2026, 6, 1)))
    found = {one.code: (one.of(cases).part, one.of(cases).whole) for one in SOURCE.indicators}
    assert found == {"satisfied-deputies": (0, 0), "satisfied-public": (2, 5), "satisfied-unverified": (8, 8)}
    assert "满意率 40%" in as_user(None).get("/projects/2026-05/").content.decode()
    api = as_user(None).get(f"/api/v1/projects/{rated.pk}/").json()
    by_voter = {row["voter"]: row["satisfied"] for row in api["properties"]["ratings"]}
    assert by_voter == {"public": 1, "unverified": 8}


def test_answers_and_counts_are_history_in_the_chain(
    rated: Project, deputy: User, staff: User, second: User, today: date
) -> None:
    record_answer(rated.pk, "satisfied", deputy=deputy)
    decide_paper_count(_paper(rated, staff, "deputy", Counts(1), today).pk, second, is_right=True)
    chain.settle()
    linked = set(ChainLink.objects.values_list("table_name", flat=True))
    assert {"projects_answer", "projects_papercount", "projects_paperdecision", "projects_stagechange"} <= linked
    assert chain.verify().faults == ()
    for table in ("projects_answer", "projects_papercount", "projects_paperdecision"):
        with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_an_upgrade_parts_what_browsers_answered_from_what_was_counted_on_paper(rated: Project) -> None:
    for number, choice in enumerate(["satisfied", "satisfied", "abstained"]):
        Answer.objects.create(project=rated, voter_key=f"b{number}", choice=choice)
    Rating.objects.create(project=rated, voter="public", satisfied=102, fairly_satisfied=30, abstained=1)
    upgrade = import_module("projects.migrations.0013_unverified_answers_stand_apart")
    upgrade.part(apps, SimpleNamespace(connection=connection))
    assert (_totals(rated, "public"), _totals(rated, "unverified")) == ((100, 30, 0, 0), (2, 0, 0, 1))
