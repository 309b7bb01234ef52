"""What is done with a picture's bytes, inside the process that is limited (`server.py`). No Django here.

Each operation takes the bytes and plain values and returns plain values and bytes. `Unreadable` says by a code why not.
"""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PIL import ExifTags, Image, ImageOps

from ui.pictures import picture_hash

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = {"JPEG": 60_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
"""Of what is sent. A large JPEG is decoded at half its size; the others are decoded whole, four bytes a pixel."""
KEPT_BEFORE = dict.fromkeys(FORMATS, 60_000_000)
"""Of what is on file: earlier releases took more."""
KEPT_PIXELS = 25_000_000
CLEAR = ("P", "PA", "LA", "La", "RGBA", "RGBa")
"""Modes in which pixels may be transparent."""
CELLS = 3
"""A covered box is reduced to at most so many colours in each direction, so that nothing of it is left."""
Image.MAX_IMAGE_PIXELS = None  # our own limits are checked before anything is decoded

Facts = dict[str, Any]
Answer = tuple[Facts, bytes]
BROKEN = (OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError, struct.error)
"""What Pillow raises for files that are damaged, or made to be."""


class Unreadable(Exception):
    """The bytes are no picture that can be used; `facts` say why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.facts = {"refused": code, **facts}


def clean(content: bytes, most_pixels: Mapping[str, int] = MOST_PIXELS) -> Answer:
    """Re-encode a photo upright and without metadata; the facts are its size, format and what the metadata said."""
    image = opened(content, most_pixels)
    kind = str(image.format)
    if image.width * image.height > KEPT_PIXELS:
        image.draft(None, (image.width // 2, image.height // 2))
    loaded(image)  # a PNG may keep its EXIF behind the pixels
    said = _said(image)
    bare = _bare(image, kind)
    out = io.BytesIO()
    bare.save(out, format=kind, **({"quality": 88, "optimize": True} if kind != "PNG" else {}))
    return {"format": kind, "width": bare.width, "height": bare.height, **said}, out.getvalue()


def small(content: bytes, longest_px: int, quality: int) -> Answer:
    """Return a JPEG of at most `longest_px` on its longer side, upright, without what else is in the file."""
    image = _upright(content, longest_px)
    image.thumbnail((longest_px, longest_px))
    return {}, _jpeg(_as_seen(image), quality)


def hashes(content: bytes) -> Answer:
    """Return the perceptual hashes of `picture_hash.py`."""
    grey = _as_seen(_upright(content, picture_hash.WORKING_PIXELS)).convert("L")
    return {"hashes": picture_hash.hashes_of(grey)}, b""


def cover(content: bytes, boxes: Sequence[Sequence[int]], size: Sequence[int]) -> Answer:
    """Return a JPEG of `size` with every box (left, top, width, height) unreadable.

    A blur can be undone. Each box is reduced to a few colours before it is enlarged again, so that what was there is
    not in the copy in any form.
    """
    image = _as_seen(loaded(opened(content)))
    for left, top, width, height in boxes:
        area = (left, top, left + width, top + height)
        few = image.crop(area).resize((min(CELLS, width), min(CELLS, height)), Image.Resampling.BOX)
        image.paste(few.resize((width, height), Image.Resampling.NEAREST), area)
    return {}, _jpeg(image.resize((size[0], size[1])), 85)


OPERATIONS: dict[str, Callable[..., Answer]] = {"clean": clean, "small": small, "hashes": hashes, "cover": cover}


def opened(content: bytes, most_pixels: Mapping[str, int] = KEPT_BEFORE) -> Image.Image:
    """Read the head only, and hold its claim against the limit of its format."""
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
    except BROKEN as error:
        raise Unreadable("no-picture") from error
    limit = most_pixels[str(image.format)]
    if image.width * image.height > limit:
        raise Unreadable("too-many-pixels", width=image.width, height=image.height, limit=limit, kind=image.format)
    return image


def loaded(image: Image.Image) -> Image.Image:
    try:
        image.load()
    except BROKEN as error:
        raise Unreadable("broken") from error
    return image


def _upright(content: bytes, longest_px: int) -> Image.Image:
    image = opened(content)
    image.draft("RGB", (longest_px, longest_px))
    loaded(image)
    with contextlib.suppress(*BROKEN):
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _bare(image: Image.Image, kind: str) -> Image.Image:
    """A fresh image carries pixels only: no EXIF, no comment, no embedded profile or thumbnail."""
    with contextlib.suppress(*BROKEN):  # its turn may be as unreadable as the rest of such metadata
        ImageOps.exif_transpose(image, in_place=True)
    if image.mode in CLEAR or (kind == "JPEG" and image.mode not in ("RGB", "L")):
        return _as_seen(image)
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _as_seen(image: Image.Image) -> Image.Image:
    """The picture in RGB, what is clear in it on white, as whoever looks at it sees it.

    A transparent pixel has a colour too. Without this it would come out in the copy for the public, unseen by whoever
    looked the photo over.
    """
    if image.mode not in CLEAR:
        return image if image.mode == "RGB" else image.convert("RGB")
    clear = image if image.mode in ("LA", "RGBA") else image.convert("RGBA")
    seen = Image.new("RGB", clear.size, "white")
    seen.paste(clear, mask=clear)
    return seen


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.info.clear()
    image.save(out, format="JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _said(image: Image.Image) -> Facts:
    """Time as text and position in degrees, as the phone wrote them; what cannot be read was not said."""
    try:
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
        taken = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        offset = details.get(ExifTags.Base.OffsetTimeOriginal)
        return {"taken": _text(taken), "offset": _text(offset), "position": _position(exif)}
    except BROKEN:
        return {"taken": "", "offset": "", "position": None}


def _text(value: Any) -> str:
    return str(value)[:40].strip("\0 ") if value is not None else ""


def _position(exif: Image.Exif) -> tuple[float, float] | None:
    """Longitude and latitude in degrees, or nothing where the phone wrote none or nonsense."""
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    except BROKEN:
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon == 0 and lat == 0):
        return None
    return lon, lat


def _degrees(parts: Sequence[Any], reference: object, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(reference).strip("\0 ").upper() == negative else value
