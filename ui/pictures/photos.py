"""Photos as they come from a phone: checked by content, turned upright, and stripped of EXIF.

What a phone writes into a photo (place, time, owner, serial numbers) must not reach the public; place
and time are read first, since the finding needs them.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from geokit.refusal import BadInput, TooLarge
from ui.field_checks import EARLIEST, LATEST
from ui.pictures.operations import MOST_PIXELS
from ui.pictures.process import PictureProcessDied, work_on

MAX_BYTES = 15 * 1024 * 1024
FORMATS = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}
LOCAL_ZONE = ZoneInfo("Asia/Shanghai")  # cameras write local time without a zone


class PhotoRefused(BadInput):
    """The file is no photo that can be kept."""

    default_code = "photo-refused"


class PhotoTooLarge(PhotoRefused, TooLarge):
    """Over the limit in bytes or pixels, or in what it takes to read them."""

    default_code = "photo-too-large"


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A re-encoded photo without metadata, and what its metadata said."""

    content: bytes
    width: int
    height: int
    content_type: str
    suffix: str
    sha256: str
    """Of `content`, as kept."""
    taken_at: dt.datetime | None
    lon: float | None
    lat: float | None
    sent_sha256: str = ""
    """Of the bytes as they were sent: what the reporter's device knows the photo by."""


def sanitise_photo(file: IO[bytes]) -> CleanPhoto:
    """Check and re-encode one upload. Raises PhotoRefused, PhotoTooLarge, or Busy while too many are being read."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PhotoTooLarge(_("照片超过 %d MB，请压缩后再上传。") % (MAX_BYTES // 1024**2))
    try:
        facts, content = work_on("clean", data, most_pixels=MOST_PIXELS)
    except PictureProcessDied as error:
        raise too_costly() from error
    if "refused" in facts:
        raise refusal_for(facts)
    content_type, suffix = FORMATS[facts["format"]]
    lon, lat = facts["position"] or (None, None)
    return CleanPhoto(
        content,
        facts["width"],
        facts["height"],
        content_type,
        suffix,
        hashlib.sha256(content).hexdigest(),
        _taken_at(facts["taken"], facts["offset"]),
        lon,
        lat,
        hashlib.sha256(data).hexdigest(),
    )


def refusal_for(facts: Mapping[str, Any]) -> PhotoRefused:
    """Return the refusal for what `operations.Unreadable` said."""
    if facts["refused"] == "too-many-pixels":
        return _too_many_pixels(facts)
    if facts["refused"] == "too-costly":
        return too_costly()
    if facts["refused"] == "broken":
        return PhotoRefused(_("照片已损坏或不完整，无法读取。"))
    return PhotoRefused(_("文件不是可以识别的照片，只接受 JPEG、PNG、WebP。"))


def too_costly() -> PhotoTooLarge:
    """The refusal of a file that took more memory or time than a photo does."""
    return PhotoTooLarge(_("读取这张照片需要的内存或时间超过上限，没有接收。请在手机里另存或截图后再上传。"))


def _too_many_pixels(facts: Mapping[str, Any]) -> PhotoTooLarge:
    size = {"kind": facts["kind"], "width": facts["width"], "height": facts["height"], "limit": facts["limit"] // 10**6}
    return PhotoTooLarge(
        _("照片有 %(width)d×%(height)d 像素，超过 %(kind)s 照片 %(limit)d 百万像素的上限，请缩小后再上传。") % size
    )


def _taken_at(text: str, offset: str) -> dt.datetime | None:
    """The moment that a camera wrote; None for none, and for the year of a clock that was never set."""
    try:
        moment = dt.datetime.strptime(text, "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    return moment.replace(tzinfo=_zone(offset)) if EARLIEST <= moment.year <= LATEST else None


def _zone(offset: str) -> dt.tzinfo:
    try:
        return dt.datetime.strptime(offset, "%z").tzinfo or LOCAL_ZONE
    except ValueError:
        return LOCAL_ZONE
