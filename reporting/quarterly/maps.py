"""Maps for paper, drawn here from the district's own areas, waters and points; nothing is fetched."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.district import bounds, current
from accounts.models import Area
from reporting.quarterly.blocks import Drawing
from river_monitoring.models import MonitoringPoint, Reach
from river_monitoring.statistics.periods import PointPeriod
from ui.charts.chart import text_width
from ui.charts.frame import MapFrame, extent_of
from ui.tokens import SHAPES, water_class

WIDTH = 660
MOST_HEIGHT = 470
TOWN_HEIGHT = 350
KEY_HEIGHT = 26
MARGIN = 14
DETAIL = 0.6
"""Corners of borders and waters closer than so many pixels are left out: less than a dot on paper."""
SECTION_RADIUS, SMALL_RADIUS = 6.4, 4.6
NAME_SIZE = 11
NUMBERED = 200
"""So many points of a town bear the number of their row."""
CROWDED = 60
"""With more points, a number that would cover an earlier one is left out: neither could be read."""
NUMBER_SIZE = 10
SINGLE = 300
"""With more signs on a map, those of one class and size are one path: each by itself takes ten times longer to set."""
FULL_SIZE = 900
"""With more signs on a map they are drawn smaller, such that they cover about the same part of it."""
LEAST_SIZE = 0.4
KEYS = (1, 2, 3, 4, 5, 6, 0)


@dataclass(frozen=True, slots=True)
class Sign:
    """A point on the map: where, its class, size, and a number or nothing beside it."""

    x: float
    y: float
    number: int
    radius: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Signs:
    """All signs of one class and size, as one path."""

    number: int
    radius: float
    path: str

    @property
    def stroke(self) -> float:
        return round((0.2 if self.number else 0.34) * self.radius, 2)

    @property
    def dashes(self) -> str:
        """Of the ring of points without a class."""
        return f"{0.5 * self.radius:.2f} {0.3 * self.radius:.2f}"


@dataclass(frozen=True, slots=True)
class Name:
    x: float
    y: float
    text: str


def district_map(
    towns: Sequence[Area], reaches: Sequence[Reach], items: Sequence[PointPeriod], caption: str
) -> Drawing:
    """All towns with their names, waters, and every point by its class, the worst on top."""
    extent = extent_of([town.geom for town in towns] + [item.point.geom for item in items]) or bounds()
    frame = MapFrame.as_wide(extent, WIDTH, margin=MARGIN, tallest=MOST_HEIGHT)
    signs = sized([_sign(frame, item) for item in sorted(items, key=lambda item: item.number)])
    return _draw(frame, towns, reaches, signs, _names(frame, towns, signs), caption)


def town_map(
    town: Area, towns: Sequence[Area], reaches: Sequence[Reach], items: Sequence[PointPeriod], caption: str
) -> Drawing:
    """One town among its neighbours; its points carry the numbers of the table beside it."""
    extent = _grown(extent_of([town.geom or town.point] + [item.point.geom for item in items]) or bounds())
    frame = MapFrame.as_wide(extent, WIDTH, margin=MARGIN, tallest=TOWN_HEIGHT)
    signs = [_sign(frame, item, str(place) if place <= NUMBERED else "") for place, item in enumerate(items, start=1)]
    return _draw(frame, towns, reaches, legible(sized(signs)), [], caption, own=town)


def _grown(extent: tuple[float, float, float, float], share: float = 0.05) -> tuple[float, float, float, float]:
    west, south, east, north = extent
    x, y = (east - west) * share, (north - south) * share
    return west - x, south - y, east + x, north + y


def _sign(frame: MapFrame, item: PointPeriod, label: str = "") -> Sign:
    x, y = frame.at(item.point.geom.x, item.point.geom.y)
    is_small = item.point.kind == MonitoringPoint.Kind.SMALL
    return Sign(x, y, item.number, SMALL_RADIUS if is_small else SECTION_RADIUS, label)


def sized(signs: list[Sign]) -> list[Sign]:
    """The signs as large as their number allows."""
    if len(signs) <= FULL_SIZE:
        return signs
    factor = max(LEAST_SIZE, (FULL_SIZE / len(signs)) ** 0.5)
    return [replace(sign, radius=round(sign.radius * factor, 2)) for sign in signs]


def legible(signs: list[Sign]) -> list[Sign]:
    """The signs of a town; of a crowd the numbers that would cover an earlier one are left out."""
    if len(signs) <= CROWDED:
        return signs
    taken: list[tuple[float, float, float, float]] = []
    found = []
    for sign in signs:
        box = _number_box(sign)
        if sign.label and any(_overlap(box, other) for other in taken):
            sign = replace(sign, label="")
        elif sign.label:
            taken.append(box)
        found.append(sign)
    return found


def _number_box(sign: Sign) -> tuple[float, float, float, float]:
    left, foot = sign.x + 7, sign.y - 3
    return left - 2, foot - NUMBER_SIZE, left + text_width(sign.label, NUMBER_SIZE) + 2, foot


def merged(signs: Iterable[Sign]) -> list[Signs]:
    """A path for each class and size, the worst class on top."""
    groups: dict[tuple[int, float], list[str]] = defaultdict(list)
    for sign in signs:
        groups[sign.number, sign.radius].append(_outline(sign))
    return [Signs(*key, "".join(groups[key])) for key in sorted(groups)]


def _outline(sign: Sign) -> str:
    """A sign's shape around its place; a ring for a point without a class, as in the map's key."""
    corners = SHAPES.get(water_class(sign.number)["shape"])
    if corners:
        places = (f"{sign.x + x * sign.radius:.1f} {sign.y + y * sign.radius:.1f}" for x, y in corners)
        return f"M{'L'.join(places)}Z"
    radius = round(0.8 * sign.radius, 2)
    half = f"a{radius:g} {radius:g} 0 1 0"
    return f"M{sign.x - radius:.1f} {sign.y:g}{half} {2 * radius:g} 0{half} {-2 * radius:g} 0Z"


def _names(frame: MapFrame, towns: Sequence[Area], signs: Sequence[Sign]) -> list[Name]:
    """Towns' names where they cover neither each other nor, if it can be helped, a sign; the largest towns first."""
    taken: list[tuple[float, float, float, float]] = []
    found = []
    for town in sorted(towns, key=lambda town: -(town.geom.area if town.geom else 0)):
        place = town.point or (town.geom.point_on_surface if town.geom else None)
        if place is None:
            continue
        x, y = frame.at(place.x, place.y)
        half = text_width(town.name, NAME_SIZE) / 2
        x = min(max(x, half + 4), WIDTH - half - 4)
        boxes = [
            (x - half, y + shift - NAME_SIZE, x + half, y + shift + 3) for shift in (4, -9, 17, -22, 30, -35, 43, 56)
        ]
        free = [box for box in boxes if not any(_overlap(box, other) for other in taken)]
        if not free:
            continue
        box = min(free, key=lambda box: sum(_covers(box, sign) for sign in signs))
        taken.append(box)
        found.append(Name(round(x, 1), round(box[3] - 3, 1), town.name))
    return found


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _covers(box: tuple[float, float, float, float], sign: Sign) -> bool:
    return box[0] - 5 < sign.x < box[2] + 5 and box[1] - 5 < sign.y < box[3] + 5


