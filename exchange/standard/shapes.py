"""Shapes in records: WKT in degrees (WGS 84), bounded in length, and valid, or the record is not as the standard says.

A text is checked in one pass, where the arrays of GeoJSON would be validated number by number: a package of 96 MB of
positions would keep a reader busy for minutes.
"""

import re
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from shapely.errors import GEOSException, ShapelyError

MOST = 100_000
"""Characters of a shape; 4,000 corners or so."""
PLACES = 6
"""Decimals of a degree, about 0.1 m."""
FORMAT = "wkt"
WORDS = re.compile(r"[A-Z]+ ?\([0-9., ()-]+\)")
AREAS = "POLYGON", "MULTIPOLYGON"
ALL = "POINT", "MULTIPOINT", "LINESTRING", "MULTILINESTRING", *AREAS
FIRST_TOLERANCE, LAST_TOLERANCE = 10**-PLACES, 0.02
"""Degrees; two kilometres off is another shape."""


def shape(*types: str) -> dict[str, Any]:
    """Return the JSON Schema of a shape of one of these types."""
    return {
        "type": "string", "maxLength": MOST, "format": FORMAT, "pattern": rf"^({'|'.join(types)}) ?\([0-9., ()-]+\)$",
    }  # fmt: skip


BORDER, SHAPE = shape(*AREAS), shape(*ALL)


def is_shape(text: Any) -> bool:
    """Return whether a text is a valid shape on the earth, two numbers a position; what is no text is none of ours."""
    if not isinstance(text, str):
        return True
    if len(text) > MOST or not WORDS.fullmatch(text):
        return False
    try:
        with np.errstate(invalid="ignore", over="ignore"):  # digits without end are no number; the bounds say so
            found = shapely.from_wkt(text)
    except (GEOSException, ShapelyError, ValueError):
        return False
    if found is None or found.is_empty or found.has_z or not found.is_valid:
        return False
    west, south, east, north = found.bounds
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def written(place: GEOSGeometry | None, types: tuple[str, ...] = ALL) -> str | None:
    """Write a shape, with fewer corners where it is too long.

    None where it is of no such type, or too long still (thousands of parts, of which none can go).
    """
    if place is None or place.geom_type.upper() not in types:
        return None
    found = shapely.set_precision(shapely.make_valid(shapely.from_wkb(bytes(place.wkb))), 10**-PLACES)
    tolerance = FIRST_TOLERANCE
    while len(text := shapely.to_wkt(found, rounding_precision=PLACES, trim=True, output_dimension=2)) > MOST:
        if tolerance > LAST_TOLERANCE:
            return None
        found = shapely.simplify(found, tolerance)
        tolerance *= 2
    return text if found.geom_type.upper() in types and is_shape(text) else None


def corners(text: str) -> int:
    """Return how many positions a shape has."""
    return int(shapely.get_num_coordinates(shapely.from_wkt(text)))
