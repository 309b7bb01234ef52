"""A window of a map in pixels, put together of the tiles that lie in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log2

from django.utils.translation import gettext as _
from PIL import Image

from ogc.ows.parameters import invalid
from ogc.pictures.drawing import lay
from ogc.pictures.tiles import Layer, Pictures
from tiles.grids.address import TileAddress
from tiles.grids.tile_matrix_sets import PIXELS, Box, Grid
from tiles.layer.vector import MAX_ZOOM
from ui.deadlines import check

FINEST = 4
"""A pixel may be so many times finer than one of the last level, so that no tile is drawn larger than that."""
LONGEST = 8
"""And so many times longer than wide, or wider than long: a tile has no more pixels for it than it may have anyway."""
MOST_TILES = 30
"""Of one layer in one picture; a window that needs more is drawn of coarser ones."""
MOST_OF_ALL = 60
"""Of all layers in one picture: each is found, read and drawn by itself."""


@dataclass(frozen=True, slots=True)
class Frame:
    """West, south, east, north in units of the grid, and the picture's size in pixels."""

    box: Box
    width: int
    height: int
    grid: Grid

    @property
    def _pixel(self) -> tuple[float, float]:
        """Width and height of a pixel in units of the grid."""
        west, south, east, north = self.box
        return (east - west) / self.width, (north - south) / self.height

    @property
    def is_drawable(self) -> bool:
        """Whether tiles of some level are drawn at about their own size; far from it they cost memory without end."""
        small, large = sorted(self._pixel)
        return small >= self.grid.side(MAX_ZOOM) / PIXELS / FINEST and large <= small * LONGEST

    def tiles(self, layers: int) -> list[TileAddress]:
        """Return the tiles of which each of so many layers is drawn. Raises BadInput where all are too many.

        Several layers may be drawn of tiles one level coarser, which are a quarter as many.
        """
        wanted = level = self._level()
        while level > self.grid.first_level and self._count(level) > MOST_TILES:
            level -= 1
        if level == wanted > self.grid.first_level and self._count(level) * layers > MOST_OF_ALL:
            level -= 1
        if (count := self._count(level) * layers) > MOST_OF_ALL:
            message = _("这张图要画 %(count)d 个瓦片，最多 %(most)d 个，请减少图层，或缩小图幅后分几次取。")
            raise invalid("layers", message % {"count": count, "most": MOST_OF_ALL})
        columns, rows = self._span(level)
        return [TileAddress(level, x, y, self.grid) for y in rows for x in columns]

    def picture_of(self, layer: Layer, pictures: Pictures, tiles: Iterable[TileAddress]) -> Image.Image:
        whole = Image.new("RGBA", (self.width, self.height))
        for address in tiles:
            check()
            left, top, right, bottom = self._pixels(address)
            if right > left and bottom > top:
                found = pictures.tile(layer, address, self.grid, right - left, bottom - top)
                lay(whole, found, left, top)
        return whole

    def _level(self) -> int:
        """The level whose tiles are about as fine as the picture."""
        wanted = log2(self.grid.width / (max(self._pixel) * PIXELS))
        return min(max(floor(wanted + 0.5), self.grid.first_level), MAX_ZOOM)

    def _count(self, level: int) -> int:
        columns, rows = self._span(level)
        return len(columns) * len(rows)

    def _span(self, level: int) -> tuple[range, range]:
        west, south, east, north = self.box
        side = self.grid.side(level)
        columns = _within((west - self.grid.west) / side, (east - self.grid.west) / side, self.grid.columns(level))
        rows = _within((self.grid.north - north) / side, (self.grid.north - south) / side, self.grid.rows(level))
        return columns, rows

    def _pixels(self, address: TileAddress) -> tuple[int, int, int, int]:
        """Where a tile lies in the picture; neighbours share their edges, so no seam shows."""
        west, south, east, north = address.box()
        per_x, per_y = self.width / (self.box[2] - self.box[0]), self.height / (self.box[3] - self.box[1])
        return (
            round((west - self.box[0]) * per_x),
            round((self.box[3] - north) * per_y),
            round((east - self.box[0]) * per_x),
            round((self.box[3] - south) * per_y),
        )


def _within(low: float, high: float, most: int) -> range:
    return range(min(max(floor(low), 0), most), min(max(ceil(high), 0), most))
