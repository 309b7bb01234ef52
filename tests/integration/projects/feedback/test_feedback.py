"""Feedback: taken in from anybody, shown only after staff have looked, answered below."""

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Department
from accounts.notices.models import Notice
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger.chain import verify
from projects.feedback.services import (
    feedback_visible_to,
    find_by_receipt,
    hide_feedback,
    receipt_token,
    reply_to_feedback,
    show_feedback,
    submit_feedback,
)
from projects.models import Feedback, FeedbackEvent, Project
from tests.data.cast import person
from ui.pictures.photos import MAX_BYTES

FORM = "/projects/2026-01/feedback/"
WORDS = "路面还没有恢复，雨天积水。"


@pytest.fixture
def waiting(project: Project) -> Feedback:
    return submit_feedback(project, WORDS, contact="13800000000")


def test_feedback_shows_to_nobody_before_staff_have_looked(waiting: Feedback, staff: Any, as_user: Callable) -> None:
    for address in ("/projects/2026-01/", f"/api/v1/projects/{waiting.project_id}/"):
        assert WORDS not in as_user(None).get(address).content.decode()
    show_feedback(waiting.pk, staff, waiting.version)
    assert WORDS in as_user(None).get("/projects/2026-01/").content.decode()
    assert WORDS in str(as_user(None).get(f"/api/v1/projects/{waiting.project_id}/").json()["properties"]["feedback"])
    for address in ("/projects/2026-01/", f"/api/v1/projects/{waiting.project_id}/"):
        assert "13800000000" not in as_user(None).get(address).content.decode()


def test_a_citizen_sends_words_and_a_photo_and_gets_a_private_link(
    project: Project, photo: SimpleUploadedFile, as_user: Callable
) -> None:
    answer = as_user(None).post(FORM, {"text": WORDS, "photo": photo}, follow=True)
    feedback = Feedback.objects.get()
    assert answer.redirect_chain[0][0].startswith("/projects/feedback/mine/")
    assert "待审核" in answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert feedback.photo.name.startswith("objects/")
    assert "me at home" not in feedback.photo.name
    assert [event.verb for event in feedback.events.all()] == ["file"]


@pytest.mark.parametrize("token", ["1", "guess", "1:abc:def"])
def test_a_guessed_receipt_opens_nothing(token: str, waiting: Feedback, as_user: Callable) -> None:
    assert find_by_receipt(token) is None
    assert as_user(None).get(f"/projects/feedback/mine/{token}/").status_code == 404


def test_guessing_receipts_is_limited(waiting: Feedback, as_user: Callable) -> None:
    codes = {as_user(None).get(f"/projects/feedback/mine/guess{n}/").status_code for n in range(30)}
    assert codes == {404}
    assert as_user(None).get("/projects/feedback/mine/guess31/").status_code == 429


def test_the_writer_learns_why_it_does_not_show(waiting: Feedback, staff: Any, as_user: Callable) -> None:
    hide_feedback(waiting.pk, staff, waiting.version, "写了别人的电话")
    page = as_user(None).get(f"/projects/feedback/mine/{receipt_token(waiting)}/").content.decode()
    assert "没有公开。理由：写了别人的电话" in page
    assert WORDS not in as_user(None).get("/projects/2026-01/").content.decode()


def test_hiding_needs_a_reason_in_service_and_database(waiting: Feedback, staff: Any, as_user: Callable) -> None:
    with pytest.raises(BadInput) as refusal:
        hide_feedback(waiting.pk, staff, waiting.version, "  ")
    assert refusal.value.code == "reason-missing"
    page = as_user(staff).post(f"/projects/feedback/{waiting.pk}/", {"step": "hide", "version": 1})
    assert page.status_code == 400
    assert "请写明不公开的理由" in page.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == Feedback.State.WAITING


@pytest.mark.parametrize(("who", "status"), [(None, 302), ("deputy", 404), ("officer", 404), ("gis", 404)])
def test_only_staff_decide_what_shows(
    who: str | None, status: int, waiting: Feedback, as_user: Callable, request: Any
) -> None:
    client = as_user(request.getfixturevalue(who) if who else None)
    assert client.get("/projects/feedback/").status_code == status
    assert client.post(f"/projects/feedback/{waiting.pk}/", {"step": "show", "version": 1}).status_code == status
    if who:
        with pytest.raises(NotPermitted):
            show_feedback(waiting.pk, request.getfixturevalue(who), 1)
    waiting.refresh_from_db()
    assert waiting.state == Feedback.State.WAITING


