"""A close map of a project's places with the waters and borders around, for print and for readers without a map."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.core.cache import cache

from accounts.areas.position import borders_in
from projects.plan.models import Project, ProjectPlace
from projects.signals import basemap_requested
from ui.charts.frame import MapFrame, ScaleBar, extent_of
from ui.plain_values import kept_in_cache

WIDTH, HEIGHT = 640, 400
MIN_WIDTH_M = 1600
MARGIN_FACTOR = 1.35
"""How much wider than the places themselves the map is."""
CACHE_SECONDS = 600
KINDS = {"Point": "point", "MultiPoint": "point", "LineString": "line", "MultiLineString": "line"}
"""How a geometry is drawn; everything else is an area."""


@kept_in_cache
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


@kept_in_cache
@dataclass(frozen=True)
class PlacesMap:
    """What ``projects/_places_map.html`` draws; coordinates run from 0 to `width` and `height`, downwards."""

    shapes: tuple[Shape, ...]
    waters: tuple[str, ...]
    borders: tuple[str, ...]
    scale: ScaleBar
    width: int = WIDTH
    height: int = HEIGHT


def places_map_of(project: Project, places: list[ProjectPlace]) -> PlacesMap:
    """Draw `places`, or the project's own geometry when it has none listed. Kept for ten minutes."""
    key = f"places-map:{project.pk}:{project.updated_at.timestamp()}:{len(places)}"
    drawn: PlacesMap | None = cache.get(key)
    if drawn is None:
        drawn = _draw_map(project, places)
        cache.set(key, drawn, CACHE_SECONDS)
    return drawn


def _draw_map(project: Project, places: list[ProjectPlace]) -> PlacesMap:
    extent = extent_of(place.geom for place in places) or project.geom.extent
    frame = MapFrame.around(extent, WIDTH, HEIGHT, least_m=MIN_WIDTH_M, room=MARGIN_FACTOR)
    if places:
        shapes = tuple(_shape(frame, p.number, p.name, p.geom, p.marker, bool(p.done_on)) for p in places)
    else:
        shapes = (_shape(frame, 0, project.name, project.geom, project.marker, False),)
    return PlacesMap(shapes, _waters(frame), borders_in(frame), frame.scale_bar())


def _shape(frame: MapFrame, number: int, name: str, geom: GEOSGeometry, marker: Any, done: bool) -> Shape:
    x, y = frame.at(marker.x, marker.y)
    kind = KINDS.get(geom.geom_type, "area")
    return Shape(number, name, kind, x, y, "" if kind == "point" else frame.path(geom), done)


def _waters(frame: MapFrame) -> tuple[str, ...]:
    answers: Any = basemap_requested.send(PlacesMap, box=frame.box)
    found = [geom for _receiver, geoms in answers for geom in geoms]
    return tuple(path for path in map(frame.path, found) if path)
