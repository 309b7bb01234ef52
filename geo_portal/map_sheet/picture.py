"""The map as a picture with its names: the tiles and the style that the asker's own map has, drawn by the server."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import cos, floor, log, log2, pi, radians, tan
from typing import Any

from django.utils.html import escape
from PIL import Image, ImageColor

from accounts.permissions import Asker
from geo_portal.map_sheet.names import Name, names_of, placed
from geo_portal.styles import StyleRequest, build_style
from geo_portal.styles.drawing import sign, style_request
from geo_portal.tilesets import CATALOGUE, DRAWN, HILLSHADE
from geokit.geometry.bbox import BBox
from ogc.pictures.drawing import OVERSAMPLE, Decoded, Size, decoded, draw, lay
from ogc.pictures.tiles import raster_picture
from tiles.cache import lookup
from tiles.engine.render import content
from tiles.grids.address import TileAddress
from tiles.layer.vector import MAX_ZOOM, Tileset
from tiles.query.request import PLAIN, TileRequest
from tiles.query.selection import apply_request
from ui.charts.frame import BAR_LENGTHS_M, LEAST_SPAN_DEGREES, ScaleBar
from ui.deadlines import check

TILE = 512
"""Pixels of a tile whose level is the style's zoom."""
EQUATOR_M = 40_075_016.686
LEAST_ZOOM, MOST_ZOOM = 7.0, 18.0
BASE = ("areas", "places", "reaches")


@dataclass(frozen=True)
class View:
    """What is looked at: the middle in degrees, the zoom of the style, and how large it is in CSS pixels."""

    lng: float
    lat: float
    zoom: float
    width: int
    height: int

    @classmethod
    def around(cls, box: BBox, width: int, height: int, margin: int = 0) -> View:
        """The whole of `box` in a picture of that size, `margin` left free on each side."""
        west, south, east, north = box
        wide, high = max(east - west, LEAST_SPAN_DEGREES), max(north - south, LEAST_SPAN_DEGREES)
        middle = (south + north) / 2
        across, down = width - 2 * margin, height - 2 * margin
        steepness = 1 / cos(radians(middle))
        zoom = log2(min(across / wide, down / (high * steepness)) * 360 / TILE)
        return cls((west + east) / 2, middle, min(max(zoom, LEAST_ZOOM), MOST_ZOOM), width, height)

    @property
    def corner(self) -> tuple[float, float]:
        """The upper left corner in pixels of the whole world."""
        world = TILE * 2**self.zoom
        x = (self.lng + 180) / 360 * world
        y = (1 - log(tan(pi / 4 + radians(self.lat) / 2)) / pi) / 2 * world
        return x - self.width / 2, y - self.height / 2

    @property
    def level(self) -> int:
        return min(max(floor(self.zoom), 0), MAX_ZOOM)

    def tiles(self) -> Iterator[tuple[TileAddress, int, int, int]]:
        """Tiles with their left and upper edge and their side, in CSS pixels of the picture."""
        side = TILE * 2 ** (self.zoom - self.level)
        left, top = self.corner
        most = 2**self.level
        for y in range(max(floor(top / side), 0), min(floor((top + self.height) / side) + 1, most)):
            for x in range(max(floor(left / side), 0), min(floor((left + self.width) / side) + 1, most)):
                at_x, at_y = round(x * side - left), round(y * side - top)
                yield TileAddress(self.level, x, y), at_x, at_y, round((x + 1) * side - left) - at_x

    def scale_bar(self, share: float = 0.22) -> ScaleBar:
        """The longest round length that takes at most this share of the width."""
        metres_per_pixel = EQUATOR_M * cos(radians(self.lat)) / (TILE * 2**self.zoom)
        fitting = [metres for metres in BAR_LENGTHS_M if metres / metres_per_pixel <= self.width * share]
        metres = fitting[-1] if fitting else BAR_LENGTHS_M[0]
        return ScaleBar(metres, round(metres / metres_per_pixel, 1))


@dataclass(frozen=True)
class Shown:
    """Which tilesets are drawn, and how their tiles are asked for."""

    tilesets: frozenset[str]
    wishes: Mapping[str, TileRequest] = field(default_factory=dict)

    def with_companions(self) -> set[str]:
        """The tilesets, and those that tell them as clusters."""
        owners = {layer.name: layer.map_use.companion_of for layer in DRAWN if layer.map_use}
        return {*BASE, *self.tilesets, *(name for name, owner in owners.items() if owner in self.tilesets)}

    def wish_of(self, name: str) -> TileRequest:
        owner = next((layer.map_use.companion_of for layer in DRAWN if layer.map_use and layer.name == name), "")
        return self.wishes.get(owner or name, PLAIN)


