"""A small drawing of the district with one place marked, for readers without a map (no script, print)."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, Point
from django.core.cache import cache

from accounts.directory.models import Area

WIDTH = 320
MARGIN = 6
TOLERANCE_DEGREES = 0.0008
"""About 80 m: less than half a unit of the drawing for a district 40 km wide."""
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Frame:
    """The district drawn: outlines as SVG paths, and how to get from degrees to the drawing."""

    west: float
    north: float
    x_scale: float
    y_scale: float
    height: int
    district: str
    towns: tuple[str, ...]

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where longitude `x`, latitude `y` is in the drawing."""
        return round((x - self.west) * self.x_scale + MARGIN, 1), round((self.north - y) * self.y_scale + MARGIN, 1)


@dataclass(frozen=True)
class Locator:
    """What ``ui/locator.html`` draws."""

    frame: Frame
    x: float
    y: float
    width: int = WIDTH


def marker_of(geom: GEOSGeometry) -> Point:
    """Return the point that stands for a place of any shape; always on the shape itself."""
    return geom if isinstance(geom, Point) else geom.point_on_surface


def locator_for(geom: GEOSGeometry | None) -> Locator | None:
    """Return the drawing for a place in EPSG:4326; None without a place or without the district's outline."""
    frame = district_frame()
    if geom is None or frame is None:
        return None
    marker = marker_of(geom)
    x, y = frame.place(marker.x, marker.y)
    inside = 0 <= x <= WIDTH and 0 <= y <= frame.height
    return Locator(frame, x, y) if inside else None


def district_frame() -> Frame | None:
    """Return the drawing of the district and its towns, kept for an hour; None while its outline is not known."""
    key = f"locator:{settings.DISTRICT_CODE}"
    frame = cache.get(key)
    if frame is None:
        frame = _draw_district()
        cache.set(key, frame, KEPT_SECONDS)
    return frame


def _draw_district() -> Frame | None:
    district = Area.objects.filter(code=settings.DISTRICT_CODE).first()
    if district is None or district.geom is None:
        return None
    west, south, east, north = district.geom.extent
    x_scale = (WIDTH - 2 * MARGIN) / (east - west)
    # A degree of latitude is longer than one of longitude by 1/cos(latitude).
    y_scale = x_scale / cos(radians((south + north) / 2))
    height = round((north - south) * y_scale) + 2 * MARGIN
    blank = Frame(west, north, x_scale, y_scale, height, "", ())
    towns = Area.objects.filter(level=Area.Level.TOWN, geom__within=district.geom.envelope.buffer(0.02))
    paths = tuple(_path(blank, town.geom) for town in towns)
    return Frame(west, north, x_scale, y_scale, height, _path(blank, district.geom), paths)


def _path(frame: Frame, geom: Any) -> str:
    simple = geom.simplify(TOLERANCE_DEGREES, preserve_topology=True)
    polygons = simple if simple.geom_type == "MultiPolygon" else [simple]
    return "".join(_ring(frame, ring) for polygon in polygons for ring in polygon)


def _ring(frame: Frame, ring: Iterable[tuple[float, ...]]) -> str:
    corners = (frame.place(corner[0], corner[1]) for corner in ring)
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in corners) + "Z"
