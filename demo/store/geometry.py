"""Planned shapes and places as the database takes them, EPSG:4326."""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from shapely.geometry.base import BaseGeometry

SRID = 4326


def to_geos(geometry: BaseGeometry) -> Any:
    """The same kind of geometry for the database; `Any`, for which kind it is only the caller knows."""
    return GEOSGeometry(memoryview(geometry.wkb), srid=SRID)


def to_point(place: tuple[float, float]) -> Point:
    return Point(*place, srid=SRID)
