"""Drawings of a board as SVG made on the server: the same on the page, without JavaScript, on paper and in the PDF."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import quantiles
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.looking import districts_shown
from accounts.models import Area
from accounts.permissions import Asker
from reporting.boards.classes import FILLS, INKS, NO_DATA, Classes, fill_of
from reporting.boards.page import Key
from reporting.indicators import periods
from reporting.observations.places import Place
from reporting.observations.queries import areas_of
from reporting.observations.series import Series, Value
from ui.charts.frame import MapFrame, extent_of
from ui.charts.scale import Axis

WIDTH = 400
ROW = 24
NAME_WIDTH, NUMBER_WIDTH = 96, 74
LINE_HEIGHT, TOP, LEFT, RIGHT = 190, 14, 52, 12
MAP_WIDTH, MAP_TALLEST = 400, 420
MAP_DETAIL = 0.6
LABEL_ROOM = 24
"""Narrower areas (units of the drawing) have no name on the map; it is said when they are pointed at."""
MOST_POINTS = 24
MOST_CELL_POINTS = 13
LEAST_BAND = 5
CELL_WIDTH, CELL_HEIGHT, COLUMNS = 128, 74, 3

NAME_WIDEST = 170
RADII = (3.5, 5.0, 7.0, 9.5, 12.5)
"""Of the classes of a circle, from few to many."""
NO_DATA_RADIUS = 2.5

type Address = Callable[[Any], str]
"""Of a place (area, point or feature): where a click on it leads."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A number ready to be shown: with its decimals, or the words for not enough data."""

    number: Decimal | None
    text: str


def bars(rows: Sequence[tuple[Place, Value]], series: Series, address: Address, chosen: Area | None) -> str:
    """One bar an area, the largest first, each leading to its rows; areas without enough data say so."""
    known = [(area, value) for area, value in rows if value.shown is not None]
    known.sort(key=lambda pair: -(pair[1].shown or 0))
    unknown = [(area, value) for area, value in rows if value.shown is None]
    numbers = [float(value.shown or 0) for _area, value in known] or [0.0]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    names = _name_width([area.name for area, _value in rows])
    axis = Axis(low, high if high > low else low + 1, names, WIDTH - NUMBER_WIDTH)
    lines = []
    for place, (area, value) in enumerate([*known, *unknown]):
        number = float(value.shown or 0)
        ends = sorted((axis.at(0), axis.at(number)))
        lines.append({
            "area": area, "name": _cut(area.name, names - 12), "y": place * ROW, "x": ends[0],
            "width": round(ends[1] - ends[0], 1), "text": number_text(series, value), "url": address(area),
            "chosen": chosen == area, "known": value.shown is not None, "plan": _within(axis, value.plan),
        })  # fmt: skip
    context = {
        "lines": lines, "width": WIDTH, "height": ROW * len(lines) + 4, "name_x": names - 6, "row": ROW,
        "number_x": WIDTH - 2, "caption": series.indicator.title, "unit": series.indicator.unit, "zero": axis.at(0),
    }  # fmt: skip
    return render_to_string("reporting/boards/bars.svg", context)


def _text_width(text: str) -> int:
    """About how wide a name is at 12 units: a Chinese character is a square, a Latin letter half of one."""
    return sum(12 if ord(letter) > 0x2E7F else 7 for letter in text)


def _name_width(names: Sequence[str]) -> int:
    """Room for the longest name, within bounds."""
    return min(NAME_WIDEST, max(NAME_WIDTH, *(_text_width(name) + 12 for name in names), 0))


def _cut(name: str, room: int) -> str:
    """A name that fits; what is cut off is in the title."""
    if _text_width(name) <= room:
        return name
    while name and _text_width(name) + 12 > room:
        name = name[:-1]
    return f"{name}…"


def _within(axis: Axis, plan: Decimal | None) -> float | None:
    """Where the mark of a plan stands; None without one, or where it lies outside the drawing."""
    return None if plan is None or not axis.low <= float(plan) <= axis.high else axis.at(float(plan))


def number_text(series: Series, value: Value | Decimal | None) -> str:
    """A value with the indicator's decimals; "数据不足" where it must not be shown."""
    if isinstance(value, Value):
        if not value.enough:
            return _("数据不足")
        value = value.shown
    return _("无数据") if value is None else f"{value:,.{series.indicator.decimals}f}"