def test_two_members_of_staff_do_not_decide_one_after_the_other_unawares(waiting: Feedback, staff: Any) -> None:
    show_feedback(waiting.pk, staff, 1)
    with pytest.raises(StaleEdit):
        hide_feedback(waiting.pk, staff, 1, "晚了一步")
    waiting.refresh_from_db()
    assert waiting.state == Feedback.State.SHOWN


def test_staff_decide_on_the_desk(waiting: Feedback, staff: Any, as_user: Callable) -> None:
    client = as_user(staff)
    page = client.get("/projects/feedback/").content.decode()
    assert WORDS in page
    assert "13800000000" in page
    assert client.post(f"/projects/feedback/{waiting.pk}/", {"step": "show", "version": 1}).status_code == 302
    assert WORDS not in client.get("/projects/feedback/").content.decode()
    assert WORDS in client.get("/projects/feedback/?state=shown").content.decode()


def test_how_to_reach_a_writer_is_for_the_staff_who_decide_and_for_no_other_town(
    waiting: Feedback, staff: Any, world: Any, as_user: Callable
) -> None:
    show_feedback(waiting.pk, staff, waiting.version)
    west, east = (person(f"clerk-{town.pk}", "staff", area=town) for town in (world.west_town, world.east_town))
    desk = "/projects/feedback/?state=shown"
    for reader in (staff, west):
        assert "13800000000" in as_user(reader).get(desk).content.decode()
    assert "13800000000" not in as_user(east).get(desk).content.decode()
    assert WORDS not in as_user(east).get(desk).content.decode()
    assert as_user(east).post(f"/projects/feedback/{waiting.pk}/", {"step": "hide", "version": 2}).status_code == 404
    assert WORDS in as_user(east).get("/projects/2026-01/").content.decode()


def test_the_lead_department_answers_what_shows_and_another_does_not(
    waiting: Feedback, staff: Any, officer: Any, other_officer: Any, as_user: Callable, world: Any
) -> None:
    with pytest.raises(NotPermitted):
        reply_to_feedback(waiting.pk, officer, "还没公开")
    show_feedback(waiting.pk, staff, 1)
    reply = f"/projects/feedback/{waiting.pk}/reply/"
    assert as_user(other_officer).post(reply, {"text": "不关我的事"}).status_code == 404
    assert as_user(None).post(reply, {"text": "我来答"}).status_code == 302
    assert as_user(officer).post(reply, {"text": "月底前恢复路面。"}).status_code == 302
    page = as_user(None).get("/projects/2026-01/").content.decode()
    assert "月底前恢复路面。" in page
    assert Department.objects.get(pk=officer.department_id).name in page
    assert "不关我的事" not in page


def test_a_deputys_feedback_is_marked_and_nobody_elses(
    project: Project, deputy: Any, officer: Any, staff: Any, as_user: Callable
) -> None:
    as_user(deputy).post(FORM, {"text": "代表说的"})
    as_user(officer).post(FORM, {"text": "联络员说的"})
    assert Feedback.objects.get(text="代表说的").deputy == deputy
    assert Feedback.objects.get(text="联络员说的").deputy is None
    for feedback in Feedback.objects.all():
        show_feedback(feedback.pk, staff, 1)
    page = as_user(None).get("/projects/2026-01/").content.decode()
    assert page.count(">人大代表</span>") == 1
    assert "张代表" not in page


def test_one_form_sent_twice_is_kept_once(project: Project) -> None:
    form = uuid4()
    first, second = (submit_feedback(project, words, form=form) for words in (WORDS, f" {WORDS} "))
    assert first.pk == second.pk
    assert FeedbackEvent.objects.count() == 1
    assert submit_feedback(project, f"{WORDS}！", form=form).pk != first.pk


def test_who_sends_the_same_words_gets_a_page_of_her_own(project: Project, as_user: Callable) -> None:
    """The first writer's page shows her contact's answer and her photo; a second sender of the words is another."""
    pages = []
    for visitor in (as_user(None), as_user(None)):
        form = visitor.get(FORM).context["form"]
        sent = {"text": WORDS, "form_id": str(form["form_id"].value())}
        pages.append(visitor.post(FORM, sent)["Location"])
        assert visitor.post(FORM, sent)["Location"] == pages[-1]
    assert pages[0] != pages[1]
    assert Feedback.objects.count() == 2


