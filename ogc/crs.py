"""Coordinate systems of the standard interface: their addresses, axes, and boxes in them.

The standard writes coordinates in the order of the authority: EPSG:4326 and 4490 are latitude first, the Gauss-Krüger
zones of CGCS2000 northing first; only CRS84 is longitude first. What is stored is longitude and latitude, WGS 84.
"""

from dataclasses import dataclass
from math import isfinite

from django.contrib.gis.geos import Polygon
from django.db.models import Q
from django.utils.translation import gettext as _

from geokit.geometry.bbox import parse_bbox
from geokit.refusal import BadInput

STORED_SRID = 4326
DECIMALS = {"degrees": 7, "metres": 3}
"""A centimetre, and a millimetre."""


@dataclass(frozen=True, slots=True)
class Crs:
    """One coordinate system that a client may ask for."""

    uri: str
    srid: int
    unit: str
    north_first: bool

    @property
    def decimals(self) -> int:
        return DECIMALS[self.unit]


def _epsg(code: int, unit: str, *, north_first: bool) -> Crs:
    return Crs(f"http://www.opengis.net/def/crs/EPSG/0/{code}", code, unit, north_first)


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", STORED_SRID, "degrees", north_first=False)
ZONES = range(4534, 4555)
"""CGCS2000, zones of three degrees without the zone's number: central meridians 75° to 135° east."""
SUPPORTED = (
    CRS84,
    _epsg(4326, "degrees", north_first=True),
    _epsg(4490, "degrees", north_first=True),
    _epsg(3857, "metres", north_first=False),
    *(_epsg(code, "metres", north_first=True) for code in ZONES),
)
_BY_NAME = {crs.uri: crs for crs in SUPPORTED} | {f"[EPSG:{crs.srid}]": crs for crs in SUPPORTED if crs is not CRS84}


def crs_named(name: str, parameter: str) -> Crs:
    """Return the system of that address, CRS84 for none. Raises BadInput `bad-crs`."""
    if not name:
        return CRS84
    if found := _BY_NAME.get(name):
        return found
    message = _("参数 %(parameter)s 的坐标系“%(name)s”不支持；可用的列在图层说明的 crs 里。")
    raise BadInput(message % {"parameter": parameter, "name": name[:80]}, code="bad-crs")


def box_condition(text: str, crs: Crs, geometry: str) -> Q:
    """Return what `bbox` says: four numbers in the axes of `crs`, or six with heights, which nothing here has.

    A box of degrees whose west is east of its east crosses the 180th meridian. Raises BadInput `bad-bbox`.
    """
    low_x, low_y, high_x, high_y = _corners(text, crs)
    if crs.unit == "metres":
        return _meets(geometry, (low_x, low_y, high_x, high_y), crs.srid)
    if low_x <= high_x:
        return _in_degrees(geometry, low_x, low_y, high_x, high_y)
    return _in_degrees(geometry, low_x, low_y, 180.0, high_y) | _in_degrees(geometry, -180.0, low_y, high_x, high_y)


def box_of_text(text: str) -> tuple[tuple[float, float, float, float], ...]:
    """Return the box of degrees that `text` says, longitude first: west, south, east, north; two where it crosses the
    180th meridian. Raises BadInput `bad-bbox`."""
    west, south, east, north = _corners(text, CRS84)
    if south > north:
        raise _bad(text)
    if west <= east:
        return ((west, south, east, north),)
    return (west, south, 180.0, north), (-180.0, south, east, north)


def _corners(text: str, crs: Crs) -> tuple[float, float, float, float]:
    """Return the box with x before y, whatever the axes of `crs`."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[0:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(isfinite(number) for number in numbers):
        raise _bad(text)
    first_low, second_low, first_high, second_high = numbers
    if crs.north_first:
        return second_low, first_low, second_high, first_high
    return first_low, second_low, first_high, second_high


def _in_degrees(geometry: str, west: float, south: float, east: float, north: float) -> Q:
    """A point or a line is a box too, for PostGIS only when it has an area: it is widened by less than a millimetre."""
    thin = 1e-9
    wider = (max(west - thin, -180.0), max(south - thin, -90.0), min(east + thin, 180.0), min(north + thin, 90.0))
    return _meets(geometry, parse_bbox(",".join(str(number) for number in wider)), STORED_SRID)


def _meets(geometry: str, corners: tuple[float, float, float, float], srid: int) -> Q:
    if corners[0] > corners[2] or corners[1] > corners[3]:
        raise _bad(",".join(str(number) for number in corners))
    box = Polygon.from_bbox(corners)
    box.srid = srid
    return Q(**{f"{geometry}__intersects": box})


def _bad(text: str) -> BadInput:
    message = _("范围“%s”不成立：须是四个或六个数字，按坐标系的轴序先写小的一角。") % text[:60]
    return BadInput(message, code="bad-bbox")
