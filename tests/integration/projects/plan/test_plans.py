"""A department's plan: what the project is, goals, milestones, reports; conflicts shown; the rule of the lights."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from projects.models import Goal, LightSetting, Project, ProjectPlace
from projects.plan.editing import GoalRow, MilestoneRow, edit_project, plan_goals, plan_milestones, set_light_rule
from projects.plan.services import refresh_projects, report_progress


def _rows(*rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """Return rows of a table as the browser sends them."""
    form: dict[str, Any] = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        form |= {f"rows-{number}-{name}": value for name, value in row.items()}
    return form


def _goal(project: Project, **given: Any) -> Goal:
    values = {"year": 2026, "order": 1, "title": "新建口袋公园", "quantity": 20, "unit": "处"}
    return Goal.objects.create(project=project, **(values | given))


def test_the_lead_changes_words_and_days_and_the_staff_what_was_voted(
    project: Project, officer: User, staff: User
) -> None:
    edit_project(project.pk, officer, {"summary": "新的说明"}, project.version)
    with pytest.raises(NotPermitted):
        edit_project(project.pk, officer, {"budget_wan": Decimal(999)}, project.version + 1)
    edit_project(project.pk, staff, {"budget_wan": Decimal(210)}, project.version + 1)
    project.refresh_from_db()
    assert (project.summary, project.budget_wan, project.version) == ("新的说明", 210, 3)


def test_a_new_name_is_found_by_its_pinyin(project: Project, staff: User, as_user: Callable) -> None:
    edit_project(project.pk, staff, {"name": "月湖公园提升"}, project.version)
    assert "月湖公园提升" in as_user(None).get("/projects/?q=yhgy").content.decode()


def test_a_project_that_ends_before_it_begins_is_refused(project: Project, officer: User) -> None:
    with pytest.raises(BadInput) as caught:
        edit_project(project.pk, officer, {"ends_on": project.starts_on - timedelta(days=1)}, project.version)
    assert caught.value.errors[0].field == "ends_on"


def test_a_conflict_shows_both_and_a_second_save_is_a_decision(
    project: Project, officer: User, staff: User, as_user: Callable
) -> None:
    client = as_user(officer)
    page = client.get("/projects/2026-01/edit/").content.decode()
    assert 'name="version" value="1"' in page and 'name="budget_wan"' not in page
    edit_project(project.pk, staff, {"summary": "工作人员写的"}, 1)
    form = {"summary": "联络员写的", "starts_on": project.starts_on, "ends_on": project.ends_on, "version": 1}
    answer = client.post("/projects/2026-01/edit/", form)
    words = answer.content.decode()
    assert answer.status_code == 409
    assert "工作人员写的" in words and "联络员写的" in words and 'name="version" value="2"' in words
    project.refresh_from_db()
    assert project.summary == "工作人员写的"
    assert client.post("/projects/2026-01/edit/", form | {"version": 2}).status_code == 302
    project.refresh_from_db()
    assert project.summary == "联络员写的"


def test_an_officer_of_another_department_finds_no_page_and_a_forged_field_changes_nothing(
    project: Project, officer: User, other_officer: User, as_user: Callable
) -> None:
    for page in ("edit", "goals", "plan", "places", "reports"):
        assert as_user(other_officer).get(f"/projects/2026-01/{page}/").status_code == 404
    form = {"summary": "x", "starts_on": project.starts_on, "ends_on": project.ends_on, "version": 1}
    as_user(officer).post("/projects/2026-01/edit/", form | {"budget_wan": "999999", "lead": "1"})
    project.refresh_from_db()
    assert project.budget_wan == 200


def test_goals_are_written_by_year_and_keep_what_is_achieved(project: Project, officer: User) -> None:
    goal = _goal(project, achieved=5)
    rows = [GoalRow(2026, "修步道", Decimal(3), "公里"), GoalRow(2026, "新建口袋公园", Decimal(22), "处", goal.pk)]
    plan_goals(project.pk, officer, rows, project.version)
    found = list(project.goals.values_list("order", "title", "quantity", "achieved"))
    assert found == [(1, "修步道", 3, 0), (2, "新建口袋公园", 22, 5)]


def test_a_goal_with_results_cannot_be_dropped_nor_lie_outside_the_projects_years(
    project: Project, officer: User
) -> None:
    goal = _goal(project, achieved=5)
    with pytest.raises(BadInput) as lost:
        plan_goals(project.pk, officer, [], project.version)
    assert lost.value.code == "has-achieved"
    with pytest.raises(BadInput) as outside:
        plan_goals(project.pk, officer, [GoalRow(2031, "x", Decimal(1), "处", goal.pk)], project.version)
    assert outside.value.code == "year-outside"
    other = Goal.objects.filter(pk=goal.pk + 99)
    with pytest.raises(StaleEdit):
        plan_goals(project.pk, officer, [GoalRow(2026, "x", Decimal(1), "处", goal.pk + 99)], project.version)
    assert not other.exists()


def test_goals_by_the_page(project: Project, officer: User, as_user: Callable) -> None:
    row = {"year": 2026, "title": "新建口袋公园", "quantity": "20", "unit": "处"}
    bad = as_user(officer).post("/projects/2026-01/goals/", _rows(row | {"quantity": "0"}) | {"version": 1})
    assert bad.status_code == 400
    assert as_user(officer).post("/projects/2026-01/goals/", _rows(row) | {"version": 1}).status_code == 302
    assert as_user(officer).post("/projects/2026-01/goals/", _rows(row) | {"version": 1}).status_code == 409
    assert "0 / 20 处" in as_user(None).get("/projects/2026-01/").content.decode()


def test_a_plan_adds_up_to_a_hundred_and_what_is_done_stays(project: Project, officer: User, today: date) -> None:
    first, last = project.milestones.order_by("order")
    done = MilestoneRow(first.title, 40, first.due_on, first.pk)
    with pytest.raises(BadInput) as sum_:
        plan_milestones(project.pk, officer, [done, MilestoneRow("验收", 50, today)], project.version)
    assert sum_.value.code == "not-hundred"
    changed = MilestoneRow(first.title, 30, first.due_on, first.pk)
    with pytest.raises(BadInput) as over:
        plan_milestones(project.pk, officer, [changed, MilestoneRow("验收", 70, today)], project.version)
    assert over.value.code == "already-done"
    rows = [done, MilestoneRow("主体完工", 35, today - timedelta(days=3), last.pk), MilestoneRow("验收", 25, today)]
    plan_milestones(project.pk, officer, rows, project.version)
    project.refresh_from_db()
    assert [step.title for step in project.milestones.order_by("order")] == [first.title, "主体完工", "验收"]
    assert (project.progress, project.light, project.version) == (40, "red", 2)


def test_a_plan_by_the_page_with_a_row_to_delete(project: Project, officer: User, as_user: Callable) -> None:
    first, last = project.milestones.order_by("order")
    rows = _rows(
        {"pk": first.pk, "title": first.title, "weight": 40, "due_on": first.due_on},
        {"pk": last.pk, "title": last.title, "weight": 60, "due_on": last.due_on, "DELETE": "on"},
        {"title": "验收", "weight": 60, "due_on": last.due_on},
        initial=2,
    )
    answer = as_user(officer).post("/projects/2026-01/plan/", rows | {"version": 1})
    assert answer.status_code == 302
    assert [step.title for step in project.milestones.order_by("order")] == [first.title, "验收"]
    stale = as_user(officer).post("/projects/2026-01/plan/", rows | {"version": 1})
    assert stale.status_code == 409
    assert "现在的计划" in stale.content.decode()


def test_a_report_carries_figures_money_place_and_moment(
    project: Project, officer: User, photo: SimpleUploadedFile, as_user: Callable
) -> None:
    goal = _goal(project)
    place = ProjectPlace.objects.create(project=project, number=1, name="一号", geom=project.geom)
    form = {
        "text": "建成八处", "reported_on": project.starts_on, "spent_wan": "88.5", f"goal_{goal.pk}": "8",
        "place": place.pk, "moment": "after", "photo": photo,
    }  # fmt: skip
    assert as_user(officer).post("/projects/2026-01/reports/", form).status_code == 302
    project.refresh_from_db()
    goal.refresh_from_db()
    report = project.reports.get()
    assert (project.spent_wan, goal.achieved, goal.percent) == (Decimal("88.5"), 8, 40)
    assert (report.place, report.moment, report.figures) == (place, "after", {str(goal.pk): "8"})


def test_figures_and_places_of_another_project_are_refused(
    project: Project, make_project: Callable[..., Project], officer: User, world: Any
) -> None:
    other = make_project("2026-02", lead=world.ecology)
    goal, place = _goal(other), ProjectPlace.objects.create(project=other, number=1, name="x", geom=other.geom)
    with pytest.raises(BadInput):
        report_progress(project.pk, officer, "进展", figures={goal.pk: Decimal(8)})
    with pytest.raises(BadInput):
        report_progress(project.pk, officer, "进展", place=place)
    goal.refresh_from_db()
    assert (goal.achieved, project.reports.count()) == (0, 0)


def test_the_rule_of_the_lights_can_be_changed_and_every_light_follows(
    make_project: Callable[..., Project], staff: User, today: date
) -> None:
    past = today - timedelta(days=10)
    project = make_project(steps=[(85, past, past), (15, past, None)])
    made_up = make_project("2026-08", steps=[(50, past, past + timedelta(days=3)), (50, today, None)])
    assert (project.light, made_up.light) == ("yellow", "green")
    values = {"yellow_from_points": 5, "red_above_points": 12, "red_unstarted_months": 3, "source": "常委会办法"}
    set_light_rule(staff, method="points", **values)
    project.refresh_from_db()
    assert project.light == "red"
    set_light_rule(staff, method="missed", **values)
    made_up.refresh_from_db()
    assert made_up.light == "yellow"
    assert refresh_projects(on=today + timedelta(days=1)) == 1  # the second milestone is missed by then
    assert LightSetting.objects.count() == 2


def test_an_officer_cannot_set_the_rule_and_thresholds_must_be_in_order(
    officer: User, staff: User, as_user: Callable
) -> None:
    values = {"yellow_from_points": 20, "red_above_points": 10, "red_unstarted_months": 3, "source": "x"}
    with pytest.raises(NotPermitted):
        set_light_rule(officer, method="points", **values)
    with pytest.raises(BadInput):
        set_light_rule(staff, method="points", **values)
    page = as_user(staff).post("/projects/lights/", values | {"method": "points"})
    assert (page.status_code, LightSetting.objects.count()) == (400, 0)
    assert (
        as_user(staff).post("/projects/lights/", values | {"method": "points", "red_above_points": 40}).status_code
        == 302
    )
    assert "落后计划超过 40 个百分点" in as_user(None).get("/projects/lights/").content.decode()


def test_staff_write_down_a_candidate(staff: User, as_user: Callable, world: Any) -> None:
    form = {
        "name": "西镇社区食堂", "year": 2027, "category": "elderly", "lead": world.water.pk, "budget_wan": 80,
        "starts_on": "2027-03-01", "ends_on": "2027-12-01", "area": world.west_town.pk, "reason": "政府初定",
    }  # fmt: skip
    wrong = as_user(staff).post("/projects/candidates/new/", form | {"area": ""})
    assert (wrong.status_code, Project.objects.count()) == (400, 0)
    assert as_user(staff).post("/projects/candidates/new/", form).status_code == 302
    project = Project.objects.get()
    assert (project.code, project.status, project.stage_changes.get().reason) == ("HS2027-01", "candidate", "政府初定")
    assert as_user(None).get("/projects/HS2027-01/").status_code == 404
