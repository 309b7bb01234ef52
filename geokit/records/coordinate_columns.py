"""Where a row of a table lies: coordinate columns or WKT, however a bureau writes them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geokit.records.geometry_bytes import from_wkt
from geokit.refusal import BadInput
from geokit.wording import gettext as _

LNG_NAMES = ("lng", "lon", "long", "longitude", "经度", "东经", "x_wgs84", "point_x", "jd")
LAT_NAMES = ("lat", "latitude", "纬度", "北纬", "y_wgs84", "point_y", "wd")
X_NAMES = ("x", "easting", "east", "x坐标", "横坐标", "东坐标", "坐标x")
Y_NAMES = ("y", "northing", "north", "y坐标", "纵坐标", "北坐标", "坐标y")
WKT_NAMES = ("wkt", "geom", "geometry", "the_geom", "wkt_geom", "geom_wkt", "几何")
ENDINGS = (
    (
        re.compile(r"(经度|經度|东经|longitude|lng|lon)(坐标|值|数值)?$"),
        re.compile(r"(纬度|緯度|北纬|latitude|lat)(坐标|值|数值)?$"),
        True,
    ),
    (
        re.compile(r"(x坐标|坐标x|横坐标|东坐标|^.*[点心标_]x)$"),
        re.compile(r"(y坐标|坐标y|纵坐标|北坐标|^.*[点心标_]y)$"),
        False,
    ),
)
"""How names of longitude and latitude, and of x and y, end: `中心点经度`, `GPS经度`, `中心点X`."""
UNITS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
CHINA = ((73.0, 136.0), (3.0, 54.0))
"""Longitudes and latitudes of China in whole degrees; the two do not meet."""
MAX_COLLECTIONS = 100
"""In one WKT. They nest, and the library reads them by recursion: a hundred thousand overflow its stack."""
LONGEST_ANGLE = 40
PLAIN_NUMBER = re.compile(r"\d{1,3}(\.\d+)?")
WKT_START = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|CURVE|SURFACE|CURVEPOLYGON|CIRCULARSTRING|COMPOUNDCURVE"
    r"|GEOMETRYCOLLECTION)\s*(Z|M|ZM)?\s*\(",
    re.IGNORECASE,
)
# 121°33′12.5″, 121度33分12.5秒, 121°33'12.5"E; minutes and seconds may be left out.
ANGLE = re.compile(
    r"(?P<degrees>\d{1,3})\s*[°º˚度d]\s*(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s*(?:[′'’‘´`＇分m]\s*)?)?"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:[″\"”“＂秒s]|''|′′|’’)?\s*)?"
)
# 121-33-12.5, 121:33:12.5, 121 33 12.5
PARTED = re.compile(
    r"(?P<degrees>\d{1,3})(?P<sign>[-:：\s])\s*(?P<minutes>\d{1,2})(?:(?P=sign)\s*(?P<seconds>\d{1,2}(?:\.\d+)?))?"
)
SIDES = {
    "东经": 1,
    "西经": -1,
    "北纬": 1,
    "南纬": -1,
    "E": 1,
    "W": -1,
    "N": 1,
    "S": -1,
    "东": 1,
    "西": -1,
    "北": 1,
    "南": -1,
}
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－：　", "0123456789.,-: ")


@dataclass(frozen=True, slots=True)
class CoordinateColumns:
    """Which columns of a table tell the place: `wkt`, or `x` and `y`."""

    wkt: int | None
    x: int = -1
    y: int = -1
    degrees: bool = False
    """The columns call themselves longitude and latitude."""
    others: tuple[str, ...] = ()
    """Further columns whose names are those of coordinates."""

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


@dataclass(frozen=True, slots=True)
class PlacedElsewhere(CoordinateColumns):
    """No column of the table tells the place; what it is joined to does."""

    def geometry(self, row: Sequence[Any]) -> None:
        return None

    def points(self, rows: Sequence[Sequence[Any]]) -> None:
        return None


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """The columns that a person names: `x` and `y` (longitude and latitude), or `wkt`."""

    x: str = ""
    y: str = ""
    wkt: str = ""
    elsewhere: bool = False
    """The place of a row comes from something else, whatever columns there are."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.x, self.y, self.wkt)))

    def find(self, header: Sequence[str]) -> CoordinateColumns:
        """Their places in `header`. Raises BadInput `field-unknown` or `option-invalid`."""
        for name in self.names:
            if name not in header:
                message = _("没有名为“%(name)s”的列。现有列：%(columns)s。")
                raise BadInput(message % {"name": name[:60], "columns": "、".join(header[:12])}, code="field-unknown")
        if self.wkt:
            return CoordinateColumns(header.index(self.wkt))
        if not (self.x and self.y) or self.x == self.y:
            raise BadInput(_("横坐标（经度）列和纵坐标（纬度）列要一起指明，并且不同。"), code="option-invalid")
        named = find_coordinate_columns([self.x, self.y])
        degrees = bool(named and named.degrees)
        return CoordinateColumns(None, header.index(self.x), header.index(self.y), degrees)