def svg_of(view: View, shown: Shown, user: Asker, site: str, theme: str = "district") -> str:
    """Return the map as SVG: one picture, and the names as text above it."""
    image, names = _drawn(view, shown, user, site, theme)
    out = io.BytesIO()
    image.convert("RGB").save(out, "PNG", compress_level=4)
    address = "data:image/png;base64," + b64encode(out.getvalue()).decode()
    written = "".join(_text(name) for name in names)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{view.width}" '
        f'height="{view.height}" viewBox="0 0 {view.width} {view.height}">'
        f'<image xlink:href="{address}" width="{view.width}" height="{view.height}"/>{written}</svg>'
    )


def _text(name: Name) -> str:
    """White below, colour above: names stay readable on lines."""
    place = f'x="{name.x:.1f}" y="{name.y:.1f}" font-size="{name.size:.1f}" text-anchor="middle"'
    words = escape(name.text)
    weight = ' font-weight="700"' if name.bold else ""
    colour, around = escape(name.colour), escape(name.halo)
    halo = (
        f'<text {place}{weight} fill="{around}" stroke="{around}" stroke-width="3" stroke-linejoin="round">'
        f"{words}</text>"
    )
    return f'{halo if name.halo else ""}<text {place}{weight} fill="{colour}">{words}</text>'


def _drawn(view: View, shown: Shown, user: Asker, site: str, theme: str) -> tuple[Image.Image, list[Name]]:
    style = build_style(_own_base(user, site, theme))
    wanted = shown.with_companions()
    layers = [layer for layer in style["layers"] if layer.get("source-layer") in wanted and _is_on(layer, shown)]
    ground = next(layer["paint"]["background-color"] for layer in style["layers"] if layer["type"] == "background")
    canvas = Image.new("RGBA", (view.width * OVERSAMPLE, view.height * OVERSAMPLE), ImageColor.getrgb(ground))
    names: list[Name] = []
    tiles: dict[tuple[str, TileAddress], Decoded] = {}
    relief = False
    for name, group in groupby(layers, key=lambda layer: layer["source-layer"]):
        looks = [*group]
        for address, left, top, side in view.tiles():
            check()
            if (name, address) not in tiles:
                tiles[name, address] = decoded(tile_of(name, user, address, shown.wish_of(name)))
            tile = tiles[name, address]
            if not tile:
                continue
            part = draw(tile, looks, Size(side, side, view.zoom), sign, fine=True)
            lay(canvas, part, left * OVERSAMPLE, top * OVERSAMPLE)
            names += names_of(tile, looks, view.zoom, left, top, side)
        if name == "areas" and not relief:
            relief = True
            _shade(canvas, view)
    return canvas, placed(names, view.width, view.height)  # fmt: skip


def _own_base(user: Asker, site: str, theme: str) -> StyleRequest:
    """The style of our own ground: somebody else's tiles are not ours to print."""
    return replace(style_request(user, site, theme), base={})


def _is_on(layer: Mapping[str, Any], shown: Shown) -> bool:
    """What is shown on demand is hidden in the style, and drawn where it was asked for."""
    on_demand = layer.get("metadata", {}).get("on-demand")
    return not on_demand or layer["source-layer"] in shown.tilesets


def tile_of(name: str, user: Asker, address: TileAddress, wish: TileRequest) -> bytes:
    """Return the tile that this asker's map has at that address; empty when there is nothing or she may not see it."""
    layer = CATALOGUE.vector_layer(name, user)
    if layer is None:
        return b""
    tileset = apply_request(Tileset(layer.name, (layer,)), wish, user)
    origin = lookup.origin_of(tileset, user, wish.key)
    entry = lookup.find(origin, address, lambda: content(origin, tileset, user, address))
    return b"" if entry.is_empty else entry.for_client("identity")[1]


def _shade(canvas: Image.Image, view: View) -> None:
    """The relief beneath the waters, where it says something."""
    if CATALOGUE.raster_layer(HILLSHADE.name, None) is None or view.zoom >= HILLSHADE.maxzoom + 1:
        return
    for address, left, top, side in view.tiles():
        fitted = raster_picture(HILLSHADE, address, side * OVERSAMPLE, side * OVERSAMPLE)
        fitted.putalpha(fitted.getchannel("A").point(lambda alpha: alpha // 4))
        lay(canvas, fitted, left * OVERSAMPLE, top * OVERSAMPLE)
