"""Which columns of a table tell the place: two of coordinates, or one that holds it whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geokit.records.angles import number_of
from geokit.records.coordinate_pairs import CHINA, LAT_LON, LON_LAT, bare_name, pair_of
from geokit.records.written_places import holds_place
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
UNITS = re.compile(r"[(（\[【][^)）\]】]{0,60}+[)）\]】]")
WHOLE = re.compile(
    r"坐标|座標|经纬|經緯|位置|定位|中心|lonlat|lnglat|latlon|latlng|location|position|coord|geom|shape|wk[bt]|point|gps"
)
"""In names of columns whose cells may hold a whole place; whether they do is told by the cells."""


@dataclass(frozen=True, slots=True)
class CoordinateColumns:
    """Which columns of a table tell the place: `cell`, or `x` and `y`."""

    cell: int | None
    """The column whose cells hold the whole place: WKT, WKB, or two coordinates."""
    x: int = -1
    y: int = -1
    degrees: bool = False
    """The columns call themselves longitude and latitude."""
    others: tuple[str, ...] = ()
    """Further columns whose names are those of coordinates."""

    def geometry(self, row: Sequence[Any]) -> Any:
        """The point of a row's two columns, None where it has none, or a sentence saying why it cannot be read."""
        cells = cell_of(row, self.x), cell_of(row, self.y)
        if not any(cells):
            return None
        numbers = [number_of(cell) for cell in cells]
        if None in numbers:
            return _("坐标“%(x)s, %(y)s”不是数字。") % {"x": cells[0][:40], "y": cells[1][:40]}
        return shapely.Point(*numbers)

    def points(self, rows: Sequence[Sequence[Any]]) -> np.ndarray | None:
        """All rows at once where every cell is a plain number; None where they must be looked at one by one."""
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
    """The columns that a person names: `x` and `y` (longitude and latitude), or `wkt`, which holds the whole place."""

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


def columns_by_name(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> CoordinateColumns | None:
    """The same, where names and cells agree; a column that is called like a geometry but holds none gives way."""
    found = find_coordinate_columns(header)
    if found is not None and found.cell is None:
        return found
    if found is None or found.cell is None:
        return _whole_by_name(header, rows)
    cells = [cell_of(row, found.cell) for row in rows]
    if not any(cells) or any(map(holds_place, cells)):
        return found
    rest = ["" if place == found.cell else name for place, name in enumerate(header)]
    return find_coordinate_columns(rest) or _whole_by_name(rest, rows) or found


def _whole_by_name(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> CoordinateColumns | None:
    """A column that is called like a place, and half of whose cells are one (`位置` is often an address)."""
    for place, name in enumerate(header):
        cells = [cell for row in rows if (cell := cell_of(row, place))] if WHOLE.search(bare_name(name)) else []
        if cells and 2 * sum(map(holds_place, cells)) >= len(cells):
            return CoordinateColumns(place)
    return None


def columns_by_values(rows: Sequence[Sequence[Any]]) -> CoordinateColumns | None:
    """In rows without a head: the one column of longitudes and the one of latitudes of China, or of whole places."""
    width = max(map(len, rows), default=0)
    cells = [[cell for row in rows if (cell := cell_of(row, place))] for place in range(width)]
    whole = [place for place, column in enumerate(cells) if column and all(map(is_surely_place, column))]
    if len(whole) == 1:
        return CoordinateColumns(whole[0])
    found = [[place for place, column in enumerate(cells) if _all_within(column, *edges)] for edges in CHINA]
    return CoordinateColumns(None, found[0][0], found[1][0]) if [len(places) for places in found] == [1, 1] else None


def is_surely_place(text: str) -> bool:
    """Whether a cell without a name is a place: a geometry, or two coordinates of China."""
    pair = pair_of(text)
    return holds_place(text) if pair is None else pair.order in (LON_LAT, LAT_LON)


def _all_within(column: Sequence[str], low: float, high: float) -> bool:
    """Whether the cells are degrees with a fraction in the range: a count of houses is seldom that."""
    numbers = [number_of(cell) for cell in column]
    return bool(column) and all(
        number is not None and low <= number <= high and not number.is_integer() for number in numbers
    )


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((index for index, name in enumerate(names) if name in wanted), None)


def cell_of(row: Sequence[Any], index: int) -> str:
    value = row[index] if index < len(row) else None
    return "" if value is None else str(value).strip()
