"""Maps for paper, drawn here from the district's own areas, waters and points; nothing is fetched."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import Area
from reporting.quarterly.blocks import Drawing
from river_monitoring.models import MonitoringPoint, Reach
from river_monitoring.statistics.periods import PointPeriod
from ui.charts.chart import text_width

WIDTH = 660
MOST_HEIGHT = 470
TOWN_HEIGHT = 350
KEY_HEIGHT = 26
MARGIN = 14
FINE_DEG = 0.0004
"""Borders and waters are simplified by so many degrees (about 40 m): less than a dot on paper."""
SECTION_RADIUS, SMALL_RADIUS = 6.4, 4.6
NAME_SIZE = 11
KEYS = (1, 2, 3, 4, 5, 6, 0)
SCALES_KM = (20, 10, 5, 2, 1, 0.5, 0.2)


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


class Frame:
    """A stretch of the earth on paper: longitude and latitude to pixels, true to scale in its middle."""

    def __init__(self, extent: tuple[float, float, float, float], tallest: int = MOST_HEIGHT) -> None:
        west, south, east, north = extent
        self.west, self.north = west, north
        self.squeeze = math.cos(math.radians((south + north) / 2))
        across, up = (east - west) * self.squeeze, north - south
        inner = WIDTH - 2 * MARGIN
        self.scale = min(inner / across, (tallest - 2 * MARGIN) / up)
        self.left = MARGIN + (inner - across * self.scale) / 2
        self.height = math.ceil(up * self.scale + 2 * MARGIN)
        self.extent = extent

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (
            round(self.left + (x - self.west) * self.squeeze * self.scale, 1),
            round(MARGIN + (self.north - y) * self.scale, 1),
        )

    def path(self, geometry: GEOSGeometry | None) -> str:
        """The geometry's lines as an SVG path; polygons are closed."""
        if geometry is None:
            return ""
        thin: Any = geometry.simplify(FINE_DEG, preserve_topology=True)
        return "".join(self._run(run) for run in _runs(thin.coords))

    def _run(self, run: Sequence[tuple[float, ...]]) -> str:
        pixels = [self.at(point[0], point[1]) for point in run]
        closed = "Z" if run[0] == run[-1] else ""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in pixels) + closed

    @property
    def scale_bar(self) -> tuple[float, str]:
        """A round length that fills less than a sixth of the map: pixels and words."""
        per_km = self.scale / 111.32
        length = next((km for km in SCALES_KM if km * per_km <= WIDTH / 6), SCALES_KM[-1])
        return round(length * per_km, 1), f"{length:g} km" if length >= 1 else f"{length * 1000:g} m"


def _runs(coordinates: Sequence) -> Iterable[Sequence]:
    """The lines in the coordinates of any geometry, however deep they lie."""
    if coordinates and isinstance(coordinates[0], (int, float)):
        return []
    if coordinates and isinstance(coordinates[0][0], (int, float)):
        return [coordinates]
    return [run for part in coordinates for run in _runs(part)]


def district_map(
    towns: Sequence[Area], reaches: Sequence[Reach], items: Sequence[PointPeriod], caption: str
) -> Drawing:
    """All towns with their names, waters, and every point by its class, the worst on top."""
    frame = Frame(_extent([town.geom for town in towns] + [item.point.geom for item in items]))
    signs = [_sign(frame, item) for item in sorted(items, key=lambda item: item.number)]
    return _draw(frame, towns, reaches, signs, _names(frame, towns, signs), caption)


def town_map(
    town: Area, towns: Sequence[Area], reaches: Sequence[Reach], items: Sequence[PointPeriod], caption: str
) -> Drawing:
    """One town among its neighbours; its points carry the numbers of the table beside it."""
    frame = Frame(_grown(_extent([town.geom or town.point] + [item.point.geom for item in items])), TOWN_HEIGHT)
    signs = [_sign(frame, item, str(place)) for place, item in enumerate(items, start=1)]
    return _draw(frame, towns, reaches, signs, [], caption, own=town)


def _extent(geometries: Iterable[GEOSGeometry | None]) -> tuple[float, float, float, float]:
    boxes = [geometry.extent for geometry in geometries if geometry is not None]
    if not boxes:
        return 121.1, 29.7, 121.6, 30.0
    wests, souths, easts, norths = zip(*boxes, strict=True)
    west, south, east, north = min(wests), min(souths), max(easts), max(norths)
    return west, south, max(east, west + 0.01), max(north, south + 0.01)


def _grown(extent: tuple[float, float, float, float], share: float = 0.05) -> tuple[float, float, float, float]:
    west, south, east, north = extent
    x, y = (east - west) * share, (north - south) * share
    return west - x, south - y, east + x, north + y


def _sign(frame: Frame, item: PointPeriod, label: str = "") -> Sign:
    x, y = frame.at(item.point.geom.x, item.point.geom.y)
    is_small = item.point.kind == MonitoringPoint.Kind.SMALL
    return Sign(x, y, item.number, SMALL_RADIUS if is_small else SECTION_RADIUS, label)


def _names(frame: Frame, towns: Sequence[Area], signs: Sequence[Sign]) -> list[Name]:
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


def _draw(
    frame: Frame,
    towns: Sequence[Area],
    reaches: Sequence[Reach],
    signs: list[Sign],
    names: list[Name],
    caption: str,
    own: Area | None = None,
) -> Drawing:
    length, words = frame.scale_bar
    context = {
        "width": WIDTH,
        "height": frame.height,
        "towns": [{"path": frame.path(town.geom), "is_own": own is None or town.pk == own.pk} for town in towns],
        "waters": [frame.path(reach.geom) for reach in reaches],
        "signs": signs,
        "names": names,
        "bar_length": length,
        "bar_words": words,
        "bar_end": WIDTH - MARGIN,
        "bar_start": round(WIDTH - MARGIN - length, 1),
        "schematic": _("示意图，界线不作划界依据") if any(town.is_schematic for town in towns) else "",
        "caption": caption,
        "keys": [(number, round(MARGIN + place * 92, 1)) for place, number in enumerate(KEYS)],
        "full_height": frame.height + KEY_HEIGHT,
        "clip": f"map-{own.code if own else 'district'}",
    }
    return Drawing(render_to_string("reporting/quarterly/map.svg", context), WIDTH, frame.height + KEY_HEIGHT, caption)
