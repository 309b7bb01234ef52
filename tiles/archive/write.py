"""A whole tileset into a PMTiles file, tile by tile as the site would serve it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Polygon
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _
from isal import igzip
from pmtiles.tile import Compression, TileType
from pmtiles.writer import Writer

from accounts.permissions import Asker
from geokit.refusal import BadInput
from tiles.archive.order import tile_id
from tiles.engine import mvt
from tiles.engine.pool import POOL
from tiles.engine.tilejson import tilejson
from tiles.grids.address import TileAddress
from tiles.layer.vector import MAX_ZOOM, Tileset, VectorLayer

MAX_TILES = 2_000_000
"""About 300 MB of directory while writing; a layer that needs more needs fewer zooms."""
COMPRESSION = 3
TIMES_PATIENCE = 12
"""Nobody waits for a tile here, so a slow one may take longer than over HTTP."""
AT_ONCE = 4
"""Tiles that are made at the same time, each on a connection of its own."""
AHEAD = 256
"""Tiles that may wait in memory to be written."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What is in the file."""

    tiles: int
    minzoom: int
    maxzoom: int
    bytes: int


def write_pmtiles(
    tileset: Tileset,
    user: Asker,
    target: Path,
    minzoom: int | None = None,
    maxzoom: int | None = None,
    progress: Progress = lambda zoom, tiles: None,
) -> Written:
    """Write what `user` may see of `tileset`. The file appears whole or not at all.

    Zooms are those of the tileset when not given. `progress(zoom, tiles)` is called after each zoom.
    Raises BadInput `zoom-range`, `layer-empty` or `export-too-large`.
    """
    first, last = _zooms(tileset, minzoom, maxzoom)
    about = tilejson(tileset, user, "")
    if "bounds" not in about:
        raise BadInput(_("没有可导出的要素。"), code="layer-empty")
    half = target.with_name(f".{target.name}.part")
    try:
        with half.open("wb") as file:
            writer = Writer(file)
            count = _write_zooms(writer, tileset, user, first, last, progress)
            if not count:
                raise BadInput(_("没有可导出的要素。"), code="layer-empty")
            writer.finalize(_header(about), _metadata(about, first, last))
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return Written(count, first, last, target.stat().st_size)


def _zooms(tileset: Tileset, minzoom: int | None, maxzoom: int | None) -> tuple[int, int]:
    first = tileset.minzoom if minzoom is None else minzoom
    last = tileset.maxzoom if maxzoom is None else maxzoom
    if not 0 <= first <= last <= MAX_ZOOM:
        named = {"first": first, "last": last, "most": MAX_ZOOM}
        raise BadInput(_("级别范围 %(first)s-%(last)s 无效，须在 0-%(most)d 内从小到大。") % named, code="zoom-range")
    return first, last


def _write_zooms(writer: Writer, tileset: Tileset, user: Asker, first: int, last: int, progress: Progress) -> int:
    """Go down from the world's tile, only into tiles with something in them."""
    count = 0
    level = [TileAddress(0, 0, 0)]
    for zoom in range(last + 1):
        made = Tiles(tileset, user, zoom, is_wanted=zoom >= first)
        inhabited = []
        for tile, content in made.contents(level):
            if content:
                count += 1
                if count > MAX_TILES:
                    message = _("瓦片超过 %(most)d 个，请用 --maxzoom 减少级别。") % {"most": MAX_TILES}
                    raise BadInput(message, code="export-too-large")
                writer.write_tile(tile_id(tile.z, tile.x, tile.y), content)
            if zoom < last and (content or made.has_features(tile)):
                inhabited.append(tile)
        progress(zoom, count)
        level = sorted(_children(inhabited), key=lambda tile: tile_id(tile.z, tile.x, tile.y))
    return count


def _children(tiles: list[TileAddress]) -> Iterator[TileAddress]:
    for tile in tiles:
        for x in (0, 1):
            for y in (0, 1):
                yield TileAddress(tile.z + 1, 2 * tile.x + x, 2 * tile.y + y)


class Tiles:
    """The tiles of one zoom, from queries compiled once."""

    def __init__(self, tileset: Tileset, user: Asker, zoom: int, *, is_wanted: bool) -> None:
        shown = [layer for layer in tileset.layers if is_wanted and layer.minzoom <= zoom]
        found = (mvt.statement(layer, user, TileAddress(zoom, 0, 0)) for layer in shown)
        self.statements = [statement for statement in found if statement is not None]
        self.unseen = [layer for layer in tileset.layers if layer not in shown]
        self.user = user

    def contents(self, tiles: list[TileAddress]) -> Iterator[tuple[TileAddress, bytes]]:
        """Yield each tile in order with its packed content, a few being made at the same time."""
        if connections[DEFAULT_DB_ALIAS].in_atomic_block:
            # What this transaction has written is known to its own connection only.
            yield from ((tile, self.packed(tile)) for tile in tiles)
            return
        with ThreadPoolExecutor(AT_ONCE) as makers:
            for chunk in batched(tiles, AHEAD, strict=False):
                yield from zip(chunk, makers.map(self.packed, chunk), strict=True)

    def packed(self, tile: TileAddress) -> bytes:
        """Return the tile compressed, b"" when nothing is in it."""
        limit = settings.TILE_STATEMENT_TIMEOUT_MS * TIMES_PATIENCE
        content = b"".join(POOL.read_tile(one.at(tile), one.frame, tile, limit) for one in self.statements)
        return igzip.compress(content, COMPRESSION, mtime=0) if content else b""

    def has_features(self, tile: TileAddress) -> bool:
        """Whether a layer that this zoom does not show has something here. What is shown needs no second look: a
        tile is never empty where something lies, since what would vanish is drawn as a pixel or counted."""
        box = Polygon.from_bbox(tile.bounds(0))
        box.srid = 4326
        return any(self._meets(layer, box) for layer in self.unseen)

    def _meets(self, layer: VectorLayer, box: Polygon) -> bool:
        rows = layer.queryset(self.user)
        return rows.filter(**{f"{layer.geometry}__intersects": box}).order_by().exists()


def _header(about: dict[str, Any]) -> dict[str, Any]:
    west, south, east, north = (round(number * 1e7) for number in about["bounds"])
    longitude, latitude, zoom = about["center"]
    return {
        "tile_compression": Compression.GZIP,
        "tile_type": TileType.MVT,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": zoom,
        "center_lon_e7": round(longitude * 1e7),
        "center_lat_e7": round(latitude * 1e7),
    }


def _metadata(about: dict[str, Any], first: int, last: int) -> dict[str, Any]:
    """What clients show and need to know, as in the TileJSON; zooms are those of the file."""
    layers = [layer | {"minzoom": max(first, layer["minzoom"]), "maxzoom": last} for layer in about["vector_layers"]]
    kept = {name: about[name] for name in ("name", "description", "attribution", "version")}
    return {**kept, "type": "overlay", "format": "pbf", "vector_layers": layers}
