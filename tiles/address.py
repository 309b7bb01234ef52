"""A tile's address in the Web Mercator grid. z, x, y: always in this order."""

import math
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from tiles.layer import BUFFER, EXTENT, MAX_ZOOM

WORLD_M = 2 * math.pi * 6_378_137.0
"""Width of the world in EPSG:3857, metres."""
MAX_LATITUDE = 85.0511287798066


@dataclass(frozen=True, slots=True)
class TileAddress:
    """One tile that can exist."""

    z: int
    x: int
    y: int

    @classmethod
    def parse(cls, z: str, x: str, y: str) -> Self:
        """Read an address out of a URL; refuses what is not a number or lies outside the grid."""
        if not all(part.isascii() and part.isdigit() and len(part) <= 9 for part in (z, x, y)):
            message = _("瓦片地址 %(tile)s 无效：z、x、y 须为非负整数。") % {"tile": f"{z}/{x}/{y}"}
            raise BadInput(message, code="bad-tile-address")
        address = cls(int(z), int(x), int(y))
        if address.z > MAX_ZOOM:
            message = _("瓦片级别 %(zoom)s 超出范围 0-%(most)d。") % {"zoom": z, "most": MAX_ZOOM}
            raise BadInput(message, code="bad-tile-address")
        if max(address.x, address.y) >= 1 << address.z:
            named = {"tile": address, "size": 1 << address.z}
            message = _("瓦片 %(tile)s 不存在：该级别 x、y 须小于 %(size)d。") % named
            raise BadInput(message, code="bad-tile-address")
        return address

    def __str__(self) -> str:
        return f"{self.z}/{self.x}/{self.y}"

    def bounds_m(self, buffer: int = 0) -> tuple[float, float, float, float]:
        """Return west, south, east, north in EPSG:3857 metres, widened by `buffer` tile units."""
        size = WORLD_M / (1 << self.z)
        margin = size * buffer / EXTENT
        west = self.x * size - WORLD_M / 2
        north = WORLD_M / 2 - self.y * size
        return west - margin, north - size - margin, west + size + margin, north + margin

    def bounds(self, buffer: int = BUFFER) -> tuple[float, float, float, float]:
        """Return west, south, east, north in degrees, widened by `buffer` tile units and kept on the globe."""
        west, south, east, north = self.bounds_m(buffer)
        return (
            max(_longitude(west), -180.0),
            max(_latitude(south), -90.0 if self.y == (1 << self.z) - 1 else -MAX_LATITUDE),
            min(_longitude(east), 180.0),
            min(_latitude(north), 90.0 if self.y == 0 else MAX_LATITUDE),
        )


def _longitude(x_m: float) -> float:
    return x_m / WORLD_M * 360.0


def _latitude(y_m: float) -> float:
    return math.degrees(2 * math.atan(math.exp(y_m / WORLD_M * 2 * math.pi)) - math.pi / 2)
