"""How exactly the place of a finding is kept and shown."""

from django.contrib.gis.geos import Point

STORED_PLACES = 5
"""Decimals of degrees: about a metre."""
PUBLIC_PLACES = 4
"""In a public version about ten metres, enough to find a thing and not whose door it is at."""


def to_places(point: Point, places: int) -> Point:
    """Return a point in degrees with so many decimals.

    >>> to_places(Point(121.3456789, 29.8000049, srid=4326), STORED_PLACES).coords
    (121.34568, 29.8)
    """
    return Point(round(point.x, places), round(point.y, places), srid=point.srid)
