"""Bars of class shares, for paper: one row for each quarter, town or department."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from reporting.quarterly.blocks import Drawing
from river_monitoring.standard.basin import Shares
from river_monitoring.standard.evaluation import WaterClass
from ui.charts.chart import text_width

WIDTH = 660
ROW, BAR, TOP, BOTTOM = 21, 14, 26, 22
NOTE_WIDTH = 84
LEAST_FOR_COUNT = 15
"""A part of a bar narrower than this has no number in it."""
CLASSES = tuple(WaterClass.of(number) for number in range(1, 7))


@dataclass(frozen=True, slots=True)
class Part:
    number: int
    x: float
    width: float
    count: int
    has_room: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: its label, its parts, and a note at the right."""

    label: str
    y: float
    parts: Sequence[Part]
    note: str


def share_bars(rows: Sequence[tuple[str, Shares, str]], caption: str) -> Drawing:
    """Draw (label, shares, note) as bars that are all as long: parts are shares of what was rated."""
    left = max([text_width(label) for label, _shares, _note in rows], default=60) + 12
    length = WIDTH - left - NOTE_WIDTH
    height = TOP + ROW * len(rows) + BOTTOM
    drawn = [
        Row(label, TOP + ROW * place, _parts(shares, left, length), note)
        for place, (label, shares, note) in enumerate(rows)
    ]
    context = {
        "width": WIDTH,
        "height": height,
        "rows": drawn,
        "left": left,
        "label_x": left - 8,
        "note_x": left + length + 8,
        "bar": BAR,
        "top": TOP,
        "bottom": height - BOTTOM + 2,
        "ticks": [(round(left + length * share / 100, 1), f"{share}%") for share in (0, 25, 50, 75, 100)],
        "keys": [(found.number, round(left + place * 62, 1)) for place, found in enumerate(CLASSES)],
        "caption": caption,
        "empty": _("没有可评价的水样"),
    }
    return Drawing(render_to_string("reporting/quarterly/bars.svg", context), WIDTH, height, caption)


def _parts(shares: Shares, left: float, length: float) -> list[Part]:
    parts, x = [], left
    for found in CLASSES:
        count = shares.counts.get(found, 0)
        if not count:
            continue
        width = length * count / shares.rated
        parts.append(Part(found.number, round(x, 2), round(width, 2), count, width >= LEAST_FOR_COUNT))
        x += width
    return parts
