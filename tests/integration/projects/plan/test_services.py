"""Completing milestones, reporting progress, and lights that turn as days pass."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import post_migrate

from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from jobs.models import Schedule
from ledger.models import AuditEntry
from projects import jobs
from projects.apps import schedule_daily_lights
from projects.models import ProgressReport, Project
from projects.plan.services import complete_milestone, refresh_projects, report_progress
from projects.stages.entry import EnteredMilestone
from projects.stages.together import GivenProject, enter_project
from tests import roles
from ui.pictures.photos import PhotoRefused


def test_completing_a_milestone_moves_progress_version_and_audit_trail(
    project: Project, officer: Any, today: date
) -> None:
    last = project.milestones.get(order=2)
    complete_milestone(last.pk, officer, today, project.version)
    project.refresh_from_db()
    assert (project.progress, project.light, project.version) == (100, "green", 2)
    entry = AuditEntry.objects.get(verb="complete_milestone")
    assert (entry.actor, entry.object_id, entry.detail["milestone"]) == (officer, str(project.pk), 2)


def test_officer_of_another_department_cannot_complete_a_milestone(
    project: Project, other_officer: Any, today: date
) -> None:
    last = project.milestones.get(order=2)
    with pytest.raises(NotPermitted, match="区水利局"):
        complete_milestone(last.pk, other_officer, today, project.version)
    last.refresh_from_db()
    assert last.done_on is None


def test_a_stale_form_is_refused_and_changes_nothing(project: Project, officer: Any, today: date) -> None:
    last = project.milestones.get(order=2)
    Project.objects.filter(pk=project.pk).update(version=5)
    with pytest.raises(StaleEdit):
        complete_milestone(last.pk, officer, today, 1)
    last.refresh_from_db()
    assert last.done_on is None
    assert not AuditEntry.objects.exists()


def test_a_milestone_is_not_completed_twice_nor_on_a_day_to_come(project: Project, officer: Any, today: date) -> None:
    first, last = project.milestones.order_by("order")
    with pytest.raises(BadInput) as twice:
        complete_milestone(first.pk, officer, today, project.version)
    assert twice.value.code == "already-done"
    with pytest.raises(BadInput) as early:
        complete_milestone(last.pk, officer, today + timedelta(days=1), project.version)
    assert early.value.errors[0].field == "done_on"


def test_a_candidate_has_no_milestones_to_complete(candidate: Project, staff: Any, today: date) -> None:
    with pytest.raises(BadInput) as caught:
        complete_milestone(candidate.milestones.get(order=2).pk, staff, today, candidate.version)
    assert caught.value.code == "not-under-way"
    assert candidate.light == "off"


def test_an_invisible_project_does_not_exist_for_another_officer(
    candidate: Project, other_officer: Any, today: date
) -> None:
    with pytest.raises(Project.DoesNotExist):
        report_progress(candidate.pk, other_officer, "已开工")


def test_a_report_keeps_the_photo_without_the_uploaders_file_name(
    project: Project, officer: Any, photo: SimpleUploadedFile
) -> None:
    report = report_progress(project.pk, officer, "  完成清淤 1.2 公里  ", photo=photo)
    assert report.text == "完成清淤 1.2 公里"
    assert report.photo.name.endswith(".jpg")
    assert "home" not in report.photo.name
    assert AuditEntry.objects.get(verb="report_progress").detail == {"report": report.pk, "photo": True}


def test_a_report_sent_twice_is_there_once(project: Project, officer: Any, photo: SimpleUploadedFile) -> None:
    first = report_progress(project.pk, officer, "浇筑完成", photo=photo)
    photo.seek(0)
    assert report_progress(project.pk, officer, "浇筑完成", photo=photo) == first
    assert report_progress(project.pk, officer, "浇筑完成") != first
    assert project.reports.filter(text="浇筑完成").count() == 2
    report_progress(project.pk, officer, "浇筑完成", spent_wan=Decimal("88.5"))  # the sums were forgotten before
    project.refresh_from_db()
    assert project.spent_wan == Decimal("88.5")


def test_a_report_without_words_names_what_is_missing(project: Project, officer: Any) -> None:
    with pytest.raises(MissingEvidence) as caught:
        report_progress(project.pk, officer, " \n ")
    assert caught.value.errors[0].field == "text"
    assert not ProgressReport.objects.exists()


def test_a_file_that_is_no_photo_is_refused_and_no_report_is_kept(project: Project, officer: Any) -> None:
    with pytest.raises(PhotoRefused):
        report_progress(project.pk, officer, "已开工", photo=SimpleUploadedFile("a.jpg", b"GIF89a not a photo"))
    assert not ProgressReport.objects.exists()


def test_a_report_is_history(project: Project, officer: Any) -> None:
    report = report_progress(project.pk, officer, "已开工")
    report.text = "从未开工"
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        report.save()


def test_a_light_turns_as_days_pass_and_a_second_run_changes_nothing(
    make_project: Callable[..., Project], today: date
) -> None:
    soon = today + timedelta(days=1)
    project = make_project(steps=[(80, today, today), (20, soon, None)])
    assert project.light == "green"
    day_after = soon + timedelta(days=1)
    assert refresh_projects(on=day_after) == 1
    assert refresh_projects(on=day_after) == 0
    project.refresh_from_db()
    assert (project.light, project.version) == ("yellow", 1)
    assert jobs.refresh_lights() == 1


def test_the_daily_job_is_scheduled_once(db: None) -> None:
    for _ in range(2):
        schedule_daily_lights(using="default")
    assert Schedule.objects.filter(func=jobs.DAILY).exclude(daily_at=None).count() == 1
    assert post_migrate.receivers


def test_the_search_key_follows_the_name_in_bulk_too(project: Project) -> None:
    assert "xth" in project.search_key
    clone = Project.objects.get(pk=project.pk)
    clone.pk, clone.code, clone.name = None, "2026-99", "月湖公园"
    Project.objects.bulk_create([clone])
    assert Project.objects.get(code="2026-99").search_key.startswith("yuehugongyuan yhgy")


def test_the_database_holds_progress_at_a_hundred(project: Project) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE projects_project SET progress = 101")


def test_a_completion_far_back_is_refused_in_words_and_at_the_forms_field(
    project: Project, officer: Any, today: date, as_user: Callable, set_rule: Callable
) -> None:
    set_rule("projects.max_age_days", 10)
    last = project.milestones.get(order=2)
    for days, code in ((11, "too-long-ago"), (-1, "day-to-come")):
        with pytest.raises(BadInput) as caught:
            complete_milestone(last.pk, officer, today - timedelta(days=days), project.version)
        assert (caught.value.code, caught.value.errors[0].field) == (code, "done_on")
    form = {"milestone": last.pk, "version": project.version, "done_on": str(today - timedelta(days=11))}
    answer = as_user(officer).post("/projects/2026-01/milestones/", form)
    assert answer.status_code == 400
    assert "最多补登 10 天以内的" in answer.content.decode()
    last.refresh_from_db()
    assert last.done_on is None
    complete_milestone(last.pk, officer, today - timedelta(days=10), project.version)


def test_a_report_is_not_dated_far_back_either(project: Project, officer: Any, today: date, set_rule: Callable) -> None:
    set_rule("projects.max_age_days", 10)
    with pytest.raises(BadInput) as caught:
        report_progress(project.pk, officer, "已开工", today - timedelta(days=11))
    assert (caught.value.code, caught.value.errors[0].field) == ("too-long-ago", "reported_on")
    assert report_progress(project.pk, officer, "已开工", today - timedelta(days=10)).pk


def test_a_project_entered_under_way_says_which_days_were_entered_and_none_is_to_come(
    project: Project, staff: Any, today: date
) -> None:
    facts = {name: getattr(project, name) for name in ("name", "year", "category", "lead", "area", "starts_on")}
    facts |= {"status": "building", "ends_on": project.ends_on, "geom": project.geom}
    coming = [EnteredMilestone("开工", 100, today, today + timedelta(days=1))]
    with pytest.raises(BadInput) as caught:
        enter_project(staff, GivenProject("2026-77", facts, coming), "启用前已在实施")
    assert (caught.value.code, caught.value.errors[0].field) == ("day-to-come", "milestones")
    past = [EnteredMilestone("开工", 100, today, today - timedelta(days=200))]
    for code in ("2026/77", "votes", "..", "2026-77\n"):
        with pytest.raises(BadInput) as no_address:
            enter_project(staff, GivenProject(code, facts, past), "启用前已在实施")
        assert no_address.value.errors[0].field == "code"
    entered = enter_project(staff, GivenProject("2026-77", facts, past), "启用前已在实施")
    assert AuditEntry.objects.get(verb="enter_project").detail["done"] == {"1": str(today - timedelta(days=200))}
    assert entered.progress == 100
