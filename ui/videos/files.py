"""A video as it comes from a telephone: what is taken, and what is kept of it.

What a telephone writes into a video (place, time, make, serial numbers) must not reach anybody: what is kept is encoded
anew, and the file that came is deleted.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.utils.translation import gettext as _

from geokit.process_limits import end_session, watch
from geokit.refusal import BadInput, Busy, TooLarge
from ui.pictures.photos import PhotoRefused, sanitise_photo
from ui.videos import commands
from ui.videos.commands import MOST_PIXELS, MOST_SECONDS, MOST_STREAMS

MAX_BYTES = 50 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
HEAD = 12
BRANDS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
"""The first boxes of MP4, MOV and 3GP."""
SLACK_S = 1
"""A recording that a telephone stops at 30 s is a little longer."""
SOMETIME = 0.5
MOST_SAID = 256 * 1024


class VideoRefused(BadInput):
    """The file is no video that can be kept."""

    default_code = "video-refused"


class VideoTooLarge(VideoRefused, TooLarge):
    """Over the limit in bytes, seconds or pixels, or in what it takes to read them."""

    default_code = "video-too-large"


@dataclass(frozen=True, slots=True)
class Budget:
    """What one call may take."""

    memory_mb: int
    cpu_s: int
    wall_s: float
    file_mb: int


LOOKING = Budget(memory_mb=250, cpu_s=10, wall_s=20, file_mb=1)
ENCODING = Budget(memory_mb=700, cpu_s=400, wall_s=900, file_mb=60)


@dataclass(frozen=True, slots=True)
class Measure:
    """How long and how large videos may be, and what encoding one may take, where they are not a telephone's."""

    seconds: int
    bytes: int
    encoding: Budget


AT_ONCE = 2
"""How many uploads one process of the site looks at."""
WAIT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a video before it is encoded."""

    container: str
    """``mp4`` (MOV and 3GP too) or ``webm``."""
    seconds: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """Paths that are gone when the block ends."""

    video: Path
    poster: bytes
    seconds: int
    width: int
    height: int


_turns = BoundedSemaphore(AT_ONCE)


def are_taken() -> bool:
    """Tell whether this machine can read videos."""
    return shutil.which("ffmpeg") is not None and shutil.which("ffprobe") is not None


def look_at(upload: Any, measure: Measure | None = None) -> Seen:
    """Check an upload: its size, its first bytes, then length and picture size. Raises VideoRefused, VideoTooLarge."""
    if not are_taken():
        raise VideoRefused(_("本站没有安装视频处理程序，不接收视频，请改发照片。"), code="videos-not-taken")
    most = measure.bytes if measure else MAX_BYTES
    if upload.size > most:
        raise VideoTooLarge(_("视频超过 %d MB，没有接收。请剪短或降低清晰度后再传。") % (most // 1024**2))
    upload.seek(0)
    container = container_of(upload.read(HEAD))
    upload.seek(0)
    if container is None:
        raise _no_video()
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy(_("正在处理的视频太多，请稍后再试。"), code="videos-busy")
    try:
        with _on_disk(upload) as path:
            return _checked(_probed(path, container), measure)
    finally:
        _turns.release()


def container_of(head: bytes) -> str | None:
    """What kind of file the first bytes announce.

    >>> container_of(b"....ftypisom"), container_of(b"\\x1aE\\xdf\\xa3........"), container_of(b"#EXTM3U     ")
    ('mp4', 'webm', None)
    """
    if head[4:8] in BRANDS:
        return "mp4"
    return "webm" if head.startswith(b"\x1aE\xdf\xa3") else None


@contextmanager
def encoded(path: Path, container: str, measure: Measure | None = None) -> Iterator[Encoded]:
    """Encode a file that `look_at` let in. Raises VideoRefused for what cannot be read after all, or costs too much."""
    with tempfile.TemporaryDirectory(prefix="video-") as folder:
        target, picture = Path(folder, "video.mp4"), Path(folder, "poster.jpg")
        seconds, budget = (measure.seconds, measure.encoding) if measure else (MOST_SECONDS, ENCODING)
        _run("ffmpeg", commands.encode(str(path), container, str(target), seconds), budget)
        seen = _probed(target, "mp4")
        _run("ffmpeg", commands.poster(str(target), str(picture), min(seen.seconds * SOMETIME, 1)), LOOKING)
        yield Encoded(target, _clean(picture), max(1, round(seen.seconds)), seen.width, seen.height)


def _clean(picture: Path) -> bytes:
    try:
        with picture.open("rb") as file:
            return sanitise_photo(file).content
    except (OSError, PhotoRefused) as error:
        raise _broken() from error


def _checked(seen: Seen, measure: Measure | None) -> Seen:
    most = measure.seconds if measure else MOST_SECONDS
    if seen.seconds > most + SLACK_S:
        words = {"length": length(seen.seconds), "most": length(most)}
        message = _("视频长 %(length)s，最多 %(most)s。请在手机里剪短后再传。")
        if measure:
            message = _("视频长 %(length)s，最多 %(most)s。请剪短后再传。")
        raise VideoTooLarge(message % words, code="video-too-long")
    if seen.width * seen.height > MOST_PIXELS:
        message = _("视频画面 %(width)d×%(height)d，太大。请用 4K 或更低的清晰度。")
        raise VideoTooLarge(message % {"width": seen.width, "height": seen.height}, code="video-too-many-pixels")
    return seen


def length(seconds: float) -> str:
    """How long in words: seconds below a minute, minutes from there on."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%d 秒") % rest
    return _("%(minutes)d 分 %(rest)d 秒") % {"minutes": minutes, "rest": rest} if rest else _("%d 分钟") % minutes


