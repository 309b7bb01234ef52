"""Where a row of a table lies: coordinate columns or WKT, however a bureau writes them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geokit.records.geometry_bytes import from_wkt
from geokit.wording import gettext as _

LNG_NAMES = ("lng", "lon", "long", "longitude", "经度", "东经", "x_wgs84", "point_x", "jd", "经度(°)", "经度（°）")
LAT_NAMES = ("lat", "latitude", "纬度", "北纬", "y_wgs84", "point_y", "wd", "纬度(°)", "纬度（°）")
X_NAMES = ("x", "easting", "x坐标", "横坐标", "东坐标", "坐标x")
Y_NAMES = ("y", "northing", "y坐标", "纵坐标", "北坐标", "坐标y")
WKT_NAMES = ("wkt", "geom", "geometry", "the_geom", "wkt_geom", "geom_wkt", "几何")
MAX_COLLECTIONS = 100
"""In one WKT. They nest, and the library reads them by recursion: a hundred thousand overflow its stack."""
# 121°33′12.5″, 121度33分12.5秒, 121°33'12.5"E; minutes and seconds may be left out.
ANGLE = re.compile(
    r"(?P<degrees>\d{1,3})\s*[°º度]\s*(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s*[′'’分]\s*)?"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:[″\"”秒]|''|′′)\s*)?(?P<side>[NSEWnsew])?"
)


@dataclass(frozen=True, slots=True)
class CoordinateColumns:
    """Which columns of a table tell the place: `wkt`, or `x` and `y`."""

    wkt: int | None
    x: int = -1
    y: int = -1
    degrees: bool = False
    """The columns call themselves longitude and latitude."""

    def geometry(self, row: Sequence[Any]) -> Any:
        """The row's geometry, None where it has none, or a sentence saying why it cannot be read."""
        if self.wkt is not None:
            return _from_wkt(_cell(row, self.wkt))
        cells = _cell(row, self.x), _cell(row, self.y)
        if not any(cells):
            return None
        numbers = [number_of(cell) for cell in cells]
        if None in numbers:
            return _("坐标“%(x)s, %(y)s”不是数字。") % {"x": cells[0][:40], "y": cells[1][:40]}
        return shapely.Point(*numbers)

    def points(self, rows: Sequence[Sequence[Any]]) -> np.ndarray | None:
        """All rows at once where every cell is a plain number; None where they must be looked at one by one."""
        if self.wkt is not None:
            return None
        try:
            xy = np.array([(float(row[self.x]), float(row[self.y])) for row in rows])
        except (ValueError, TypeError, IndexError):
            return None
        return np.asarray(shapely.points(xy)) if np.isfinite(xy).all() else None


def find_coordinate_columns(header: Sequence[str]) -> CoordinateColumns | None:
    """The columns that tell the place, by their names; None where there are none."""
    names = [name.strip().lower() for name in header]
    if (wkt := _first(names, WKT_NAMES)) is not None:
        return CoordinateColumns(wkt)
    for east, north, degrees in ((LNG_NAMES, LAT_NAMES, True), (X_NAMES, Y_NAMES, False)):
        x, y = _first(names, east), _first(names, north)
        if x is not None and y is not None:
            return CoordinateColumns(None, x, y, degrees)
    return None


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((index for index, name in enumerate(names) if name in wanted), None)


def _cell(row: Sequence[Any], index: int) -> str:
    value = row[index] if index < len(row) else None
    return "" if value is None else str(value).strip()


def number_of(text: str) -> float | None:
    """A finite number, or degrees, minutes and seconds as degrees; None for anything else.

    >>> number_of("121°33′18″E"), number_of("29度30分"), number_of("east")
    (121.555, 29.5, None)
    """
    try:
        number = float(text)
    except ValueError:
        return _degrees(text)
    return number if math.isfinite(number) else None


def _degrees(text: str) -> float | None:
    found = ANGLE.fullmatch(text.strip().strip("东西南北经纬"))
    if not found:
        return None
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    value = float(found["degrees"]) + minutes / 60 + seconds / 3600
    return -value if (found["side"] or "").upper() in ("S", "W") else value


def _from_wkt(text: str) -> Any:
    if not text:
        return None
    if text.upper().count("COLLECTION") > MAX_COLLECTIONS:
        return _("“%s”不是能用的 WKT。") % text[:60]
    found = from_wkt(wkt_of(text))
    return found if found is not None else _("“%s”不是能用的 WKT。") % text[:60]


def wkt_of(text: str) -> str:
    """The text without the SRID that PostGIS writes before it."""
    text = text.strip()
    return text.partition(";")[2] if text.upper().startswith("SRID=") else text
