"""A voter's short video: taken, encoded by a worker, shown to who may read her message, and gone when it is no good."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from jobs.models import Job
from stations.models import Deputy
from supervision.findings import videos as kept
from supervision.models import FindingVideo
from supervision.public.private_links import fresh_secret
from tests.data import videos
from ui.videos import files
from voters.line.models import MessageVideo
from voters.line.services import act
from voters.models import Message

TO = "/to/330203100212/"


def _upload(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_0001.MOV", content or videos.of_a_phone(), content_type="video/quicktime")


@pytest.fixture
def filmed(write: Callable[..., Message], django_capture_on_commit_callbacks: Callable) -> MessageVideo:
    """A message whose video a worker has encoded."""
    row = MessageVideo.objects.get(message=write(video=_upload()))
    sent = row.original.name
    job = Job.objects.get(lane="videos")
    with django_capture_on_commit_callbacks(execute=True):
        assert kept.prepare(*job.args) == "ready"
    assert kept.prepare(*job.args) == "nothing to do"
    assert not default_storage.exists(sent)
    row.refresh_from_db()
    return row


def _page(**more: Any) -> dict[str, Any]:
    numbers = {"client_id": str(uuid4()), "secret": fresh_secret()}
    return {"text": "桥东的路灯不亮", "reach": "none", "contact": "", **numbers, **more}


def test_her_page_says_that_it_is_being_prepared_and_then_that_it_is_there(
    elected: Deputy, as_user: Callable, django_capture_on_commit_callbacks: Callable
) -> None:
    client, typed = as_user(None), _page(video=_upload())
    assert client.post(TO, typed).status_code == 302
    mine = f"/line/{typed['secret']}/"
    assert "正在处理，几分钟后可以播放" in client.get(mine).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        kept.prepare(*Job.objects.get(lane="videos").args)
    assert "已收到，收信人可以播放" in client.get(mine).content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<svg onload=alert(1)>", "不是可以识别的视频"), (videos.too_long(), "最多 30 秒"), (videos.cut(), "不完整")],
)
def test_a_video_that_is_none_is_refused_beside_its_field_and_the_words_stay(
    content: bytes, words: str, elected: Deputy, as_user: Callable
) -> None:
    answer = as_user(None).post(TO, _page(video=_upload(content)))
    page = answer.content.decode()
    assert answer.status_code in (400, 413, 422)
    assert words in page.partition('id="id_video"')[2]
    assert "桥东的路灯不亮" in page
    assert not Message.objects.exists()
    assert not MessageVideo.objects.exists()


def test_two_gigabytes_are_refused_before_they_are_read(elected: Deputy, as_user: Callable) -> None:
    class Unread:
        def read(self, *_size: Any) -> bytes:
            pytest.fail("it was read")

        readline = read

    form = {
        "wsgi.input": Unread(),
        "CONTENT_LENGTH": str(2 * 1024**3),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    answer = as_user(None).generic("POST", TO, b"", **form)
    assert answer.status_code == 413


def test_an_upload_that_is_cut_is_refused_whole(elected: Deputy, as_user: Callable) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nabc\r\n--x\r\n'
    body += b'Content-Disposition: form-data; name="video"; filename="a.mp4"\r\n\r\n' + videos.of_a_phone()[:5000]
    answer = as_user(None).generic("POST", TO, body, content_type="multipart/form-data; boundary=x")
    assert (answer.status_code, Message.objects.exists()) == (400, False)


def test_readers_play_it_in_parts_and_nobody_else_finds_it(
    filmed: MessageVideo, deputy: User, foreign_deputy: User, staff: User, as_user: Callable
) -> None:
    film, poster = f"/voters/videos/{filmed.pk}/film/", f"/voters/videos/{filmed.pk}/poster/"
    client = as_user(deputy)
    page = client.get(f"/voters/{filmed.message_id}/")
    assert (f'src="{film}"' in page.text, f'poster="{poster}"' in page.text) == (True, True)
    policy = page["Content-Security-Policy"]
    assert "media-src" not in policy
    assert "default-src 'self'" in policy
    part = client.get(film, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part["Content-Type"], part["Content-Length"]) == (206, "video/mp4", "100")
    assert part["Cache-Control"] == "private, no-store"
    assert client.get(film, headers={"Range": "bytes=99999999-"}).status_code == 416
    assert client.get(poster)["Content-Type"] == "image/jpeg"
    assert client.get(f"/voters/videos/{filmed.pk}/original/").status_code == 404
    for person in (foreign_deputy, staff):
        assert {as_user(person).get(address).status_code for address in (film, poster)} == {404}
    assert as_user(None).get(film).status_code == 302


def test_nothing_of_place_and_device_is_in_the_store(filmed: MessageVideo) -> None:
    with filmed.file.open("rb") as file:
        content = file.read()
    assert b"29.8738" not in content
    assert b"iPhone" not in content
    assert (filmed.seconds, filmed.original.name, len(filmed.sha256)) == (2, "", 64)


def test_a_video_that_cannot_be_encoded_goes_and_says_why(
    write: Callable, monkeypatch: pytest.MonkeyPatch, deputy: User, as_user: Callable
) -> None:
    row = MessageVideo.objects.get(message=write(video=_upload()))
    monkeypatch.setattr(files, "encoded", _refuse)
    assert kept.prepare("voters.MessageVideo", row.pk) == "failed"
    row.refresh_from_db()
    assert (row.state, row.original.name, row.file.name) == ("failed", "", "")
    page = as_user(deputy).get(f"/voters/{row.message_id}/").content.decode()
    assert "无法处理，没有保留 · 画面坏了" in page
    assert as_user(deputy).get(f"/voters/videos/{row.pk}/film/").status_code == 404


def _refuse(*_asked: Any) -> None:
    raise files.VideoRefused("画面坏了")


def test_what_waits_for_a_day_is_given_up_and_a_full_queue_takes_no_more(
    write: Callable, monkeypatch: pytest.MonkeyPatch, as_user: Callable
) -> None:
    row = MessageVideo.objects.get(message=write(video=_upload()))
    monkeypatch.setitem(kept.MOST_WAITING, "videos", 1)
    full = as_user(None).post(TO, _page(video=_upload()))
    assert (full.status_code, "等待处理的视频太多" in full.text, Message.objects.count()) == (503, True, 1)
    tomorrow = timezone.now() + timedelta(days=1, minutes=1)
    assert kept.give_up() == kept.give_up(tomorrow) == 0  # a long queue is no reason to delete anything
    Job.objects.filter(lane="videos").update(started=timezone.now(), leased_until=timezone.now())
    assert kept.give_up(tomorrow) == 0  # a worker has it in hand
    Job.objects.filter(lane="videos").update(finished=timezone.now(), succeeded=False, leased_until=None)
    assert (kept.give_up(), kept.give_up(tomorrow)) == (0, 1)
    row.refresh_from_db()
    assert (row.state, row.why) == ("failed", "超过一天没有处理完。")


@pytest.mark.parametrize("is_ready", [True, False])
def test_a_message_that_is_raised_takes_its_video_along(
    is_ready: bool, request: pytest.FixtureRequest, write: Callable, deputy: User, as_user: Callable, officer: User
) -> None:
    row = request.getfixturevalue("filmed") if is_ready else MessageVideo.objects.get(message=write(video=_upload()))
    message = act(deputy, row.message_id, "raise", version=Message.objects.get(pk=row.message_id).version)
    own = FindingVideo.objects.get(finding=message.matter.finding)
    assert (own.state, own.sha256, own.sent_sha256) == (row.state, row.sha256, row.sent_sha256)
    if not is_ready:
        kept.prepare("voters.MessageVideo", row.pk)
        assert kept.prepare("supervision.FindingVideo", own.pk) == "ready"
    address = f"/findings/videos/{own.pk}/film/"
    assert as_user(deputy).get(address).status_code == 200
    assert as_user(None).get(address).status_code == 302


def test_without_ffmpeg_the_form_says_that_none_is_taken(
    elected: Deputy, as_user: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.shutil, "which", lambda name: None)
    page = as_user(None).get(TO).content.decode()
    assert "不接收视频" in page
    assert "disabled" in page.partition('name="video"')[2].partition(">")[0]
    assert as_user(None).post(TO, _page()).status_code == 302


def test_what_was_erased_while_it_was_encoded_stays_erased(write: Callable[..., Message], monkeypatch: Any) -> None:
    row = MessageVideo.objects.get(message=write(video=_upload()))
    encoded = kept.files.encoded

    @contextmanager
    def erased_meanwhile(*given: Any) -> Iterator[Any]:
        with encoded(*given) as made:
            MessageVideo.objects.filter(pk=row.pk).update(state="failed", why="依法删除", original="")
            yield made

    monkeypatch.setattr(kept.files, "encoded", erased_meanwhile)
    assert kept.prepare("voters.MessageVideo", row.pk) == "failed"
    row.refresh_from_db()
    assert (row.state, row.why, bool(row.file)) == ("failed", "依法删除", False)
