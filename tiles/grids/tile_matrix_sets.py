"""The tile grids: Web Mercator, and China's own in degrees of CGCS2000.

The second is the `c` matrix of Tianditu: origin 90 north, 180 west; level 1 is two tiles of 180 degrees, so a level
has the resolution of the same level of Web Mercator on the equator: 0.703125 degrees a pixel at level 1 and 256 pixels.

Ours and not morecantile's: every missing tile asks for its bounds, and there they take 6 (metres) to 40 (degrees) times
as long.
"""

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput

EARTH_RADIUS_M = 6_378_137.0
"""Equatorial radius of WGS 84 and of CGCS2000, metres."""
MAX_LATITUDE = 85.0511287798066
PIXELS = 256
STANDARD_PIXEL_M = 0.00028
"""Side of a pixel in OGC's scale denominators, metres."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """A pyramid of square tiles. Lengths are in units of the coordinate system: metres or degrees."""

    name: str
    srid: int
    crs: str
    title: str
    west: float
    north: float
    width: float
    """Of the whole world, which one tile spans at level 0."""
    rows_of_two: int
    """Rows per two columns: 2 for a square world, 1 for one twice as wide as high."""
    metres_per_unit: float
    first_level: int = 0

    def columns(self, z: int) -> int:
        return 1 << z

    def rows(self, z: int) -> int:
        return (1 << z) * self.rows_of_two // 2

    def side(self, z: int) -> float:
        """Return the side of a tile of level `z`."""
        return self.width / (1 << z)

    def box(self, z: int, x: int, y: int, margin: float = 0.0) -> Box:
        """Return west, south, east, north in the grid's own units, widened by `margin` parts of a tile."""
        side = self.side(z)
        west, north = self.west + x * side, self.north - y * side
        wider = side * margin
        return west - wider, north - side - wider, west + side + wider, north + wider

    def degrees(self, box: Box) -> Box:
        """Return a box of this grid as west, south, east, north in degrees; it may reach beyond the globe."""
        if self.srid == CGCS2000.srid:
            return box
        west, south, east, north = box
        return _longitude(west), _latitude(south), _longitude(east), _latitude(north)

    def matrix_set(self, last_level: int) -> dict[str, Any]:
        """Describe the grid as a TileMatrixSet (OGC 17-083r4)."""
        return {
            "id": self.name,
            "title": self.title,
            "crs": self.crs,
            "orderedAxes": ["Lat", "Lon"] if self.srid == CGCS2000.srid else ["X", "Y"],
            "tileMatrices": [self._matrix(z) for z in range(self.first_level, last_level + 1)],
        }

    def _matrix(self, z: int) -> dict[str, Any]:
        cell = self.side(z) / PIXELS
        corner = [self.north, self.west] if self.srid == CGCS2000.srid else [self.west, self.north]
        return {
            "id": str(z),
            "scaleDenominator": cell * self.metres_per_unit / STANDARD_PIXEL_M,
            "cellSize": cell,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": corner,
            "tileWidth": PIXELS,
            "tileHeight": PIXELS,
            "matrixWidth": self.columns(z),
            "matrixHeight": self.rows(z),
        }


def _longitude(x_m: float) -> float:
    return math.degrees(x_m / EARTH_RADIUS_M)


def _latitude(y_m: float) -> float:
    return math.degrees(2 * math.atan(math.exp(y_m / EARTH_RADIUS_M)) - math.pi / 2)


WEB_MERCATOR = Grid(
    name="WebMercatorQuad",
    srid=3857,
    crs="http://www.opengis.net/def/crs/EPSG/0/3857",
    title="Web Mercator",
    west=-math.pi * EARTH_RADIUS_M,
    north=math.pi * EARTH_RADIUS_M,
    width=2 * math.pi * EARTH_RADIUS_M,
    rows_of_two=2,
    metres_per_unit=1.0,
)
CGCS2000 = Grid(
    name="CGCS2000",
    srid=4490,
    crs="http://www.opengis.net/def/crs/EPSG/0/4490",
    title="CGCS2000",
    west=-180.0,
    north=90.0,
    width=360.0,
    rows_of_two=1,
    metres_per_unit=math.pi * EARTH_RADIUS_M / 180.0,
    first_level=1,
)
GRIDS = {grid.name: grid for grid in (WEB_MERCATOR, CGCS2000)}
_OTHER_NAMES = {"w": WEB_MERCATOR, "epsg:3857": WEB_MERCATOR, "c": CGCS2000, "epsg:4490": CGCS2000}
_BY_NAME = {name.lower(): grid for name, grid in GRIDS.items()} | _OTHER_NAMES


def grid_named(name: str) -> Grid:
    """Return the grid called so, Web Mercator for an empty name. Raises BadInput `bad-grid`."""
    grid = _BY_NAME.get(name.strip().lower()) if name else WEB_MERCATOR
    if grid is None:
        message = _("没有名为“%(grid)s”的瓦片网格，可用：%(known)s。") % {
            "grid": name[:40],
            "known": "、".join(GRIDS),
        }
        raise BadInput(message, code="bad-grid")
    return grid
