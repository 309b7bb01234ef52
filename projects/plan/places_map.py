"""A close drawing of a project's places with the waters and borders around, for print and for readers without a map."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.core.cache import cache
from django.utils.translation import gettext as _

from accounts.models import Area
from projects.plan.models import Project, ProjectPlace
from projects.signals import basemap_requested

WIDTH, HEIGHT = 640, 400
MIN_WIDTH_M = 1600
MARGIN_FACTOR = 1.35
"""How much wider than the places themselves the drawing is."""
M_PER_DEGREE = 111_320.0
TOLERANCE = 0.4
"""Corners closer together than this (units of the drawing) are left out."""
SCALES_M = (100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000, 20_000)
CACHE_SECONDS = 600


@dataclass(frozen=True)
class Shape:
    """One place: where its number stands, and its outline when it is a line or an area."""

    number: int
    name: str
    kind: str
    x: float
    y: float
    path: str = ""
    done: bool = False


@dataclass(frozen=True)
class PlacesMap:
    """What ``projects/_places_drawing.html`` draws; coordinates run from 0 to `width` and `height`, downwards."""

    shapes: tuple[Shape, ...]
    waters: tuple[str, ...]
    borders: tuple[str, ...]
    scale_m: int
    scale_width: float
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def scale_words(self) -> str:
        """The scale bar's length in words."""
        if self.scale_m < 1000:
            return _("%(number)d 米") % {"number": self.scale_m}
        return _("%(number)d 千米") % {"number": self.scale_m // 1000}


@dataclass(frozen=True)
class _Frame:
    """From degrees to the drawing."""

    west: float
    north: float
    per_x: float
    per_y: float
    box: Polygon = field(compare=False)

    def at(self, x: float, y: float) -> tuple[float, float]:
        return round((x - self.west) * self.per_x, 1), round((self.north - y) * self.per_y, 1)

    def path(self, geom: GEOSGeometry) -> str:
        """Return the part of a line or area within the drawing as an SVG path; empty for none of it."""
        inside = geom.intersection(self.box).simplify(TOLERANCE / self.per_x, preserve_topology=True)
        return "".join(self._one(part) for part in _single_parts(inside))

    def _one(self, geom: Any) -> str:
        if geom.geom_type == "Polygon":
            return "".join(self._line(ring) + "Z" for ring in geom)
        return self._line(geom) if geom.geom_type in ("LineString", "LinearRing") else ""

    def _line(self, corners: Iterable[tuple[float, ...]]) -> str:
        points = (self.at(corner[0], corner[1]) for corner in corners)
        return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)


def places_map_of(project: Project, places: list[ProjectPlace]) -> PlacesMap:
    """Draw `places`, or the project's own geometry when it has none listed. Kept for ten minutes."""
    key = f"project-drawing:{project.pk}:{project.updated_at.timestamp()}:{len(places)}"
    drawn: PlacesMap | None = cache.get(key)
    if drawn is None:
        drawn = _draw_map(project, places)
        cache.set(key, drawn, CACHE_SECONDS)
    return drawn


def _draw_map(project: Project, places: list[ProjectPlace]) -> PlacesMap:
    frame = _frame(_extent([place.geom for place in places] or [project.geom]))
    if places:
        shapes = tuple(_shape(frame, p.number, p.name, p.geom, p.marker, bool(p.done_on)) for p in places)
    else:
        shapes = (_shape(frame, 0, project.name, project.geom, project.marker, False),)
    scale_m, scale_width = _scale(frame)
    return PlacesMap(shapes, _waters(frame), _borders(frame), scale_m, scale_width)


def _shape(frame: _Frame, number: int, name: str, geom: GEOSGeometry, marker: Any, done: bool) -> Shape:
    x, y = frame.at(marker.x, marker.y)
    kind = {"Point": "point", "MultiPoint": "point", "LineString": "line", "MultiLineString": "line"}.get(
        geom.geom_type, "area"
    )
    return Shape(number, name, kind, x, y, "" if kind == "point" else frame.path(geom), done)


def _extent(geoms: list[GEOSGeometry]) -> tuple[float, float, float, float]:
    boxes = [geom.extent for geom in geoms]
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _frame(extent: tuple[float, float, float, float]) -> _Frame:
    """Centre on the places, wide enough for their surroundings, in the drawing's own proportions."""
    west, south, east, north = extent
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    # A degree of longitude is shorter than one of latitude by cos(latitude).
    shrink = cos(radians(middle_y))
    across_m, along_m = (east - west) * M_PER_DEGREE * shrink, (north - south) * M_PER_DEGREE
    width_m = max(MIN_WIDTH_M, across_m * MARGIN_FACTOR, along_m * MARGIN_FACTOR * WIDTH / HEIGHT)
    half_x = width_m / M_PER_DEGREE / shrink / 2
    half_y = width_m * HEIGHT / WIDTH / M_PER_DEGREE / 2
    box = Polygon.from_bbox((middle_x - half_x, middle_y - half_y, middle_x + half_x, middle_y + half_y))
    box.srid = 4326
    return _Frame(middle_x - half_x, middle_y + half_y, WIDTH / (2 * half_x), HEIGHT / (2 * half_y), box)


def _scale(frame: _Frame) -> tuple[int, float]:
    """Return a round length in metres that takes at most a quarter of the width, and how wide it is drawn."""
    per_m = frame.per_y / M_PER_DEGREE
    fitting = [metres for metres in SCALES_M if metres * per_m <= WIDTH / 4]
    metres = fitting[-1] if fitting else SCALES_M[0]
    return metres, round(metres * per_m, 1)


def _waters(frame: _Frame) -> tuple[str, ...]:
    answers: Any = basemap_requested.send(PlacesMap, box=frame.box)
    found = [geom for _receiver, geoms in answers for geom in geoms]
    return tuple(path for path in map(frame.path, found) if path)


def _borders(frame: _Frame) -> tuple[str, ...]:
    towns = Area.objects.filter(level=Area.Level.TOWN, geom__intersects=frame.box).only("geom")
    lines = (frame.path(town.geom.boundary) for town in towns if town.geom)
    return tuple(path for path in lines if path)


def _single_parts(geom: GEOSGeometry) -> Iterable[Any]:
    """The lines and polygons that a geometry is made of."""
    if geom.geom_type.startswith("Multi") or geom.geom_type == "GeometryCollection":
        for part in geom:  # type: ignore[attr-defined]
            yield from _single_parts(part)
    else:
        yield geom
