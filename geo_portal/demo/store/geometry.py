"""Planned shapes and places as the database takes them, EPSG:4326."""

from django.contrib.gis.geos import GEOSGeometry, Point
from shapely.geometry.base import BaseGeometry

SRID = 4326


def to_geos(geometry: BaseGeometry) -> GEOSGeometry:
    return GEOSGeometry(memoryview(geometry.wkb), srid=SRID)


def to_point(place: tuple[float, float]) -> Point:
    return Point(*place, srid=SRID)
