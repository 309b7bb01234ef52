"""Videos of pages: looked at, encoded anew by a worker, played in parts by who reads the page, with subtitles."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.rate_limits import Limit
from jobs.models import Job
from publishing.models import PageVideo, SitePage
from publishing.videos import services
from supervision.findings import videos as kept
from tests.conftest import World
from tests.data import videos
from tests.data.cast import person
from tests.integration.publishing.conftest import as_draft, step
from ui.videos import files

SUBTITLES = "1\n00:00:00,100 --> 00:00:01,000\n各位代表，珍珠梅\n".encode()


def _film(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("视察.mov", content or videos.of_a_phone(), content_type="video/quicktime")


def _send(client: Any, page: SitePage, **given: Any) -> Any:
    page.refresh_from_db()
    facts = {"version": page.version, "title": "视察现场", **given}
    return client.post(f"/cms/{page.pk}/blocks/new/video/", facts)


@pytest.fixture
def filmed(world: World, editors: list[User], as_user: Any, django_capture_on_commit_callbacks: Any) -> SitePage:
    """A published page with a video that a worker has encoded."""
    page = as_draft(editors[0], world.district)
    subtitles = SimpleUploadedFile("字幕.srt", SUBTITLES)
    assert _send(as_user(editors[0]), page, upload=_film(), subtitles_file=subtitles).status_code == 302
    sent = PageVideo.objects.get().original.name
    with django_capture_on_commit_callbacks(execute=True):
        assert kept.prepare(*Job.objects.get(lane="site-videos").args) == "ready"
    assert not default_storage.exists(sent)
    for editor, verb in zip(editors, ["submit", "pass", "pass"], strict=False):
        page = step(editor, page, verb)
    return page


def test_a_video_is_played_in_parts_with_its_picture_and_subtitles_once_it_is_reviewed(
    filmed: SitePage, editors: list[User], client: Any
) -> None:
    video = PageVideo.objects.get()
    addresses = (video.film_url, video.poster_url, video.subtitles_url)
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    step(editors[3], filmed, "publish")
    page = client.get(filmed.get_absolute_url()).content.decode()
    assert all(address in page for address in addresses)
    assert 'aria-label="视察现场"' in page and '<track kind="subtitles"' in page and "现场视频" not in page
    part = client.get(video.film_url, headers={"Range": "bytes=4-7"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"ftyp")
    whole = b"".join(client.get(video.film_url).streaming_content)
    assert videos.PLACE.encode() not in whole and b"iPhone" not in whole
    assert client.get(video.poster_url)["Content-Type"] == "image/jpeg"
    subtitles = client.get(video.subtitles_url)
    assert subtitles["Content-Type"].startswith("text/vtt") and "珍珠梅" in subtitles.content.decode()
    assert client.get(f"/news/videos/{video.number}/original/").status_code == 404


def test_a_video_of_a_withdrawn_or_inner_page_is_nobodys_else(
    filmed: SitePage, editors: list[User], client: Any, as_user: Any, world: World
) -> None:
    step(editors[3], filmed, "publish")
    step(editors[0], filmed, "withdraw", "登错了")
    video = PageVideo.objects.get()
    assert client.get(video.film_url).status_code == 404
    assert as_user(person("town-editor", "staff", area=world.west_town)).get(video.film_url).status_code == 404
    assert as_user(editors[0]).get(video.film_url).status_code == 200


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg onload=alert(1)>", "不是可以识别的视频"),
        (videos.cut(), "不完整"),
        (videos.too_large_a_frame(), "太大"),
        (videos.sound_only(), "不是可以识别的视频"),
    ],
)
def test_what_is_no_video_is_refused_beside_its_field(
    world: World, editors: list[User], as_user: Any, content: bytes, words: str
) -> None:
    page = as_draft(editors[0], world.district)
    answer = _send(as_user(editors[0]), page, upload=_film(content))
    assert answer.status_code in (400, 413) and words in answer.content.decode()
    assert not PageVideo.objects.exists()


def test_a_longer_video_than_a_telephones_is_taken_and_one_of_hours_is_not(
    world: World, editors: list[User], as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = as_draft(editors[0], world.district)
    assert _send(as_user(editors[0]), page, upload=_film(videos.too_long())).status_code == 302  # 40 seconds
    long = files.Seen("mp4", 7200.0, 64, 64)
    monkeypatch.setattr(files, "_probed", lambda *_asked: long)
    answer = _send(as_user(editors[0]), page, upload=_film(b"\0\0\0\x18ftypisom" + b"0" * 40))
    assert answer.status_code == 413 and "视频长 120 分钟，最多 10 分钟。" in answer.content.decode()
    assert "请剪短后再传" in answer.content.decode()


def test_videos_of_pages_wait_apart_from_those_of_citizens(
    world: World, editors: list[User], as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, client = as_draft(editors[0], world.district), as_user(editors[0])
    monkeypatch.setitem(kept.MOST_WAITING, "videos", 0)
    assert _send(client, page, upload=_film()).status_code == 302
    assert "正在处理，几分钟后可以播放" in client.get(f"/cms/{page.pk}/").content.decode()
    assert set(Job.objects.filter(func=kept.PREPARE).values_list("lane", flat=True)) == {"site-videos"}
    monkeypatch.setitem(kept.MOST_WAITING, "videos", 1)
    assert kept.check_video(_film()) is not None
    monkeypatch.setitem(kept.MOST_WAITING, "site-videos", 1)
    full = _send(client, page, upload=_film(videos.of_a_phone(3)))
    assert full.status_code == 503 and "请过一会儿再传" in full.content.decode()
    assert PageVideo.objects.count() == 1


def test_one_account_uploads_so_many_videos_in_a_day(
    world: World, editors: list[User], as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "UPLOADS", Limit("page-video", 1, timedelta(days=1)))
    page = as_draft(editors[0], world.district)
    assert _send(as_user(editors[0]), page, upload=_film()).status_code == 302
    assert _send(as_user(editors[0]), page, upload=_film(videos.of_a_phone(3))).status_code == 429
    assert _send(as_user(editors[1]), page, upload=_film(videos.of_a_phone(3))).status_code == 302


def test_four_gigabytes_are_refused_before_they_are_read(world: World, editors: list[User], as_user: Any) -> None:
    page = as_draft(editors[0], world.district)
    client = as_user(editors[0])
    sent = {"CONTENT_LENGTH": str(4 * 1024**3), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = client.generic("POST", f"/cms/{page.pk}/blocks/new/video/", b"", **sent)
    assert answer.status_code == 413 and "140 MB" in answer.content.decode()


def test_without_ffmpeg_the_form_says_so_and_takes_none(
    world: World, editors: list[User], as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = as_draft(editors[0], world.district)
    monkeypatch.setattr(files.shutil, "which", lambda _name: None)
    client = as_user(editors[0])
    assert "这台机器没有 ffmpeg，不能上传视频。" in client.get(f"/cms/{page.pk}/blocks/new/video/").content.decode()
    answer = _send(client, page, upload=_film())
    assert answer.status_code == 400 and not PageVideo.objects.exists()


def test_bad_subtitles_are_refused_beside_their_field_and_no_video_is_kept(
    world: World, editors: list[User], as_user: Any
) -> None:
    page = as_draft(editors[0], world.district)
    bad = SimpleUploadedFile("a.vtt", b"<script>alert(1)</script>")
    answer = _send(as_user(editors[0]), page, upload=_film(), subtitles_file=bad)
    assert answer.status_code == 400 and "没有读到字幕" in answer.content.decode()
    assert not PageVideo.objects.exists()
