"""A department's plan: what the project is, goals, milestones, reports; conflicts shown; the rule of the lights."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.district.services import save_district
from accounts.models import Area, User
from accounts.rules import services as rules
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger.models import AuditEntry
from projects.models import Goal, Project, ProjectPlace
from projects.plan.editing import GoalRow, MilestoneRow, edit_project, plan_goals, plan_milestones
from projects.plan.services import refresh_projects, report_progress
from projects.stages.candidates import next_code


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
    said = AuditEntry.objects.filter(verb="edit_project").latest("pk").detail
    assert (said["before"], said["after"]) == ({"budget_wan": "200.00"}, {"budget_wan": "210"})


def test_a_new_name_is_found_by_its_pinyin(project: Project, staff: User, as_user: Callable) -> None:
    edit_project(project.pk, staff, {"name": "月湖公园提升"}, project.version)
    assert "月湖公园提升" in as_user(None).get("/projects/?q=yhgy").content.decode()


def test_a_project_that_ends_before_it_begins_is_refused(project: Project, officer: User) -> None:
    with pytest.raises(BadInput) as caught:
        edit_project(project.pk, officer, {"ends_on": project.starts_on - timedelta(days=1)}, project.version)
    assert caught.value.errors[0].field == "ends_on"


def test_days_and_sums_that_nobody_means_are_refused(
    make_project: Callable[..., Project], officer: User, staff: User, as_user: Callable, today: date
) -> None:
    """Three months after the last year of the calendar is no day: no light could be judged any more."""
    project = make_project(status=Project.Status.VOTED, steps=[(100, today, None)])
    far = {"starts_on": date(9999, 12, 1), "ends_on": date(9999, 12, 2)}
    with pytest.raises(BadInput, match="年份"):
        edit_project(project.pk, officer, far, project.version)
    with pytest.raises(BadInput, match="年份"):
        plan_milestones(project.pk, officer, [MilestoneRow("完工", 100, date(1, 1, 1))], project.version)
    form = {"name": project.name, "year": 2026, "category": "water", "lead": project.lead_id, "area": project.area_id}
    form |= {"starts_on": project.starts_on, "ends_on": project.ends_on, "version": 1, "budget_wan": "-1"}
    assert as_user(staff).post("/projects/2026-01/edit/", form).status_code == 400
    refresh_projects()


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
    half = MilestoneRow(last.title, 30, last.due_on, last.pk)
    with pytest.raises(StaleEdit):  # one row sent as two would be counted twice and stored once
        plan_milestones(project.pk, officer, [done, half, half], project.version)
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
        "text": "建成八处", "reported_on": timezone.localdate(), "spent_wan": "88.5", f"goal_{goal.pk}": "8",
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


def test_while_works_go_on_the_lead_asks_no_less_of_itself_on_any_day(
    make_project: Callable[..., Project], officer: User, staff: User, today: date
) -> None:
    past, later = today - timedelta(days=10), today + timedelta(days=30)
    project = make_project(steps=[(40, past, None), (60, later, None)])
    assert project.light == "red"
    first, last = project.milestones.order_by("order")
    for slack in (
        [MilestoneRow(first.title, 40, later, first.pk), MilestoneRow(last.title, 60, later, last.pk)],
        [MilestoneRow(first.title, 10, past, first.pk), MilestoneRow(last.title, 90, later, last.pk)],
        [MilestoneRow(last.title, 100, later, last.pk)],
        [MilestoneRow("新的", 40, later), MilestoneRow(last.title, 60, later, last.pk)],
    ):
        with pytest.raises(BadInput) as refused:
            plan_milestones(project.pk, officer, slack, project.version)
        assert refused.value.code == "slack"
    with pytest.raises(BadInput) as put_off:
        edit_project(project.pk, officer, {"starts_on": later}, project.version)
    assert put_off.value.code == "put-off"
    project.refresh_from_db()
    assert (project.light, project.version) == ("red", 1)
    sooner = [MilestoneRow(first.title, 40, past, first.pk), MilestoneRow(last.title, 60, today, last.pk)]
    plan_milestones(project.pk, officer, sooner, 1)
    put_off_rows = [MilestoneRow(first.title, 40, later, first.pk), MilestoneRow(last.title, 60, later, last.pk)]
    plan_milestones(project.pk, staff, put_off_rows, 2)
    kept = AuditEntry.objects.filter(verb="plan_milestones").latest("pk").detail
    assert str(past) in kept["before"][0]
    assert str(later) in kept["after"][0]


def test_a_goal_is_not_made_smaller_by_whom_it_binds(project: Project, officer: User, staff: User) -> None:
    goal = _goal(project, quantity=20)
    less = [GoalRow(2026, goal.title, Decimal(5), goal.unit, goal.pk)]
    for rows in (less, []):
        with pytest.raises(BadInput) as refused:
            plan_goals(project.pk, officer, rows, project.version)
        assert refused.value.code == "smaller"
    plan_goals(project.pk, staff, less, project.version)
    goal.refresh_from_db()
    assert goal.quantity == 5
    said = AuditEntry.objects.filter(verb="plan_goals").latest("pk").detail
    assert ("20" in said["before"][0], " 5" in f" {said['after'][0]}") == (True, True)


def test_what_was_voted_for_is_not_put_off_lowered_or_reworded_by_the_lead_before_works_begin_or_after(
    make_project: Callable[..., Project], officer: User, staff: User, today: date
) -> None:
    """Between the vote and the first works the promise would be made smaller unseen."""
    for code, status in (("2026-03", Project.Status.VOTED), ("2026-04", Project.Status.BUILDING)):
        project = make_project(code, status=status, goal="新建口袋公园 20 处")
        goal = _goal(project)
        for values, why in (
            ({"ends_on": project.ends_on + timedelta(days=90)}, ("ends_on", "put-off")),
            ({"goal": "新建口袋公园 10 处"}, ("goal", "promised")),
        ):
            with pytest.raises(BadInput) as refused:
                edit_project(project.pk, officer, values, project.version)
            assert (refused.value.errors[0].field, refused.value.code) == why
        for row in (
            GoalRow(2026, goal.title, Decimal(5), goal.unit, goal.pk),
            GoalRow(2026, "修座椅", Decimal(20), goal.unit, goal.pk),
        ):
            with pytest.raises(BadInput) as smaller:
                plan_goals(project.pk, officer, [row], project.version)
            assert smaller.value.code == "smaller"
        assert edit_project(project.pk, officer, {"summary": "选址已定"}, project.version).version == 2
        assert edit_project(project.pk, staff, {"goal": "新建口袋公园 10 处"}, 2).version == 3
    candidate = make_project("2027-05", status=Project.Status.CANDIDATE, goal="20 处")
    assert edit_project(candidate.pk, officer, {"goal": "10 处"}, candidate.version).goal == "10 处"


def test_the_administration_neither_dates_milestones_nor_moves_stages(
    project: Project, admin_user: User, as_user: Callable
) -> None:
    step = project.milestones.order_by("order").last()
    assert step is not None
    address = f"/admin/projects/project/{project.pk}/change/"
    page = as_user(admin_user).get(address)
    formset = page.context["inline_admin_formsets"][0].formset
    assert {"due_on", "done_on", "weight"} & set(formset.forms[0].fields if formset.forms else ()) == set()
    sent = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    for prefix in ("milestones", "ratings"):
        sent |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    sent |= {"status": "rated", "ends_on": "2099-01-01", "partners": []}
    sent |= {"milestones-0-id": step.pk, "milestones-0-done_on": "2026-01-01", "milestones-0-due_on": "2099-01-01"}
    as_user(admin_user).post(address, sent)
    before = (step.due_on, step.done_on, project.status, project.ends_on)
    step.refresh_from_db()
    project.refresh_from_db()
    assert (step.due_on, step.done_on, project.status, project.ends_on) == before


def _light(actor: User, name: str, value: Any, day: date) -> None:
    rules.change(actor, f"lights.{name}", value, effective_from=day, reason="常委会办法")


def test_the_rule_of_the_lights_can_be_changed_and_every_light_follows(
    make_project: Callable[..., Project], staff: User, today: date
) -> None:
    past = today - timedelta(days=10)
    project = make_project(steps=[(85, past, past), (15, past, None)])
    made_up = make_project("2026-08", steps=[(50, past, past + timedelta(days=3)), (50, today, None)])
    assert (project.light, made_up.light) == ("yellow", "green")
    _light(staff, "yellow_from_points", 5, today)
    _light(staff, "red_above_points", 12, today)
    project.refresh_from_db()
    assert project.light == "red"
    _light(staff, "method", "missed", today)
    made_up.refresh_from_db()
    assert made_up.light == "yellow"
    assert refresh_projects(on=today + timedelta(days=1)) == 1  # the second milestone is missed by then


def test_a_light_names_the_version_that_it_was_judged_by_and_a_later_one_counts_from_its_day(
    make_project: Callable[..., Project], staff: User, as_user: Callable, today: date
) -> None:
    past, tomorrow = today - timedelta(days=10), today + timedelta(days=1)
    project = make_project(steps=[(85, past, past), (15, past, None)])
    assert (project.light, project.light_basis["version"]) == ("yellow", 0)
    rules.change(staff, "projects.nearby_m", 600, effective_from=today, reason="别的规则")
    _light(staff, "yellow_from_points", 5, tomorrow)
    _light(staff, "red_above_points", 12, tomorrow)
    assert refresh_projects() == 0  # nothing that concerns this light is in force
    project.refresh_from_db()
    assert (project.light, project.light_basis["version"]) == ("yellow", 0)
    assert "按本区规则第 0 版" in as_user(None).get(project.get_absolute_url()).text
    assert refresh_projects(on=tomorrow) == 1
    project.refresh_from_db()
    assert (project.light, project.light_basis["version"]) == ("red", 3)
    assert project.light_basis["lights.red_above_points"] == 12


def test_an_officer_cannot_set_the_rule_and_thresholds_must_be_in_order(
    officer: User, staff: User, as_user: Callable, today: date
) -> None:
    with pytest.raises(NotPermitted):
        _light(officer, "red_above_points", 20, today)
    with pytest.raises(BadInput, match="先改另一条"):
        _light(staff, "yellow_from_points", 31, today)
    _light(staff, "red_above_points", 40, today)
    _light(staff, "yellow_from_points", 31, today + timedelta(days=3))
    with pytest.raises(BadInput, match="先改另一条"):  # in order today, not when the planned one begins
        _light(staff, "red_above_points", 30, today)
    assert as_user(staff).post("/projects/lights/", {}).status_code == 405
    assert "落后计划超过 40 个百分点" in as_user(None).get("/projects/lights/").text


def test_staff_write_down_a_candidate(staff: User, as_user: Callable, world: Any) -> None:
    form = {
        "name": "西镇社区食堂", "year": 2027, "category": "elderly", "lead": world.water.pk, "budget_wan": 80,
        "starts_on": "2027-03-01", "ends_on": "2027-12-01", "area": world.west_town.pk, "reason": "政府初定",
    }  # fmt: skip
    wrong = as_user(staff).post("/projects/candidates/new/", form | {"area": ""})
    assert (wrong.status_code, Project.objects.count()) == (400, 0)
    assert as_user(staff).post("/projects/candidates/new/", form).status_code == 302
    project = Project.objects.get()
    assert (project.code, project.status, project.stage_changes.get().reason) == ("P2027-01", "candidate", "政府初定")
    assert as_user(None).get("/projects/P2027-01/").status_code == 404


def test_codes_of_candidates_begin_as_the_record_of_their_own_district_says(admin_user: User, world: Any) -> None:
    names = {"slug": "a", "congress": "甲区人大", "site_name": "甲区"}
    save_district(admin_user, "330203", name="甲区", code_prefix="A", **names)
    assert next_code(2027, world.west_town) == "A2027-01"
    other = Area.objects.create(code="330299", name="乙县", level="district", parent=world.district.parent)
    town = Area.objects.create(code="330299100", name="乙镇", level="town", parent=other)
    save_district(admin_user, "330299", name="乙县", code_prefix="B", **names)
    assert (next_code(2027, town), next_code(2027, None)) == ("B2027-01", "A2027-01")
