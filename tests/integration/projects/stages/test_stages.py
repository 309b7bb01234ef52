"""From stage to stage: by whom, in which order, why, and what every change is told to."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.congress.queries import deputies_inside
from accounts.models import Area, Department, User
from accounts.notices.models import Notice
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger import chain
from ledger.models import ChainLink
from projects.models import Goal, Project, StageChange
from projects.pages.parts import stages_of
from projects.plan.editing import edit_project
from projects.stages.services import move_project
from tests import roles
from tests.data.cast import person


@pytest.fixture
def voted(make_project: Callable[..., Project], today: date) -> Project:
    """Voted for this year, to be finished in it."""
    span = {"year": today.year, "starts_on": date(today.year, 1, 1), "ends_on": date(today.year, 12, 31)}
    return make_project("2026-03", name="老小区加装电梯", status=Project.Status.VOTED, **span)


def test_a_project_goes_its_way_step_by_step_each_with_its_reason(
    voted: Project, staff: User, officer: User, deputy: User
) -> None:
    for after in ("building", "supervised", "rated"):
        voted = move_project(voted.pk, staff, after, f"依据 {after}", voted.version)
    assert list(voted.stage_changes.values_list("before", "after", "reason")) == [
        ("voted", "building", "依据 building"),
        ("building", "supervised", "依据 supervised"),
        ("supervised", "rated", "依据 rated"),
    ]
    assert voted.light == "green"
    assert Notice.objects.filter(recipient=officer).count() == 3
    assert Notice.objects.get(recipient=deputy).kind == "project-rating"


def test_neither_deputies_nor_a_lead_of_another_district_have_to_do_with_it(
    voted: Project, staff: User, deputy: User, world: Any
) -> None:
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    beside = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    town = Area.objects.create(code="330299100", name="甲镇", level="town", parent=beside)
    theirs = person("their-deputy", "deputy", area=town)
    staff.refresh_from_db()
    for after in ("building", "supervised", "rated"):
        voted = move_project(voted.pk, staff, after, f"依据 {after}", voted.version)
    asked = Notice.objects.filter(kind="project-rating").values_list("recipient", flat=True)
    assert list(asked) == [deputy.pk]
    assert list(deputies_inside(town)) == [theirs]
    lead = Department.objects.create(name="甲区水利局", short_name="甲水", code="JIA", area=beside)
    with pytest.raises(BadInput) as caught:
        edit_project(voted.pk, staff, {"lead": lead}, voted.version)
    assert caught.value.errors[0].field == "lead"


@pytest.mark.parametrize("after", ["rated", "voted", "candidate", "nonsense"])
def test_a_step_that_is_not_the_next_is_refused(after: str, voted: Project, staff: User) -> None:
    with pytest.raises(BadInput) as caught:
        move_project(voted.pk, staff, after, "依据", voted.version)
    assert caught.value.code == "no-such-step"
    assert not StageChange.objects.exists()


def test_nobody_can_declare_a_candidate_voted(candidate: Project, staff: User) -> None:
    with pytest.raises(BadInput):
        move_project(candidate.pk, staff, "voted", "我定", candidate.version)


@pytest.mark.parametrize("who", ["officer", "deputy", "gis"])
def test_only_staff_move_a_project(who: str, voted: Project, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        move_project(voted.pk, request.getfixturevalue(who), "building", "依据", voted.version)


def test_a_step_needs_a_reason_a_plan_and_the_newest_version(voted: Project, staff: User) -> None:
    with pytest.raises(BadInput) as reason:
        move_project(voted.pk, staff, "building", " ", voted.version)
    assert reason.value.code == "reason-missing"
    with pytest.raises(StaleEdit):
        move_project(voted.pk, staff, "building", "依据", voted.version + 1)
    voted.milestones.all().delete()
    with pytest.raises(BadInput) as plan:
        move_project(voted.pk, staff, "building", "依据", voted.version)
    assert plan.value.code == "plan-missing"


def test_work_over_two_years_begins_only_with_a_goal_for_each(voted: Project, staff: User) -> None:
    Project.objects.filter(pk=voted.pk).update(ends_on=date(voted.year + 1, 6, 1))
    Goal.objects.create(project=voted, year=voted.year, order=1, title="加装", quantity=10, unit="台")
    with pytest.raises(BadInput, match=str(voted.year + 1)) as caught:
        move_project(voted.pk, staff, "building", "依据", voted.version)
    assert caught.value.code == "goal-missing"
    Goal.objects.create(project=voted, year=voted.year + 1, order=1, title="加装", quantity=12, unit="台")
    assert move_project(voted.pk, staff, "building", "依据", voted.version).status == "building"


def test_the_strip_marks_what_is_passed_and_dates_what_is_known(voted: Project, staff: User) -> None:
    voted = move_project(voted.pk, staff, "building", "依据", voted.version)
    strip = stages_of(voted, list(voted.stage_changes.all()))
    assert [(stage.is_done, stage.is_current) for stage in strip] == [
        (True, False), (True, False), (True, False), (False, True), (False, False), (False, False),
    ]  # fmt: skip
    assert [bool(stage.on) for stage in strip] == [False, False, False, True, False, False]
    voted.status = Project.Status.RESERVE
    assert [stage.is_current for stage in stages_of(voted, [])].index(True) == 1


def test_staff_move_by_the_page_and_the_public_reads_why(
    voted: Project, staff: User, officer: User, as_user: Callable
) -> None:
    address = "/projects/2026-03/stage/"
    form = {"after": "building", "reason": "开工令 12 号", "version": voted.version}
    assert as_user(officer).post(address, form).status_code == 404
    assert as_user(staff).post(address, form | {"version": 99}).status_code == 409
    assert as_user(staff).post(address, form | {"after": "rated"}).status_code == 400
    assert as_user(staff).post(address, form).status_code == 302
    page = as_user(None).get("/projects/2026-03/").content.decode()
    assert "开工令 12 号" in page and 'aria-current="step"' in page


def test_changes_of_stage_are_history_in_the_chain(voted: Project, staff: User) -> None:
    move_project(voted.pk, staff, "building", "依据", voted.version)
    assert chain.verify().faults == ()
    assert ChainLink.objects.filter(table_name="projects_stagechange").count() == 1
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        StageChange.objects.update(reason="别的")


def test_a_recommendation_of_a_street_is_counted_and_shown(
    candidate: Project, staff: User, as_user: Callable, world: Any, today: date
) -> None:
    type(world.west_town).objects.filter(pk=world.west_town.pk).update(name="西门街道")
    form = {
        "area": world.west_town.pk, "council": "西门街道居民议事会", "met_on": str(today),
        "members": 60, "present": 50, "in_favour": 40, "opposed": 6, "abstained": 4,
    }  # fmt: skip
    address = "/projects/2027-09/recommendations/"
    coming = {"met_on": str(today + timedelta(days=1))}
    for wrong in ({"in_favour": 45}, {"present": 61, "in_favour": 51}, {"area": world.east_town.pk}, coming):
        assert as_user(staff).post(address, form | wrong).status_code == 400
    assert as_user(staff).post(address, form).status_code == 302
    assert as_user(staff).post(address, form).status_code == 400
    assert candidate.recommendations.get().is_recommended
    page = as_user(staff).get("/projects/2027-09/").content.decode()
    assert "西门街道居民议事会" in page and "50 / 60" in page


def test_a_project_under_way_takes_no_recommendation(project: Project, staff: User, as_user: Callable) -> None:
    assert as_user(staff).post("/projects/2026-01/recommendations/", {"council": "x"}).status_code == 400
    assert not project.recommendations.exists()