def line(series: Series, values: Mapping[date, Value], until: date, *, spread: bool) -> str:
    """The values up to a period as a line, the plan dashed, behind it the middle half of all areas."""
    indicator = series.indicator
    days = [periods.shift(indicator.period_kind, until, -back) for back in reversed(range(MOST_POINTS))]
    while len(days) > 2 and days[0] not in values:
        days.pop(0)
    numbers = [number for day in days for number in _numbers(values.get(day))]
    bands = {day: band for day in days if spread and (band := _middle_half(series, day))}
    numbers += [number for band in bands.values() for number in band]
    if not numbers:
        return ""
    across = Axis(0, max(1, len(days) - 1), LEFT, WIDTH - RIGHT)
    up = _axis_of(numbers, 100.0 if indicator.unit == "%" and max(numbers) <= 100 else None)
    context = {
        "width": WIDTH, "height": LINE_HEIGHT + 24, "left": LEFT, "right": WIDTH - RIGHT, "base": LINE_HEIGHT,
        "caption": indicator.title,
        "ticks": [(up.at(tick), f"{tick:,.{_decimals(up)}f}") for tick in (up.low, (up.low + up.high) / 2, up.high)],
        "labels": _labels(indicator.period_kind, days, across),
        "pieces": _pieces(days, values, across, up),
        "plan": " ".join(f"{across.at(n)},{up.at(float(values[d].plan or 0))}"
                         for n, d in enumerate(days) if d in values and values[d].plan is not None),
        "band": _band(days, bands, across, up),
        "marks": [
            {"x": across.at(n), "y": up.at(float(values[d].shown or 0)), "last": d == until,
             "words": f"{periods.name_of(indicator.period_kind, d)} {number_text(series, values[d])}{indicator.unit}"}
            for n, d in enumerate(days) if d in values and values[d].shown is not None
        ],
    }  # fmt: skip
    return render_to_string("reporting/boards/line.svg", context)


def _numbers(value: Value | None) -> list[float]:
    return [] if value is None else [float(part) for part in (value.shown, value.plan) if part is not None]


def _axis_of(numbers: Sequence[float], most: float | None) -> Axis:
    """An axis with air above and below; a share ends at its most."""
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1
    low = 0.0 if 0 <= low < high * 0.5 else low - room
    return Axis(low, high + room if most is None else min(high + room, most), LINE_HEIGHT, TOP)


def _decimals(axis: Axis) -> int:
    return 0 if axis.high - axis.low >= 10 else 1 if axis.high - axis.low >= 1 else 2


def _middle_half(series: Series, day: date) -> tuple[float, float] | None:
    known = [float(value.shown) for value in series.of_all(day).values() if value.shown is not None]
    if len(known) < LEAST_BAND:
        return None
    low, _middle, high = quantiles(known, n=4, method="inclusive")
    return low, high


