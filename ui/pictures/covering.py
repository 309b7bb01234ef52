"""Makes the copy of a photo that the public may see: faces and number plates covered, nothing of them left.

A blur can be undone. Each box is reduced to at most three by three colours before it is enlarged again, so that what
was there is not in the copy in any form; the copy is made from the original each time and never from another copy.
"""

from collections.abc import Callable, Sequence
from typing import IO

from django.utils.translation import gettext

from geokit.refusal import BadInput, FieldError
from ui.pictures.copies import covered_jpeg

MOST_BOXES = 40
LONGEST_PX = 1600
"""The public copy is no larger than a page needs."""

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels of the original."""


def check_boxes(boxes: Sequence[Sequence[int]], width: int, height: int) -> list[Box]:
    """Return the boxes cut to the picture. Raises BadInput for one that is empty or lies outside, naming its number."""
    if len(boxes) > MOST_BOXES:
        message = gettext("一张照片最多遮盖 %d 处。") % MOST_BOXES
        raise BadInput(message, errors=[FieldError("boxes", "too-many", message)])
    return [_inside(box, width, height, number) for number, box in enumerate(boxes, start=1)]


def cover(file: IO[bytes], boxes: Sequence[Box], width: int, height: int) -> bytes:
    """Return the photo (of that size in pixels) as a JPEG without metadata, with every box unreadable."""
    return covered_jpeg(file, boxes, public_size(width, height))


def covered_copy(
    open_original: Callable[[], IO[bytes]], boxes: Sequence[Sequence[int]], width: int, height: int
) -> tuple[list[Box], bytes]:
    """Return the boxes, cut to the photo, and its public copy; `open_original` opens the photo. Raises BadInput."""
    checked = check_boxes(boxes, width, height)
    try:
        with open_original() as file:
            return checked, cover(file, checked, width, height)
    except OSError as error:
        raise BadInput(gettext("这张照片的原件缺失或已损坏，不能生成公开照片。"), code="photo-lost") from error


def public_size(width: int, height: int) -> tuple[int, int]:
    """Return the size in pixels of the public copy of a photo.

    >>> public_size(4000, 3000), public_size(800, 600)
    ((1600, 1200), (800, 600))
    """
    scale = min(1.0, LONGEST_PX / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _inside(box: Sequence[int], width: int, height: int, number: int) -> Box:
    left, top, wide, high = (int(value) for value in box)
    right, bottom = min(left + wide, width), min(top + high, height)
    left, top = max(left, 0), max(top, 0)
    if right - left < 1 or bottom - top < 1:
        message = gettext("第 %(number)d 处遮盖不在照片里：照片宽 %(width)d、高 %(height)d 像素。") % {
            "number": number,
            "width": width,
            "height": height,
        }
        raise BadInput(message, errors=[FieldError("boxes", "outside-photo", message)])
    return left, top, right - left, bottom - top
