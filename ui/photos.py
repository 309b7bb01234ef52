"""Photos as they come from a phone: checked by content, turned upright, and stripped of EXIF.

What a phone writes into a photo (place, time, owner, serial numbers) must not reach the public; place
and time are read first, since the finding needs them.
"""

import datetime as dt
import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import IO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from geokit.refusal import BadInput, TooLarge

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 60_000_000
FORMATS = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png"), "WEBP": ("image/webp", ".webp")}
LOCAL_ZONE = ZoneInfo("Asia/Shanghai")  # cameras write local time without a zone


class PhotoRefused(BadInput):
    """The file is no photo that can be kept."""

    default_code = "photo-refused"


class PhotoTooLarge(PhotoRefused, TooLarge):
    """Over the limit in bytes or pixels."""

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
    """Check and re-encode one upload. Raises PhotoRefused or PhotoTooLarge."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PhotoTooLarge(_("照片超过 %d MB，请压缩后再上传。") % (MAX_BYTES // 1024**2))
    image = _open(data)
    exif = image.getexif()
    taken_at, (lon, lat) = _taken_at(exif), _position(exif)
    kind = str(image.format)
    content, size = _encode(image, kind)
    content_type, suffix = FORMATS[kind]
    digest = hashlib.sha256(content).hexdigest()
    sent = hashlib.sha256(data).hexdigest()
    return CleanPhoto(content, *size, content_type, suffix, digest, taken_at, lon, lat, sent)


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow only warns between one and two times its own limit; ours is checked below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=tuple(FORMATS))
    except Image.DecompressionBombError as error:
        raise PhotoTooLarge(_("照片的像素数过大，疑似压缩炸弹，已拒绝。")) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise PhotoRefused(_("文件不是可以识别的照片，只接受 JPEG、PNG、WebP。")) from error
    if image.width * image.height > MAX_PIXELS:
        size = {"width": image.width, "height": image.height, "limit": MAX_PIXELS // 1_000_000}
        raise PhotoTooLarge(_("照片有 %(width)d×%(height)d 像素，超过 %(limit)d 百万像素。") % size)
    try:
        image.load()  # a PNG may keep its EXIF behind the pixels
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoRefused(_("照片已损坏或不完整，无法读取。")) from error
    return image


def _encode(image: Image.Image, kind: str) -> tuple[bytes, tuple[int, int]]:
    upright = ImageOps.exif_transpose(image)
    plain = upright if upright.mode in ("RGB", "L") or kind != "JPEG" else upright.convert("RGB")
    # A fresh image carries pixels only: no EXIF, no comment, no embedded profile or thumbnail.
    bare = Image.new(plain.mode, plain.size)
    if plain.mode == "P":
        bare = plain.convert("RGBA")
        bare.info.clear()
    else:
        bare.paste(plain)
    out = io.BytesIO()
    bare.save(out, format=kind, **({"quality": 88, "optimize": True} if kind != "PNG" else {}))
    return out.getvalue(), bare.size


def _taken_at(exif: Image.Exif) -> dt.datetime | None:
    details = exif.get_ifd(ExifTags.IFD.Exif)
    text = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        moment = dt.datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    return moment.replace(tzinfo=_zone(details.get(ExifTags.Base.OffsetTimeOriginal)))


def _zone(offset: object) -> dt.tzinfo:
    try:
        return dt.datetime.strptime(str(offset).strip("\0 "), "%z").tzinfo or LOCAL_ZONE
    except ValueError:
        return LOCAL_ZONE


def _position(exif: Image.Exif) -> tuple[float | None, float | None]:
    """Longitude and latitude in degrees, or nothing where the phone wrote none or nonsense."""
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None, None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon == 0 and lat == 0):
        return None, None
    return lon, lat


def _degrees(parts: tuple[float, float, float], reference: object, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(reference).strip("\0 ").upper() == negative else value
