"""A photo of a project is covered by who reports on it: the public gets the copy, at once, and never the original."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from geokit.refusal import BadInput, NotPermitted
from projects.covering import services
from projects.feedback.erasure import erase_feedback
from projects.models import CoveredPhoto, Feedback, ProgressReport, Project
from projects.plan.services import report_progress

BOX = {"left": "0", "top": "0", "width": "40", "height": "40", "do": "publish"}


def _photo() -> SimpleUploadedFile:
    """Stripes of black and white, which a covered area does not show."""
    image = Image.new("RGB", (80, 60), "white")
    for column in range(0, 80, 2):
        image.paste("black", (column, 0, column + 1, 60))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")


def _contrast(content: bytes, box: tuple[int, int, int, int]) -> int:
    low, high = Image.open(io.BytesIO(content)).convert("L").crop(box).getextrema()
    return int(high) - int(low)  # type: ignore[arg-type]


@pytest.fixture
def report(project: Project, officer: User) -> ProgressReport:
    return report_progress(project.pk, officer, "管网已铺", photo=_photo())


def test_the_public_sees_the_covered_copy_at_once_and_the_original_stays_inside(
    report: ProgressReport, project: Project, officer: User, as_user: Callable, deputy: User,
    django_capture_on_commit_callbacks: Callable,
) -> None:  # fmt: skip
    address, small = (
        f"/projects/{project.code}/photos/{report.pk}/",
        f"/projects/{project.code}/photos/{report.pk}/small/",
    )
    public, lead = as_user(None), as_user(officer)
    first = public.get(address)
    whole, tag = b"".join(first.streaming_content), first["ETag"]
    public.get(small)
    assert _contrast(whole, (2, 2, 36, 36)) > 100
    assert first["Cache-Control"] == "private, no-cache"
    page = lead.get(f"/projects/cover/report/{report.pk}/")
    assert f"/projects/cover/report/{report.pk}/original/" in page.text
    with django_capture_on_commit_callbacks(execute=True):
        assert lead.post(f"/projects/cover/report/{report.pk}/", BOX).status_code == 302
    for client in (public, as_user(deputy)):
        answer = client.get(address, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        covered = b"".join(answer.streaming_content)
        assert _contrast(covered, (2, 2, 36, 36)) < 40
        assert _contrast(covered, (50, 2, 78, 58)) > 100
        assert _contrast(client.get(small).content, (2, 2, 36, 36)) < 40
        assert client.get(f"/projects/cover/report/{report.pk}/original/").status_code in (302, 404)
    assert b"".join(lead.get(f"/projects/cover/report/{report.pk}/original/").streaming_content) == whole


def test_covered_anew_the_old_copy_is_gone_and_taken_away_the_photo_is_back(
    report: ProgressReport, officer: User, django_capture_on_commit_callbacks: Callable
) -> None:
    first = str(services.cover_photo(officer, "report", report, [(0, 0, 40, 40)]).file.name)
    report = ProgressReport.objects.get(pk=report.pk)
    with django_capture_on_commit_callbacks(execute=True):
        second = str(services.cover_photo(officer, "report", report, [(0, 0, 80, 60)]).file.name)
    assert (default_storage.exists(first), default_storage.exists(second)) == (False, True)
    report = ProgressReport.objects.get(pk=report.pk)
    with django_capture_on_commit_callbacks(execute=True):
        services.uncover_photo(officer, "report", report)
    assert (default_storage.exists(second), CoveredPhoto.objects.exists()) == (False, False)
    assert services.photo_for(None, "report", ProgressReport.objects.get(pk=report.pk)) == report.photo


@pytest.mark.parametrize("who", ["deputy", "other_officer", "gis"])
def test_nobody_else_covers_it(
    who: str, report: ProgressReport, request: pytest.FixtureRequest, as_user: Callable
) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        services.cover_photo(person, "report", report, [(0, 0, 1, 1)])
    assert as_user(person).post(f"/projects/cover/report/{report.pk}/", BOX).status_code == 404
    assert not CoveredPhoto.objects.exists()


@pytest.mark.parametrize(
    "given",
    [{"left": "x"}, {"left": "nan"}, {"left": "inf"}, {"left": "99999"}, {"width": "0"}, {"left": "\x00"}],
)
def test_a_box_that_is_none_is_refused(given: dict, report: ProgressReport, officer: User, as_user: Callable) -> None:
    answer = as_user(officer).post(f"/projects/cover/report/{report.pk}/", BOX | given)
    assert (answer.status_code, CoveredPhoto.objects.exists()) == (400, False)
    with pytest.raises(BadInput):
        services.cover_photo(officer, "report", report, [(0, 0, 1, 1)] * 41)


def test_a_feedbacks_photo_is_covered_before_it_is_shown_and_erased_with_it(
    project: Project, staff: User, as_user: Callable, django_capture_on_commit_callbacks: Callable
) -> None:
    found = Feedback.objects.create(project=project, text="好", state="waiting")
    found.photo.save("f.jpg", _photo())
    assert as_user(staff).post(f"/projects/cover/feedback/{found.pk}/", BOX).status_code == 302
    Feedback.objects.filter(pk=found.pk).update(state="shown")
    answer: Any = as_user(None).get(f"/projects/feedback/{found.pk}/photo/")
    assert _contrast(b"".join(answer.streaming_content), (2, 2, 36, 36)) < 40
    name = str(CoveredPhoto.objects.get().file.name)
    with django_capture_on_commit_callbacks(execute=True):
        erase_feedback(staff, Feedback.objects.get(pk=found.pk), "本人要求")
    assert not default_storage.exists(name)
    assert as_user(None).get(f"/projects/feedback/{found.pk}/photo/").status_code in (404, 410)
