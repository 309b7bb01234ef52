"""A small drawing of the district with one place marked, for readers without a map (no script, print)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.gis.geos import GEOSGeometry, Point
from django.core.cache import cache
from django.db.models import Q

from accounts.directory.levels import districts
from accounts.directory.models import Area
from accounts.district import current, outline_rows
from ui.charts.frame import MapFrame, extent_of
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
    if geom is None:
        return None
    marker = marker_of(geom)
    if (frame := district_frame(_codes_around(marker))) is None:
        return None
    x, y = frame.at(marker.x, marker.y)
    return Locator(frame, x, y) if frame.frame.holds(x, y) else None


def _codes_around(marker: Point) -> tuple[str, ...]:
    """The district that a place is drawn in: with one district nothing is asked for it."""
    if not districts().several:
        return (current().code,)
    return tuple(outline_rows().filter(geom__intersects=marker).values_list("code", flat=True)[:1])


def district_frame(codes: Collection[str]) -> DistrictFrame | None:
    """Return the drawing of districts and their towns, kept for an hour; None while no outline is known."""
    key = "district-frame:" + ",".join(codes)
    frame = cache.get(key)
    if frame is None:
        frame = _draw(Area.objects.filter(code__in=codes, geom__isnull=False))
        cache.set(key, frame, KEPT_SECONDS)
    return frame


def _draw(areas: Iterable[Area]) -> DistrictFrame | None:
    lands = [area.geom for area in areas if area.geom is not None]
    if (extent := extent_of(lands)) is None:
        return None
    frame = MapFrame.as_wide(extent, WIDTH, margin=MARGIN)
    inside = Q()
    for land in lands:
        inside |= Q(geom__within=land.envelope.buffer(0.02))
    towns = Area.objects.filter(inside, level=Area.Level.TOWN)
    outlines = tuple(_outline(frame, town.geom) for town in towns)
    return DistrictFrame(frame, " ".join(_outline(frame, land) for land in lands), outlines)


def _outline(frame: MapFrame, geom: GEOSGeometry | None) -> str:
    return frame.path(geom, detail=DETAIL, clip=False)
