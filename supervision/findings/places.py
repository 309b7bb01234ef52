"""How exactly the place of a finding is kept and shown."""

from django.contrib.gis.db.models import PointField
from django.contrib.gis.db.models.functions import SnapToGrid
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
    # As `ST_SnapToGrid` rounds, half to even on the quotient: a place in the middle is not shown at two places.
    x, y = (round(round(number / 10**-places) * 10**-places, places) for number in (point.x, point.y))
    return Point(x, y, srid=point.srid)


class PublicPlace(SnapToGrid):
    """The place as the public may know it, of a column of points in degrees: what the map draws and windows filter by.

    A filter, a distance or a bound on the exact column would tell it to whoever asks often enough.
    """

    function = "ST_SnapToGrid"
    output_field = PointField(srid=4326)

    def __init__(self, column: str) -> None:
        super().__init__(column, 10**-PUBLIC_PLACES)


FARTHEST_OFF = 10**-PUBLIC_PLACES
"""Degrees by which a place is shown off its own at most, rounded up: so much wider an index is asked first."""
