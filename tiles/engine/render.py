"""Renders a tileset's tiles; its queries are compiled once and kept for many tiles."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings
from psycopg2.errors import UndefinedTable

from accounts.permissions import Asker
from tiles.cache.change_log import CHANGE_LOG
from tiles.cache.lookup import Origin
from tiles.engine import mvt
from tiles.engine.pool import POOL
from tiles.grids.address import TileAddress
from tiles.layer.vector import Tileset

MAX_COMPILED = 1_024
"""Most compiled tilesets that are kept: one for each audience and zoom that is requested."""
Statements = tuple[mvt.Statement, ...]


@dataclass(slots=True)
class CompiledTileset:
    """Compiled queries, and the version of the change log up to which nothing behind them has changed."""

    statements: Statements
    checked: int


_compiled_tilesets: OrderedDict[tuple[str, int], CompiledTileset] = OrderedDict()
_lock = threading.Lock()


def content(origin: Origin, tileset: Tileset, user: Asker, tile: TileAddress) -> bytes:
    """Return the encoded tile, empty when nothing is in it. Raises Busy when it takes too long."""
    try:
        return _run(origin, _statements(origin, tileset, user, tile), tile)
    except UndefinedTable:
        # A generalised copy was dropped after the query was compiled.
        _forget(origin, tile)
        return _run(origin, _statements(origin, tileset, user, tile), tile)


def _run(origin: Origin, statements: Statements, tile: TileAddress) -> bytes:
    limit = settings.TILE_STATEMENT_TIMEOUT_MS
    read = POOL.read_committed if origin.key else POOL.read_tile
    # Layers of a vector tile can simply be set one after the other.
    return b"".join([read(one.at(tile), one.frame, tile, limit) for one in statements])


def _statements(origin: Origin, tileset: Tileset, user: Asker, tile: TileAddress) -> Statements:
    """Return the queries of the tileset's layers at the tile's zoom, compiled anew when a table behind it has changed:
    what is compiled in may rest on rows (which generalised copies there are)."""
    if not (origin.key and origin.is_plain):
        return _compiled(tileset, user, tile)
    # The change log was read when the request came in; it need not be read again.
    known = CHANGE_LOG.known
    latest = known.latest
    key = (origin.key, tile.z)
    found = _compiled_tilesets.get(key)
    if found is not None:
        if found.checked != latest and not known.changed(
            (*origin.sources.located, *origin.sources.anywhere), found.checked
        ):
            found.checked = latest
        if found.checked == latest:
            return found.statements
    statements = _compiled(tileset, user, tile)
    with _lock:
        _compiled_tilesets[key] = CompiledTileset(statements, latest)
        while len(_compiled_tilesets) > MAX_COMPILED:
            _compiled_tilesets.popitem(last=False)
    return statements


def _compiled(tileset: Tileset, user: Asker, tile: TileAddress) -> Statements:
    found = (mvt.statement(layer, user, tile) for layer in tileset.layers)
    return tuple(statement for statement in found if statement is not None)


def _forget(origin: Origin, tile: TileAddress) -> None:
    with _lock:
        _compiled_tilesets.pop((origin.key, tile.z), None)
