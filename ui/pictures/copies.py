"""Small, covered and hashed copies of photos that are on file, made in a process of their own."""

import base64
from collections.abc import Sequence
from typing import IO, Any

from ui.pictures.photos import refusal_for, too_costly
from ui.pictures.process import PictureProcessDied, work_on

SMALL_PX = 480
SMALL_QUALITY = 80


class NoPicture(OSError):
    """The bytes are no picture, or a broken one."""


def small_jpeg(file: IO[bytes], longest_px: int = SMALL_PX, quality: int = SMALL_QUALITY) -> bytes:
    """Return a photo as JPEG of at most `longest_px` on its longer side, without what else is in the file.

    Raises NoPicture, or PhotoTooLarge for what takes too much to read.
    """
    return _made(file.read(), "small", longest_px=longest_px, quality=quality)


def small_data_address(content: bytes, longest_px: int, quality: int) -> str:
    """Return a small JPEG as a data address, for a page that is printed; empty for what is no picture."""
    try:
        made = _made(content, "small", longest_px=longest_px, quality=quality)
    except NoPicture:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(made).decode()


def picture_hashes(content: bytes) -> list[str]:
    """Return what a picture looks like (`picture_hash.py`). Raises NoPicture for what is none.

    What takes too much to read is refused (PhotoTooLarge) and not like nothing, or a copy could be made unknowable.
    """
    facts, _nothing = _work_on(content, "hashes")
    hashes: list[str] = facts["hashes"]
    return hashes


def covered_jpeg(file: IO[bytes], boxes: Sequence[Sequence[int]], size: tuple[int, int]) -> bytes:
    """Return a photo as JPEG of `size`, every box (left, top, width, height in its own pixels) unreadable.

    Raises NoPicture, or PhotoTooLarge for what takes too much to read.
    """
    return _made(file.read(), "cover", boxes=[list(box) for box in boxes], size=list(size))


def _made(content: bytes, operation: str, **how: object) -> bytes:
    return _work_on(content, operation, **how)[1]


def _work_on(content: bytes, operation: str, **how: object) -> tuple[dict[str, Any], bytes]:
    try:
        facts, made = work_on(operation, content, **how)
    except PictureProcessDied as error:
        raise too_costly() from error
    if facts.get("refused") in ("no-picture", "broken"):
        raise NoPicture(refusal_for(facts).message)
    if "refused" in facts:
        raise refusal_for(facts)
    return facts, made
