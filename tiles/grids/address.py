"""A tile's address in a grid. z, x, y: always in this order."""

import re
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from tiles.grids.tile_matrix_sets import MAX_LATITUDE, WEB_MERCATOR, Box, Grid
from tiles.layer.vector import BUFFER, EXTENT, MAX_ZOOM

_is_number = re.compile(r"\d{1,9}", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class TileAddress:
    """One tile that can exist."""

    z: int
    x: int
    y: int
    grid: Grid = WEB_MERCATOR

    @classmethod
    def parse(cls, z: str, x: str, y: str, grid: Grid = WEB_MERCATOR) -> Self:
        """Read an address out of a URL; refuses what is not a number or lies outside the grid."""
        if not (_is_number(z) and _is_number(x) and _is_number(y)):
            message = _("瓦片地址 %(tile)s 无效：z、x、y 须为非负整数。") % {"tile": f"{z}/{x}/{y}"}
            raise BadInput(message, code="bad-tile-address")
        return cls.checked(int(z), int(x), int(y), grid)

    @classmethod
    def checked(cls, z: int, x: int, y: int, grid: Grid = WEB_MERCATOR) -> Self:
        """Return the address of three numbers that are not negative; refuses what lies outside the grid."""
        address = cls(z, x, y, grid)
        if not grid.first_level <= z <= MAX_ZOOM:
            named = {"zoom": z, "least": grid.first_level, "most": MAX_ZOOM}
            message = _("瓦片级别 %(zoom)s 超出范围 %(least)d-%(most)d。") % named
            raise BadInput(message, code="bad-tile-address")
        columns, rows = grid.columns(z), grid.rows(z)
        if x >= columns or y >= rows:
            message = _("瓦片 %(tile)s 不存在：该级别 x 须小于 %(columns)d，y 须小于 %(rows)d。") % {
                "tile": address,
                "columns": columns,
                "rows": rows,
            }
            raise BadInput(message, code="bad-tile-address")
        return address

    def __str__(self) -> str:
        return f"{self.z}/{self.x}/{self.y}"

    @property
    def is_at_edge(self) -> bool:
        """Whether the tile is in the first or last column or row of its level."""
        columns = 1 << self.z
        rows = columns * self.grid.rows_of_two // 2
        return not (0 < self.x < columns - 1 and 0 < self.y < rows - 1)

    def box(self, buffer: int = 0) -> Box:
        """Return west, south, east, north in the grid's own units, widened by `buffer` tile units."""
        return self.grid.box(self.z, self.x, self.y, buffer / EXTENT)

    def bounds_m(self, buffer: int = 0) -> Box:
        """Return west, south, east, north in EPSG:3857 metres; for tiles of the Web Mercator grid."""
        if self.grid != WEB_MERCATOR:
            raise ValueError(f"tile {self} of grid {self.grid.name} has no bounds in EPSG:3857")
        return self.box(buffer)

    def bounds(self, buffer: int = BUFFER) -> Box:
        """Return west, south, east, north in degrees, widened by `buffer` tile units and kept on the globe."""
        west, south, east, north = self.grid.degrees(self.box(buffer))
        polar = MAX_LATITUDE if self.grid == WEB_MERCATOR else 90.0
        return (
            max(west, -180.0),
            max(south, -90.0 if self.y == self.grid.rows(self.z) - 1 else -polar),
            min(east, 180.0),
            min(north, 90.0 if self.y == 0 else polar),
        )
