"""Boxes over a photo as rows of numbers: drawn by the page's script, or typed."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from geokit.refusal import BadInput
from ui.pictures.covering import MOST_BOXES

SIDES = ("left", "top", "width", "height")
SPARE = 3
"""Empty rows that a page shows beyond the boxes."""


def typed_boxes(request: HttpRequest) -> list[tuple[str, ...]]:
    """The rows of numbers as they were typed; empty rows are left out."""
    columns = [request.POST.getlist(side)[: MOST_BOXES + 1] for side in SIDES]
    return [row for row in zip(*columns, strict=False) if any(value.strip() for value in row)]


def boxes_of(typed: Sequence[Sequence[str]]) -> list[tuple[int, ...]]:
    """Return the rows as whole pixels. Raises BadInput for what are no numbers."""
    try:
        return [tuple(round(float(value)) for value in box) for box in typed]
    except (ValueError, OverflowError) as error:
        raise BadInput(gettext("遮盖的位置和大小要写数字，单位是像素。")) from error


def rows_for(boxes: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Return the boxes and the empty rows that the page shows."""
    return [*boxes, *[("", "", "", "")] * SPARE][:MOST_BOXES]
