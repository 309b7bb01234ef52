"""A chart's geometry: bands, limits, ticks, lines and marks in pixels, and the words beside them. No drawing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ui.charts.scale import Axis

WIDTH = 760
LEFT, RIGHT, BOTTOM = 50, 92, 30
PLOT_HEIGHT = 216
KEY_LINE, KEY_GAP = 20, 18
LABEL_APART = 13
"""Fewer pixels between two labels on the right, and the second is left out."""
STYLES = 6
"""So many lines differ in colour, dashes and mark; no more are drawn in one chart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One value: where, whether nothing was detected, and what to say of it."""

    x: float
    y: float
    hollow: bool
    words: str
    url: str = ""
    count: int = 0
    """The list of what the value counts, and how many those are; a value that counts nothing listed has none."""


@dataclass(frozen=True, slots=True)
class Line:
    """A run of values with its style (1 to STYLES) and name; `pieces` are broken where spans are missing."""

    name: str
    style: int
    marks: Sequence[Mark]
    pieces: Sequence[str]
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of the legend."""

    x: float
    y: float
    style: int
    name: str
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A coloured range between two values; `number` is its colour, a class of `shell.class_fill`."""

    number: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Strip:
    """A band in the colour of a class; `label_y` is None where it is too thin for words: `label`, else the numeral."""

    number: int
    y: float
    height: float
    label_y: float | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit line; `label` is empty where another label is too near. `is_target`: a point's own target."""

    y: float
    label: str
    is_target: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(slots=True)
class Chart:
    """Everything that the template draws. `title` and `description` say it to those who cannot see it."""

    title: str
    description: str
    unit: str
    x_axis: Axis
    y_axis: Axis
    top: float
    height: int
    strips: list[Strip] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    x_ticks: list[Tick] = field(default_factory=list)
    y_ticks: list[Tick] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    envelope: str = ""
    """Corners of the range of earlier years, where the chart has one."""
    width: int = WIDTH

    @property
    def has_lists(self) -> bool:
        """Tell whether some value leads to what it counts."""
        return any(mark.url for line in self.lines for mark in line.marks)

    @property
    def left(self) -> float:
        return self.x_axis.start

    @property
    def right(self) -> float:
        return self.x_axis.end

    @property
    def bottom(self) -> float:
        return self.y_axis.start

    @property
    def plot_width(self) -> float:
        return self.right - self.left

    @property
    def label_x(self) -> float:
        return self.right + 6


def text_width(text: str, size: float = 12) -> float:
    """About how wide a text is in pixels: Chinese characters are as wide as high, others a little over half.

    >>> text_width("氨氮", 10), text_width("pH", 10)
    (20.0, 11.6)
    """
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return round(size * (wide + 0.58 * (len(text) - wide)), 1)


def key_of(entries: Iterable[tuple[int, str, bool]], width: float) -> tuple[list[Key], int]:
    """Lay legend entries (style, name, faint) out in rows of `width`; also the height that the rows take."""
    keys: list[Key] = []
    x, row = 0.0, 0
    for style, name, faint in entries:
        wanted = 34 + text_width(name)
        if x and x + wanted > width:
            x, row = 0.0, row + 1
        keys.append(Key(round(x, 1), 12 + row * KEY_LINE, style, name, faint))
        x += wanted + KEY_GAP
    return keys, (row + 1) * KEY_LINE if keys else 0


def strips_of(bands: Iterable[Band], axis: Axis) -> list[Strip]:
    found = []
    for band in bands:
        y, low = axis.at(band.high), axis.at(band.low)
        height = round(low - y, 2)
        found.append(Strip(band.number, y, height, _label_y(y, height)))
    return found


def _label_y(top: float, height: float) -> float | None:
    """In the middle of a low band; near the top of a high one, where values seldom reach; None in a thin one."""
    if height < LABEL_APART:
        return None
    return round(top + min(height / 2 + 4, LABEL_APART + 4), 2)


def spread_labels(wanted: Iterable[tuple[float, str, bool]], axis: Axis) -> list[Limit]:
    """Limit lines from values with labels, targets first: a label too near to one that stands already is left out."""
    placed: list[float] = []
    found = []
    for value, label, is_target in wanted:
        y = axis.at(value)
        is_free = all(abs(y - other) >= LABEL_APART for other in placed)
        if is_free:
            placed.append(y)
        found.append(Limit(y, label if is_free else "", is_target))
    return found


def pieces_of(marks: Sequence[Mark], breaks: Sequence[bool]) -> list[str]:
    """Polylines through the marks, begun anew at each mark whose entry in `breaks` is true.

    >>> marks = [Mark(0, 1, False, ""), Mark(2, 3, False, ""), Mark(9, 4, False, "")]
    >>> pieces_of(marks, [True, False, True])
    ['0,1 2,3', '9,4']
    """
    pieces: list[list[str]] = []
    for mark, is_first in zip(marks, breaks, strict=True):
        if is_first or not pieces:
            pieces.append([])
        pieces[-1].append(f"{mark.x:g},{mark.y:g}")
    return [" ".join(piece) for piece in pieces]
