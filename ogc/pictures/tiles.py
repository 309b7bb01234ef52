"""Pictures of tiles: of a vector layer as the map draws it, of a raster as it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from math import log2
from typing import Any

from PIL import Image

from accounts.permissions import Asker
from ogc.pictures.drawing import Sign, Size, decoded, draw
from tiles.cache import lookup
from tiles.engine.render import content
from tiles.grids.address import TileAddress
from tiles.grids.tile_matrix_sets import GRIDS, PIXELS, WEB_MERCATOR, Grid
from tiles.layer.vector import Tileset, VectorLayer
from tiles.query.request import TileRequest
from tiles.raster.render import RasterLayer, render_tile

Layer = VectorLayer | RasterLayer
STYLE_SIDE = 2 * PIXELS
"""Pixels of a tile whose level is the style's zoom."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the project knows of looks: the style that somebody's map has (`(user, site)`), and the signs in it."""

    style: Callable[[Asker, str], dict[str, Any]]
    sign: Sign
    sheet: Callable[[str, Asker, str], str | None]
    """A layer's style as `sld` or `qml` (`(layer, user, language)`); None for what has none."""
    with_sheets: Callable[[Asker], set[str]]
    """The layers that `user` sees and that have their style in those languages."""
    plain: Callable[[dict[str, Any]], dict[str, Any]]
    """The same style in words that other programs' converters know."""

    def layers_of(self, name: str, user: Asker, site: str) -> list[Mapping[str, Any]]:
        """Return what the map draws of one tileset, bottom first."""
        return [layer for layer in self.style(user, site)["layers"] if layer.get("source-layer") == name]


def grids_of(layer: Layer) -> list[str]:
    return ["WebMercatorQuad", "CGCS2000"] if isinstance(layer, VectorLayer) else ["WebMercatorQuad"]


def vector_tile(layer: VectorLayer, user: Asker, tile: TileAddress, grid: Grid) -> bytes:
    """Return the very tile that the map has, unpacked."""
    tileset = Tileset(layer.name, (layer,))
    origin = lookup.origin_of(tileset, user, TileRequest(grid=grid).key)
    entry = lookup.find(origin, tile, lambda: content(origin, tileset, user, tile))
    return entry.for_client("identity")[1] if not entry.is_empty else b""


class Pictures:
    """Pictures for one asker; what a layer looks like is found once."""

    def __init__(self, drawing: Drawing, user: Asker, site: str) -> None:
        self.drawing, self.user, self.site = drawing, user, site
        self._looks: dict[str, list[Mapping[str, Any]]] = {}

    def tile(self, layer: Layer, address: TileAddress, grid: Grid, width: int, height: int) -> Image.Image:
        if isinstance(layer, RasterLayer):
            return raster_picture(layer, address, width, height)
        looks = self._looks.setdefault(layer.name, self.drawing.layers_of(layer.name, self.user, self.site))
        zoom = address.z + log2(max(width, 1) / STYLE_SIDE)
        tile = decoded(vector_tile(layer, self.user, address, grid))
        return draw(tile, looks, Size(width, height, zoom), self.drawing.sign)


def raster_picture(layer: RasterLayer, address: TileAddress, width: int, height: int) -> Image.Image:
    """Return a raster's tile at this size; transparent where it has nothing."""
    found = render_tile(layer, address)
    if found.is_empty:
        return Image.new("RGBA", (width, height))
    with Image.open(BytesIO(found.body)) as image:
        return image.convert("RGBA").resize((width, height), Image.Resampling.BILINEAR)


def grid_named(name: str) -> Grid | None:
    return GRIDS.get(name) or (WEB_MERCATOR if name == "GoogleMapsCompatible" else None)
