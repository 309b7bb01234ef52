"""Following a project by e-mail: nothing before a yes, one letter a day, an end by one click."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.notices import delivery
from accounts.notices.models import Address
from accounts.notices.services import unsubscribe
from geokit.refusal import BadInput
from projects.following.services import MAX_UNCONFIRMED, confirm_follower, delete_unconfirmed, follow, send_digests
from projects.models import Follower, News, Project
from projects.plan.services import complete_milestone, report_progress
from projects.stages.services import move_project

MAILBOX = "wang@example.org"


@pytest.fixture
def follower(project: Project) -> Follower:
    """Somebody who has said yes."""
    follow(project, MAILBOX)
    found = Follower.objects.get()
    confirm_follower(found.token)
    delivery.deliver_due()
    mail.outbox.clear()
    found.refresh_from_db()
    return found


def letters() -> list[Any]:
    delivery.deliver_due()
    return mail.outbox


def test_a_mailbox_gets_one_question_and_nothing_before_it_says_yes(
    project: Project, officer: Any, as_user: Callable
) -> None:
    answer = as_user(None).post("/projects/2026-01/follow/", {"email": "  Wang@Example.org "})
    assert answer.status_code == 302
    report_progress(project.pk, officer, "开始浇筑")
    assert send_digests() == 0
    (letter,) = letters()
    assert letter.to == [MAILBOX]
    assert f"/projects/follow/{Follower.objects.get().token}/" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_asking_again_on_one_day_sends_no_second_question(project: Project) -> None:
    for _ in range(3):
        follow(project, MAILBOX)
    assert len(letters()) == 1
    assert Follower.objects.count() == 1


def test_an_address_that_is_typed_in_for_many_projects_is_not_flooded(make_project: Callable[..., Project]) -> None:
    for number in range(MAX_UNCONFIRMED + 3):
        follow(make_project(f"P-{number}"), MAILBOX)
    assert Follower.objects.count() == MAX_UNCONFIRMED
    assert len(letters()) == MAX_UNCONFIRMED


def test_the_answer_does_not_tell_whether_an_address_follows_already(follower: Follower, as_user: Callable) -> None:
    pages = [
        as_user(None).post("/projects/2026-01/follow/", {"email": email}, follow=True).content.decode()
        for email in (MAILBOX, "new@example.org")
    ]
    said = [re.findall(r"请到邮箱里打开[^<]*", page) for page in pages]
    assert said[0] == said[1] != []
    assert [letter.to for letter in letters()] == [["new@example.org"]]


def test_a_look_at_the_private_page_confirms_nothing(project: Project, as_user: Callable) -> None:
    follow(project, MAILBOX)
    token = Follower.objects.get().token
    page = as_user(None).get(f"/projects/follow/{token}/")
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex"
    assert Follower.objects.get().confirmed_at is None
    as_user(None).post(f"/projects/follow/{token}/", {"step": "confirm"})
    assert Follower.objects.get().confirmed_at is not None
    assert Address.objects.get().is_open


def test_a_guessed_link_is_not_there_and_guessing_is_limited(follower: Follower, as_user: Callable) -> None:
    client = as_user(None)
    for number in range(30):
        assert client.post(f"/projects/follow/guess-{number}/", {"step": "leave"}).status_code == 404
    assert client.post("/projects/follow/guess-31/", {"step": "leave"}).status_code == 429
    assert Follower.objects.count() == 1


def test_stage_milestone_report_and_light_come_in_one_letter_a_day(
    follower: Follower, project: Project, officer: Any, staff: Any, today: date
) -> None:
    last = project.milestones.get(order=2)
    report_progress(project.pk, officer, "管道铺设完成。\n还差路面恢复。")
    project.refresh_from_db()
    complete_milestone(last.pk, officer, today, project.version)
    project.refresh_from_db()
    move_project(project.pk, staff, Project.Status.SUPERVISED, "验收通过", project.version)
    Project.objects.filter(pk=project.pk).update(light=Project.Light.RED)
    assert send_digests() == 1
    assert send_digests() == 0
    (letter,) = letters()
    for words in (
        "报告进展：管道铺设完成。 还差路面恢复。",
        "完成节点“节点2”",
        "进入“监督”阶段",
        "由“按期”变为“严重滞后”",
    ):
        assert words in letter.body, words
    assert f"/projects/follow/{follower.token}/" in letter.body
    report_progress(project.pk, officer, "又一次进展")
    assert send_digests() == 0  # tomorrow
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert send_digests() == 1


def test_news_from_before_the_yes_are_not_told(project: Project, officer: Any) -> None:
    report_progress(project.pk, officer, "从前的事")
    News.objects.update(at=timezone.now() - timedelta(days=3))
    follow(project, MAILBOX)
    confirm_follower(Follower.objects.get().token)
    assert send_digests() == 0


def test_a_project_that_is_taken_back_is_told_to_nobody(follower: Follower, project: Project, officer: Any) -> None:
    report_progress(project.pk, officer, "不该让外人看到")
    Project.objects.filter(pk=project.pk).update(status=Project.Status.PROPOSED)
    assert send_digests() == 0


def test_a_candidate_cannot_be_followed(candidate: Project, staff: Any, as_user: Callable) -> None:
    with pytest.raises(BadInput) as refusal:
        follow(candidate, MAILBOX)
    assert refusal.value.code == "not-public"
    assert as_user(None).post("/projects/2027-09/follow/", {"email": MAILBOX}).status_code == 404
    assert Follower.objects.count() == 0


def test_leaving_one_project_forgets_the_address(follower: Follower, as_user: Callable) -> None:
    as_user(None).post(f"/projects/follow/{follower.token}/", {"step": "leave"})
    assert not Follower.objects.exists()
    assert as_user(None).get(f"/projects/follow/{follower.token}/").status_code == 404


def test_who_leaves_all_mail_by_one_click_follows_nothing(follower: Follower, project: Project, officer: Any) -> None:
    unsubscribe(Address.objects.get(email=MAILBOX))
    report_progress(project.pk, officer, "新进展")
    assert send_digests() == 0
    assert not Follower.objects.exists()
    assert letters() == []


def test_who_does_not_answer_for_a_week_is_forgotten(project: Project) -> None:
    follow(project, MAILBOX)
    assert delete_unconfirmed() == 0
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert delete_unconfirmed() == 1


def test_requests_to_follow_are_limited_by_network_address(
    project: Project, set_rule: Callable, as_user: Callable
) -> None:
    set_rule("limits.follows_hour", 2)
    codes = [
        as_user(None).post("/projects/2026-01/follow/", {"email": f"p{n}@example.org"}).status_code for n in range(3)
    ]
    assert codes == [302, 302, 429]
    assert Follower.objects.count() == 2


@pytest.mark.parametrize("form", [{"email": ""}, {"email": "no address"}, {"email": MAILBOX, "website": "spam"}])
def test_a_form_that_is_not_right_says_why_and_keeps_nobody(form: dict, project: Project, as_user: Callable) -> None:
    page = as_user(None).post("/projects/2026-01/follow/", form)
    assert page.status_code == 400
    assert 'class="error-summary"' in page.content.decode()
    assert not Follower.objects.exists()
