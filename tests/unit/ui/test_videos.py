"""Videos: what is let in, what is refused and why, and what is left of what a telephone wrote into one."""

import json
import resource
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import translation

from tests.data import videos
from ui.videos import files


def _upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("video.mp4", content, content_type="video/mp4")


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (videos.cut, "video-broken"),
        (videos.playlist, "video-broken"),
        (videos.sound_only, "no-video"),
        (videos.too_long, "video-too-long"),
        (videos.many_streams, "video-broken"),
        (lambda: b"#EXTM3U\nfile:///etc/passwd\n", "no-video"),
        (lambda: b"<svg onload=alert(1)>", "no-video"),
        (lambda: b"", "no-video"),
        (lambda: b"\x1aE\xdf\xa3" + b"\xff" * 5000, "video-broken"),
        (lambda: b"\0\0\0\x14ftypisom" + b"\xff" * 5000, "video-broken"),
    ],
)
def test_what_is_no_good_video_is_refused_with_its_reason(made: Callable[[], bytes], code: str) -> None:
    with pytest.raises(files.VideoRefused) as refused:
        files.look_at(_upload(made()))
    assert refused.value.code == code


def test_a_frame_too_large_is_not_decoded_and_a_file_too_large_not_opened() -> None:
    with pytest.raises(files.VideoRefused) as refused:
        files.look_at(_upload(videos.too_large_a_frame()))
    assert refused.value.code == "video-too-many-pixels"
    large = _upload(b"")
    large.size = files.MAX_BYTES + 1
    with pytest.raises(files.VideoTooLarge, match="50 MB"):
        files.look_at(large)


def test_a_film_of_an_editor_is_measured_in_minutes_and_needs_no_telephone(monkeypatch: pytest.MonkeyPatch) -> None:
    measure = files.Measure(seconds=600, bytes=files.MAX_BYTES, encoding=files.ENCODING)
    monkeypatch.setattr(files, "_probed", lambda *_asked: files.Seen("mp4", 725.0, 64, 64))
    film = b"\0\0\0\x18ftypisom" + b"0" * 40
    with pytest.raises(files.VideoTooLarge, match="视频长 12 分 5 秒，最多 10 分钟。请剪短后再传。"):
        files.look_at(_upload(film), measure)
    with pytest.raises(files.VideoTooLarge, match="最多 30 秒。请在手机里剪短后再传。"):
        files.look_at(_upload(film))


def test_what_is_kept_has_picture_and_sound_and_nothing_that_the_telephone_wrote(tmp_path: Path) -> None:
    sent = tmp_path / "sent.mov"
    sent.write_bytes(videos.of_a_phone())
    before = _facts(sent)
    assert "29.8738" in before
    assert "iPhone" in before
    seen = files.look_at(_upload(videos.of_a_phone()))
    with files.encoded(sent, seen.container) as made:
        facts, raw = _facts(made.video), made.video.read_bytes()
        assert (made.seconds, made.width, made.height) == (2, 240, 320)
        assert made.poster.startswith(b"\xff\xd8")
    assert [stream["codec_name"] for stream in json.loads(facts)["streams"]] == ["h264", "aac"]
    for trace in (b"29.8738", b"121.5440", b"iPhone", b"Apple", b"2026-11-01", b"quicktime", b"xyz"):
        assert trace not in raw
        assert trace.decode() not in facts


def _facts(path: Path) -> str:
    asked = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", str(path)]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def test_a_video_that_costs_too_much_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = tmp_path / "sent.mov"
    sent.write_bytes(videos.of_a_phone())
    for little in ({"wall_s": 0.0}, {"memory_mb": 1}, {"file_mb": 0}):
        monkeypatch.setattr(files, "ENCODING", replace(files.ENCODING, **little))
        began = time.monotonic()
        with pytest.raises(files.VideoRefused), files.encoded(sent, "mp4"):
            pytest.fail("it was encoded")
        assert time.monotonic() - began < 60
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY


def test_without_ffmpeg_the_site_says_that_it_takes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.shutil, "which", lambda name: None)
    with pytest.raises(files.VideoRefused, match="不接收视频") as refused:
        files.look_at(_upload(videos.of_a_phone()))
    assert refused.value.code == "videos-not-taken"


def test_a_player_says_size_in_plain_digits_what_it_shows_and_its_subtitles_where_there_are_any() -> None:
    video = {"is_ready": True, "width": 1280, "height": 2276, "seconds": 7}
    with translation.override("zh-hans"), override_settings(USE_THOUSAND_SEPARATOR=True):
        of_the_place = render_to_string("ui/video.html", {"video": video, "film_url": "/f"})
        given = {"video": video, "film_title": "视察<现场>", "subtitles_url": "/s"}
        of_a_page = render_to_string("ui/video.html", given)
    assert 'width="1280"' in of_the_place and 'height="2276"' in of_the_place
    assert 'aria-label="现场视频，7 秒"' in of_the_place and "<track" not in of_the_place
    assert 'aria-label="视察&lt;现场&gt;"' in of_a_page and 'src="/s" default>' in of_a_page
