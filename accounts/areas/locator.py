"""A small drawing of the district with one place marked, for readers without a map (no script, print)."""

from dataclasses import dataclass

from django.contrib.gis.geos import GEOSGeometry, Point
from django.core.cache import cache

from accounts.directory.models import Area
from accounts.district import area_rows, current
from ui.charts.frame import MapFrame
from ui.plain_values import kept_in_cache

WIDTH = 320
MARGIN = 6
DETAIL = 0.6
"""Corners closer together than this (units of the drawing) are left out: about 80 m of a district 40 km wide."""
KEPT_SECONDS = 3600


@kept_in_cache
@dataclass(frozen=True)
class DistrictFrame:
    """The district drawn: how to get from degrees to the drawing, and the outlines in it as SVG paths."""

    frame: MapFrame
    district: str
    towns: tuple[str, ...]

    @property
    def height(self) -> int:
        return self.frame.height

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place is in the drawing."""
        return self.frame.at(lon, lat)


@dataclass(frozen=True)
class Locator:
    """What ``ui/locator.html`` draws."""

    frame: DistrictFrame
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
    x, y = frame.at(marker.x, marker.y)
    return Locator(frame, x, y) if frame.frame.holds(x, y) else None


def district_frame() -> DistrictFrame | None:
    """Return the drawing of the district and its towns, kept for an hour; None while its outline is not known."""
    key = f"district-frame:{current().code}"
    frame = cache.get(key)
    if frame is None:
        frame = _draw_district()
        cache.set(key, frame, KEPT_SECONDS)
    return frame


def _draw_district() -> DistrictFrame | None:
    district = area_rows().first()
    if district is None or district.geom is None:
        return None
    frame = MapFrame.as_wide(district.geom.extent, WIDTH, margin=MARGIN)
    towns = Area.objects.filter(level=Area.Level.TOWN, geom__within=district.geom.envelope.buffer(0.02))
    outlines = tuple(_outline(frame, town.geom) for town in towns)
    return DistrictFrame(frame, _outline(frame, district.geom), outlines)


def _outline(frame: MapFrame, geom: GEOSGeometry | None) -> str:
    return frame.path(geom, detail=DETAIL, clip=False)
