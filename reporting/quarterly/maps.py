"""Maps for paper, drawn here from the district's own areas, waters and points; nothing is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    signs = [_sign(frame, item) for item in sorted(items, key=lambda item: item.number)]
    return _draw(frame, towns, reaches, signs, _names(frame, towns, signs), caption)


def town_map(
    town: Area, towns: Sequence[Area], reaches: Sequence[Reach], items: Sequence[PointPeriod], caption: str
) -> Drawing:
    """One town among its neighbours; its points carry the numbers of the table beside it."""
    extent = _grown(extent_of([town.geom or town.point] + [item.point.geom for item in items]) or bounds())
    frame = MapFrame.as_wide(extent, WIDTH, margin=MARGIN, tallest=TOWN_HEIGHT)
    signs = [_sign(frame, item, str(place) if place <= NUMBERED else "") for place, item in enumerate(items, start=1)]
    return _draw(frame, towns, reaches, signs, [], caption, own=town)


def _grown(extent: tuple[float, float, float, float], share: float = 0.05) -> tuple[float, float, float, float]:
    west, south, east, north = extent
    x, y = (east - west) * share, (north - south) * share
    return west - x, south - y, east + x, north + y


def _sign(frame: MapFrame, item: PointPeriod, label: str = "") -> Sign:
    x, y = frame.at(item.point.geom.x, item.point.geom.y)
    is_small = item.point.kind == MonitoringPoint.Kind.SMALL
    return Sign(x, y, item.number, SMALL_RADIUS if is_small else SECTION_RADIUS, label)


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


def _outline(frame: MapFrame, town: Area, own: Area | None) -> dict[str, Any]:
    return {"path": frame.path(town.geom, detail=DETAIL, clip=False), "is_own": own is None or town.pk == own.pk}


def _draw(
    frame: MapFrame,
    towns: Sequence[Area],
    reaches: Sequence[Reach],
    signs: list[Sign],
    names: list[Name],
    caption: str,
    own: Area | None = None,
) -> Drawing:
    bar = frame.scale_bar(1 / 6)
    context = {
        "width": WIDTH,
        "height": frame.height,
        "towns": [
            {"path": frame.path(town.geom, detail=DETAIL, clip=False), "is_own": own is None or town.pk == own.pk}
            for town in towns
        ],
        "waters": [frame.path(reach.geom, detail=DETAIL, clip=False) for reach in reaches],
        "signs": signs,
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
