"""From a tileset to the bytes of one tile, with its queries compiled once for many tiles."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from psycopg2.errors import UndefinedTable

from tiles.cache.change_log import JOURNAL
from tiles.cache.lookup import Origin
from tiles.engine import mvt
from tiles.engine.pool import POOL
from tiles.grids.address import TileAddress
from tiles.layer.vector import Tileset

KEPT = 1_024
"""Compiled tilesets: one for each audience and zoom that is asked for."""
Statements = tuple[mvt.Statement, ...]


@dataclass(slots=True)
class Kept:
    """Queries, and up to which number of the journal nothing behind them has changed."""

    statements: Statements
    checked: int


_kept: OrderedDict[tuple[str, int], Kept] = OrderedDict()
_lock = threading.Lock()


def content(here: Origin, tileset: Tileset, user: Any, tile: TileAddress) -> bytes:
    """Return the encoded tile, empty when nothing is in it. Raises Busy when it takes too long."""
    try:
        return _run(here, _statements(here, tileset, user, tile), tile)
    except UndefinedTable:
        # A generalised copy was dropped after the query was compiled.
        _forget(here, tile)
        return _run(here, _statements(here, tileset, user, tile), tile)


def _run(here: Origin, statements: Statements, tile: TileAddress) -> bytes:
    limit = settings.TILE_STATEMENT_TIMEOUT_MS
    read = POOL.read_committed if here.key else POOL.read_tile
    # Layers of a vector tile can simply be set one after the other.
    return b"".join([read(one.at(tile), one.place, tile, limit) for one in statements])


def _statements(here: Origin, tileset: Tileset, user: Any, tile: TileAddress) -> Statements:
    """Return the queries of the tileset's layers at the tile's zoom, compiled anew when a table behind it has changed:
    what is compiled in may rest on rows (which generalised copies there are)."""
    if not (here.key and here.is_plain):
        return _compiled(tileset, user, tile)
    # Whoever asks for a tile has asked what is new before; it need not be asked again.
    known = JOURNAL.known
    latest = known.latest
    key = (here.key, tile.z)
    found = _kept.get(key)
    if found is not None:
        if found.checked != latest and not known.changed((*here.sources.places, *here.sources.anywhere), found.checked):
            found.checked = latest
        if found.checked == latest:
            return found.statements
    statements = _compiled(tileset, user, tile)
    with _lock:
        _kept[key] = Kept(statements, latest)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return statements


def _compiled(tileset: Tileset, user: Any, tile: TileAddress) -> Statements:
    found = (mvt.statement(layer, user, tile) for layer in tileset.layers)
    return tuple(statement for statement in found if statement is not None)


def _forget(here: Origin, tile: TileAddress) -> None:
    with _lock:
        _kept.pop((here.key, tile.z), None)
