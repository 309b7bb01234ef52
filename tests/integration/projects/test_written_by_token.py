"""What programs of departments write about projects: reports of the lead department, answers to feedback."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.tokens import services as tokens
from projects.feedback.models import Feedback, FeedbackEvent
from projects.models import ProgressReport


@pytest.fixture
def feedback(project):
    return Feedback.objects.create(project=project, text="路灯不亮", state="shown")


@pytest.fixture
def post(world):
    def send(path, body, *scopes, actor, department):
        until = timezone.localdate() + timedelta(days=30)
        _token, text = tokens.issue(actor, department=department, name="系统", scopes=scopes, expires_on=until)
        client = Client(headers={"Authorization": f"Bearer {text}"})
        return client.post(path, body, content_type="application/json")

    return send


def test_the_lead_departments_token_reports_progress_once(post, project, officer, world):
    path, body = f"/api/v1/projects/{project.pk}/reports/", {"text": "已浇筑", "spent_wan": "60.5"}
    for _time in range(2):
        answer = post(path, body, "projects:write", actor=officer, department=world.water)
        assert answer.status_code == 201, answer.content
    report = ProgressReport.objects.get()
    project.refresh_from_db()
    assert (report.text, str(project.spent_wan), report.author.is_service) == ("已浇筑", "60.50", True)
    refused = post(path, {"text": " "}, "projects:write", actor=officer, department=world.water)
    assert refused.status_code == 400


@pytest.mark.parametrize("scope", ["read", "samples:write", "feedback:write"])
def test_another_scope_reports_nothing(post, project, officer, world, scope):
    answer = post(
        f"/api/v1/projects/{project.pk}/reports/", {"text": "已浇筑"}, scope, actor=officer, department=world.water
    )
    assert (answer.status_code, ProgressReport.objects.count()) == (403, 0)


def test_another_departments_token_reports_and_answers_nothing(post, project, feedback, other_officer, world):
    hers = {"actor": other_officer, "department": world.ecology}
    report = post(f"/api/v1/projects/{project.pk}/reports/", {"text": "已浇筑"}, "projects:write", **hers)
    answer = post(f"/api/v1/project-feedback/{feedback.pk}/replies/", {"text": "已修好"}, "feedback:write", **hers)
    assert (report.status_code, answer.status_code) == (403, 403)
    assert not ProgressReport.objects.exists()
    assert not feedback.events.exists()


def test_a_candidate_of_another_department_is_not_there(post, candidate, other_officer, world):
    path = f"/api/v1/projects/{candidate.pk}/reports/"
    answer = post(path, {"text": "已浇筑"}, "projects:write", actor=other_officer, department=world.ecology)
    assert answer.status_code == 404


def test_feedback_is_answered_once_by_the_lead_department(post, feedback, officer, world):
    path, hers = f"/api/v1/project-feedback/{feedback.pk}/replies/", {"actor": officer, "department": world.water}
    for _time in range(2):
        answer = post(path, {"text": "已修好"}, "feedback:write", **hers)
        assert (answer.status_code, answer.json()["replies"]) == (201, ["已修好"])
    assert feedback.events.count() == 1
    FeedbackEvent.objects.create(feedback=feedback, verb="reply", text="已处理。", actor=None)
    hers_too = post(path, {"text": "已处理。"}, "feedback:write", **hers).json()["replies"]
    assert sorted(hers_too) == ["已修好", "已处理。", "已处理。"]  # somebody else's same words are not hers
    assert post(path, {"text": "已修好"}, "projects:write", **hers).status_code == 403


@pytest.mark.parametrize("state", ["waiting", "hidden"])
def test_feedback_that_is_not_shown_is_neither_read_nor_answered(post, feedback, officer, world, state):
    Feedback.objects.filter(pk=feedback.pk).update(state=state, reason="不实" if state == "hidden" else "")
    path = f"/api/v1/project-feedback/{feedback.pk}/"
    answer = post(f"{path}replies/", {"text": "已修好"}, "feedback:write", actor=officer, department=world.water)
    assert (answer.status_code, Client().get(path).status_code) == (404, 404)
    assert Client().get("/api/v1/project-feedback/").json()["count"] == 0