def _probed(path: Path, container: str) -> Seen:
    try:
        said = json.loads(_run("ffprobe", commands.probe(str(path), container), LOOKING) or b"{}")
        streams = said.get("streams", [])
        pictures = [one for one in streams if _is_picture(one)]
        if len(streams) > MOST_STREAMS or not pictures:
            raise _no_video()
        seconds = float(said.get("format", {}).get("duration") or pictures[0].get("duration") or 0)
        width, height = int(pictures[0].get("width") or 0), int(pictures[0].get("height") or 0)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise _broken() from error
    if not (0 <= seconds < float("inf") and width > 0 and height > 0):
        raise _broken()
    return Seen(container, seconds, width, height)


def _is_picture(stream: Any) -> bool:
    return stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic")


def _run(program: str, arguments: Sequence[str], budget: Budget) -> bytes:
    """Run within a budget and return what was said. Raises VideoRefused for an end that is no good one."""
    found = shutil.which(program)
    if found is None:
        raise VideoRefused(_("本站没有安装视频处理程序，不接收视频，请改发照片。"), code="videos-not-taken")
    limits = [str(budget.memory_mb), str(budget.cpu_s), str(budget.file_mb)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - our own module, which becomes the program that was found
            [sys.executable, "-P", "-m", "ui.videos.child", *limits, found, *arguments],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            stopped = watch(process, memory_mb=budget.memory_mb, seconds=budget.wall_s, every=0.1)
        finally:
            end_session(process)
        if stopped:
            raise VideoTooLarge(_("处理这段视频需要的内存或时间超过上限，没有接收。"), code="video-too-costly")
        if process.returncode:
            raise _broken()
        said.seek(0)
        return said.read(MOST_SAID)


@contextmanager
def _on_disk(upload: Any) -> Iterator[Path]:
    """A path with the bytes of an upload; large ones are on the disk already."""
    if hasattr(upload, "temporary_file_path"):
        yield Path(upload.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(prefix="video-") as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def _no_video() -> VideoRefused:
    return VideoRefused(_("文件不是可以识别的视频，只接受 MP4、MOV、3GP、WebM。"), code="no-video")


def _broken() -> VideoRefused:
    return VideoRefused(_("视频已损坏或不完整，无法读取。"), code="video-broken")
