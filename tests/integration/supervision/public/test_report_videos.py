"""The video of a report: with it, after it, once; for whoever may see the finding."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from supervision.findings import videos as kept
from supervision.models import Finding, FindingVideo
from tests.data import videos
from tests.integration.supervision.public.conftest import typed

REPORT, JSON = "/report/", {"Accept": "application/json"}


def _upload(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("v.mov", content or videos.of_a_phone(), content_type="video/quicktime")


def test_a_phone_sends_the_video_after_the_report_and_hears_that_it_is_there(
    world: Any, as_user: Callable, staff: User, officer: User
) -> None:
    client, form = as_user(None), typed()
    assert client.post(REPORT, form, headers=JSON).status_code == 201
    for _time in range(2):
        answer = client.post(REPORT, form | {"video": _upload(), "anyway": "1"}, headers=JSON)
        assert answer.json()["photos"]["arrived"] == [sha256(videos.of_a_phone()).hexdigest()]
    row = FindingVideo.objects.get(finding=Finding.objects.get())
    assert kept.prepare("supervision.FindingVideo", row.pk) == "ready"
    film = f"/findings/videos/{row.pk}/film/"
    assert as_user(staff).get(film).status_code == 200
    assert as_user(officer).get(film).status_code == 404
    assert as_user(None).get(film).status_code == 302
    assert "<video" in as_user(staff).get("/matters/received/").text


def test_somebody_else_who_knows_the_number_adds_no_video(world: Any, as_user: Callable) -> None:
    form = typed()
    as_user(None).post(REPORT, form, headers=JSON)
    other = form | {"secret": typed()["secret"], "video": _upload(), "anyway": "1"}
    assert as_user(None).post(REPORT, other, headers=JSON).status_code == 400
    assert not FindingVideo.objects.exists()


def test_nine_photos_and_a_video_are_no_ten_photos(world: Any, as_user: Callable) -> None:
    digests = [sha256(str(number).encode()).hexdigest() for number in range(9)]
    form = typed(photo_sha256=" ".join(digests)) | {"video": _upload()}
    answer = as_user(None).post(REPORT, form, headers=JSON)
    assert (answer.status_code, len(answer.json()["photos"]["missing"])) == (201, 9)
    again = as_user(None).post(REPORT, form | {"video": "", "anyway": "1"}, headers=JSON)
    assert again.status_code == 201