def _labels(kind: str, days: Sequence[date], across: Axis) -> list[tuple[float, str, str]]:
    places = sorted({0, (len(days) - 1) // 2, len(days) - 1})
    anchors = {0: "start", len(days) - 1: "end"}
    return [(across.at(place), periods.text_of(kind, days[place]), anchors.get(place, "middle")) for place in places]


def _pieces(days: Sequence[date], values: Mapping[date, Value], across: Axis, up: Axis) -> list[str]:
    """The line, broken where a period has no value."""
    pieces: list[list[str]] = [[]]
    for place, day in enumerate(days):
        shown = values[day].shown if day in values else None
        if shown is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{across.at(place)},{up.at(float(shown))}")
    return [" ".join(piece) for piece in pieces if piece]


def _band(days: Sequence[date], bands: Mapping[date, tuple[float, float]], across: Axis, up: Axis) -> str:
    held = [(across.at(place), bands[day]) for place, day in enumerate(days) if day in bands]
    if len(held) < 2:
        return ""
    lows, highs = ([f"{x},{up.at(band[side])}" for x, band in held] for side in (0, 1))
    return " ".join([*highs, *reversed(lows)])


def multiples(rows: Sequence[tuple[Place, Mapping[date, Value]]], series: Series, until: date, address: Address) -> str:
    """A small line for each area, all on the same scale."""
    kind = series.indicator.period_kind
    days = [periods.shift(kind, until, -back) for back in reversed(range(MOST_CELL_POINTS))]
    numbers = [
        float(values[day].shown or 0)
        for _a, values in rows
        for day in days
        if day in values and values[day].shown is not None
    ]
    if not numbers:
        return ""
    low, high = min(numbers), max(numbers)
    cells = []
    for place, (area, values) in enumerate(rows):
        left, top = place % COLUMNS * (CELL_WIDTH + 8), place // COLUMNS * (CELL_HEIGHT + 10)
        across = Axis(0, len(days) - 1, left + 2, left + CELL_WIDTH - 2)
        up = Axis(low, high if high > low else low + 1, top + CELL_HEIGHT - 6, top + 22)
        last = next((values[day] for day in reversed(days) if day in values), Value(None))
        cells.append({
            "area": area, "name": _cut(area.name, CELL_WIDTH - 8 - _text_width(number_text(series, last))), "x": left,
            "y": top, "url": address(area), "text": number_text(series, last),
            "pieces": _pieces(days, values, across, up),
        })  # fmt: skip
    height = (len(rows) + COLUMNS - 1) // COLUMNS * (CELL_HEIGHT + 10)
    context = {
        "cells": cells,
        "width": WIDTH,
        "height": height,
        "cell_width": CELL_WIDTH,
        "cell_height": CELL_HEIGHT,
        "caption": series.indicator.title,
    }
    return render_to_string("reporting/boards/multiples.svg", context)


def district_map(
    values: Mapping[int, Value],
    areas: Sequence[Any],
    classes: Classes,
    caption: str,
    words: Callable[[Area], str],
    address: Address,
    chosen: Area | None = None,
    *,
    user: Asker = None,
) -> str:
    """Each area in the colour of its class, with its number; a hatch where there is no data. Empty without outlines."""
    drawn, extent = [(area, area.geom) for area in areas if area.geom is not None], extent_of(_lands(user))
    if not drawn or extent is None:
        return ""
    frame = MapFrame.as_wide(extent, MAP_WIDTH, margin=6, tallest=MAP_TALLEST)
    count = len(classes.inner) + 1
    shapes = []
    for area, geom in drawn:
        value = values.get(area.pk)
        number = value.shown if value is not None else None
        place = classes.of(number)
        point = area.point or geom.point_on_surface
        x, y = frame.at(point.x, point.y)
        fill = fill_of(place, count)
        shapes.append({
            "area": area, "path": frame.path(geom, detail=MAP_DETAIL, clip=False), "fill": fill, "x": x, "y": y,
            "ink": dict(zip(FILLS, INKS, strict=True)).get(fill, "#44555e"), "words": words(area), "url": address(area),
            "chosen": chosen == area, "known": place is not None,
            "label": area.name[:2] if _width(frame, geom) >= LABEL_ROOM else "",
        })  # fmt: skip
    shapes.sort(key=lambda shape: bool(shape["chosen"]))
    context = {"shapes": shapes, "width": MAP_WIDTH, "height": frame.height, "caption": caption}
    return render_to_string("reporting/boards/map.svg", context)


def _lands(user: Asker) -> list[GEOSGeometry]:
    """The outlines of the districts that `user` is shown."""
    return [area.geom for area in districts_shown(user) if area.geom is not None]


def _width(frame: MapFrame, geom: GEOSGeometry) -> float:
    west, _south, east, _north = geom.extent
    return (east - west) * frame.per_x


def circle_map(
    values: Mapping[int, Value],
    places: Sequence[Place],
    classes: Classes,
    caption: str,
    words: Callable[[Any], str],
    address: Address,
    chosen: Area | None = None,
    *,
    user: Asker = None,
) -> str:
    """Graduated circles over the outlines of the towns: larger and darker is more, a small ring has no data."""
    lands = _lands(user)
    if (extent := extent_of(lands)) is None:
        return ""
    frame = MapFrame.as_wide(extent, MAP_WIDTH, margin=16, tallest=MAP_TALLEST)
    towns = [(town, town.geom) for town in areas_of(Area.Level.TOWN, user) if town.geom is not None]
    outlines = [
        {"path": frame.path(geom, detail=MAP_DETAIL, clip=False), "chosen": town == chosen} for town, geom in towns
    ]
    whole = [{"path": frame.path(land, detail=MAP_DETAIL, clip=False), "chosen": False} for land in lands]
    outlines = outlines or whole
    count = len(classes.inner) + 1
    circles: list[dict[str, Any]] = []
    for place in places:
        spot = place.point or (place.geom.point_on_surface if place.geom is not None else None)
        if spot is None:
            continue
        value = values.get(place.pk)
        number = classes.of(value.shown if value is not None else None)
        x, y = frame.at(spot.x, spot.y)
        circles.append({
            "x": x, "y": y, "r": radius_of(number, count), "fill": fill_of(number, count), "words": words(place),
            "url": address(place), "known": number is not None, "chosen": place == chosen,
        })  # fmt: skip
    circles.sort(key=lambda circle: -circle["r"])  # small ones stay on top
    outlines.sort(key=lambda outline: bool(outline["chosen"]))
    context = {"outlines": outlines, "circles": circles, "width": MAP_WIDTH, "height": frame.height, "caption": caption}
    return render_to_string("reporting/boards/circles.svg", context)


def radius_of(number: int | None, count: int) -> float:
    """The radius of a class of circles; few classes take radii from the whole range."""
    if number is None:
        return NO_DATA_RADIUS
    if count == 1:
        return RADII[2]
    return RADII[number if count >= len(RADII) else round(number * (len(RADII) - 1) / (count - 1))]


def _range_text(low: float, high: float, decimals: int) -> str:
    """From and to of a class, of whole numbers up to the one before the next; one number where they are the same."""
    texts = [f"{number:,.{decimals}f}" for number in (low, max(low, high))]
    return " – ".join(dict.fromkeys(texts))


def legend(classes: Classes, decimals: int, *, circles: bool = False) -> list[Key]:
    """The classes as colour and words, and the colour for no data; of circles with their radius."""
    count = len(classes.inner) + 1
    bounds = [classes.lowest, *classes.inner, classes.highest]
    counts = decimals == 0 and all(float(bound).is_integer() for bound in bounds)
    rows = [
        Key(
            fill_of(place, count),
            _range_text(low, high - 1 if counts and place < len(classes.inner) else high, decimals),
            radius_of(place, count) if circles else 0,
        )
        for place, (low, high) in enumerate(classes.ranges())
    ]
    return [*rows, Key(NO_DATA, _("无数据或数据不足"), NO_DATA_RADIUS if circles else 0)]