def test_feedback_is_limited_by_network_address_and_what_was_typed_stays(
    project: Project, set_rule: Callable, as_user: Callable
) -> None:
    set_rule("limits.feedback_hour", 2)
    answers = [as_user(None).post(FORM, {"text": f"第 {n} 条"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "第 2 条</textarea>" in answers[2].content.decode()
    assert Feedback.objects.count() == 2


def _large() -> SimpleUploadedFile:
    return SimpleUploadedFile("large.jpg", b"\xff\xd8\xff" + b"0" * MAX_BYTES, "image/jpeg")


def _false() -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", b"<script>alert(1)</script>", "image/jpeg")


@pytest.mark.parametrize(
    ("make", "status", "words"), [(_large, 413, "照片超过 15 MB"), (_false, 400, "不是可以识别的照片")]
)
def test_a_photo_that_is_none_or_too_large_is_refused_and_the_words_stay(
    make: Callable, status: int, words: str, project: Project, as_user: Callable
) -> None:
    page = as_user(None).post(FORM, {"text": WORDS, "photo": make()})
    assert page.status_code == status
    assert words in page.content.decode()
    assert WORDS in page.content.decode()
    assert not Feedback.objects.exists()


def test_a_photo_keeps_no_position(project: Project, as_user: Callable) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 52.0, 0.0), 3: "E", 4: (121.0, 33.0, 0.0)})
    Image.new("RGB", (40, 30), "seagreen").save(out, "JPEG", exif=exif)
    upload = SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")
    as_user(None).post(FORM, {"text": WORDS, "photo": upload})
    with Image.open(Feedback.objects.get().photo) as kept:
        assert not kept.getexif()


def test_the_photo_of_what_waits_is_for_staff_alone(
    project: Project, photo: SimpleUploadedFile, staff: Any, as_user: Callable
) -> None:
    feedback = submit_feedback(project, WORDS, photo)
    addresses = [f"/projects/feedback/{feedback.pk}/photo/{size}" for size in ("", "small/")]
    for address in addresses:
        assert as_user(None).get(address).status_code == 404
        assert as_user(staff).get(address).status_code == 200
    show_feedback(feedback.pk, staff, 1)
    for address in addresses:
        assert as_user(None).get(address)["Content-Type"] == "image/jpeg"


def test_script_in_feedback_is_shown_as_text(project: Project, staff: Any, as_user: Callable) -> None:
    feedback = submit_feedback(project, "<script>alert(1)</script><img src=x onerror=alert(1)>", contact="<b>x</b>")
    pages = [as_user(staff).get("/projects/feedback/")]
    show_feedback(feedback.pk, staff, 1)
    pages.append(as_user(None).get("/projects/2026-01/"))
    for page in pages:
        text = page.content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;alert" in text


def test_feedback_on_a_candidate_is_not_there_for_the_public(candidate: Project, as_user: Callable) -> None:
    assert as_user(None).post("/projects/2027-09/feedback/", {"text": WORDS}).status_code == 404
    assert not Feedback.objects.exists()


def test_shown_feedback_goes_with_its_project(waiting: Feedback, staff: Any) -> None:
    show_feedback(waiting.pk, staff, 1)
    assert feedback_visible_to(None).count() == 1
    Project.objects.update(status=Project.Status.PROPOSED)
    assert feedback_visible_to(None).count() == 0


def test_staff_are_told_once_a_day_and_project(project: Project, staff: Any) -> None:
    submit_feedback(project, "一")
    submit_feedback(project, "二")
    assert Notice.objects.filter(recipient=staff, kind="project-feedback").count() == 1


def test_a_form_filled_in_by_a_program_is_refused(project: Project, as_user: Callable) -> None:
    assert as_user(None).post(FORM, {"text": WORDS, "website": "http://spam"}).status_code == 400
    assert as_user(None).post(FORM, {"text": "  "}).status_code == 400
    assert not Feedback.objects.exists()


def test_what_became_of_feedback_is_a_chain_that_holds(waiting: Feedback, staff: Any) -> None:
    show_feedback(waiting.pk, staff, 1)
    reply_to_feedback(waiting.pk, staff, "谢谢。")
    assert verify().faults == ()
    assert [event.verb for event in waiting.events.all()] == ["file", "show", "reply"]