def _ground(frame: MapFrame, towns: Sequence[Area], reaches: Sequence[Reach], own: Area | None) -> dict[str, Any]:
    """The towns and waters that the drawing shows a part of."""
    return {
        "towns": [
            {"path": frame.path(town.geom, detail=DETAIL, clip=False), "is_own": own is None or town.pk == own.pk}
            for town in towns
            if frame.meets(town.geom)
        ],
        "waters": [frame.path(reach.geom, detail=DETAIL, clip=False) for reach in reaches if frame.meets(reach.geom)],
    }


def _draw(
    frame: MapFrame,
    towns: Sequence[Area],
    reaches: Sequence[Reach],
    signs: list[Sign],
    names: list[Name],
    caption: str,
    own: Area | None = None,
) -> Drawing:
    bar, is_single = frame.scale_bar(1 / 6), len(signs) <= SINGLE
    context = _ground(frame, towns, reaches, own) | {
        "width": WIDTH,
        "height": frame.height,
        "signs": signs if is_single else [],
        "merged": [] if is_single else merged(signs),
        "labelled": [sign for sign in signs if sign.label],
        "names": names,
        "bar_length": bar.width,
        "bar_words": bar.words,
        "bar_end": WIDTH - MARGIN,
        "bar_start": round(WIDTH - MARGIN - bar.width, 1),
        "schematic": _("示意图，界线不作划界依据") if any(town.is_schematic for town in towns) else "",
        "caption": caption,
        "keys": [(number, round(MARGIN + place * 92, 1)) for place, number in enumerate(KEYS)],
        "full_height": frame.height + KEY_HEIGHT,
        "clip": f"map-{own.code if own else 'district'}",
    }
    svg = render_to_string("reporting/quarterly/map.svg", context)
    return Drawing(svg, WIDTH, frame.height + KEY_HEIGHT, caption, review_words())


def review_words() -> str:
    """``审图号：浙S(2026)1号``, where the district has entered one."""
    number = current().review_number
    return _("审图号：%(number)s") % {"number": number} if number else ""