NOTHING_CHOSEN = ChosenColumns()


def find_coordinate_columns(header: Sequence[str]) -> CoordinateColumns | None:
    """The columns that tell the place, by their names; None where there are none."""
    names = [UNITS.sub("", name).strip().lower().replace(" ", "") for name in header]
    if (wkt := _first(names, WKT_NAMES)) is not None:
        return CoordinateColumns(wkt)
    exact = ((LNG_NAMES, LAT_NAMES, True), (X_NAMES, Y_NAMES, False))
    for east, north, degrees in exact:
        x, y = _first(names, east), _first(names, north)
        if x is not None and y is not None:
            return CoordinateColumns(None, x, y, degrees)
    for ends_east, ends_north, degrees in ENDINGS:
        easts = [place for place, name in enumerate(names) if ends_east.search(name)]
        norths = [place for place, name in enumerate(names) if ends_north.search(name)]
        if easts and norths:
            others = tuple(header[place] for place in (*easts[1:], *norths[1:]))
            return CoordinateColumns(None, easts[0], norths[0], degrees, others)
    return None


def columns_by_values(rows: Sequence[Sequence[Any]]) -> CoordinateColumns | None:
    """The one column of longitudes and the one of latitudes of China, or the one of WKT, in rows without a head."""
    width = max(map(len, rows), default=0)
    cells = [[_cell(row, place) for row in rows] for place in range(width)]
    wkt = [
        place for place, column in enumerate(cells) if all(map(looks_like_wkt, filter(None, column))) and any(column)
    ]
    if len(wkt) == 1:
        return CoordinateColumns(wkt[0])
    found = [[place for place, column in enumerate(cells) if _all_within(column, *edges)] for edges in CHINA]
    return CoordinateColumns(None, found[0][0], found[1][0]) if [len(places) for places in found] == [1, 1] else None


def _all_within(column: Sequence[str], low: float, high: float) -> bool:
    """Whether the cells are degrees with a fraction in the range: a count of houses is seldom that."""
    there = [cell for cell in column if cell]
    numbers = [number_of(cell) for cell in there]
    return bool(there) and all(
        number is not None and low <= number <= high and not number.is_integer() for number in numbers
    )


def looks_like_wkt(text: str) -> bool:
    return WKT_START.match(text) is not None


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
    if len(text) > LONGEST_ANGLE:
        return None
    plain, sign = text.translate(FULL_WIDTH).strip(), 1
    for word, side in SIDES.items():
        if plain.upper().startswith(word) or plain.upper().endswith(word):
            plain = plain.upper().removeprefix(word).removesuffix(word).strip(" :")
            sign = side
            break
    plain = plain.lower()
    bare = plain.rstrip("°º˚度 ")
    if (number := _plain_number(bare)) is not None:
        return sign * number if bare != text.strip().lower() else None
    found = ANGLE.fullmatch(plain) or PARTED.fullmatch(plain)
    if not found:
        return None
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    return sign * (float(found["degrees"]) + minutes / 60 + seconds / 3600)


def _plain_number(text: str) -> float | None:
    return float(text) if PLAIN_NUMBER.fullmatch(text) else None


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
