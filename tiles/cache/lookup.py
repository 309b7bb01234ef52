"""The tile cache: a tile is found in memory, in the shared store, or rendered once, compressed once and kept.

The key names the audience and everything the tile is made from; a tile is fresh as long as no later change meets its
bounds.
"""

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from django.conf import settings
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import Busy
from tiles.cache.change_log import CHANGE_LOG, Box, KnownChanges, Unreachable
from tiles.cache.content_encoding import COMPRESS, GZIP
from tiles.cache.memory import MEMORY, Entry, Memory, Sources
from tiles.cache.metrics import count
from tiles.cache.render_times import RenderTimes
from tiles.cache.single_flight import LOCK_NUMBERS, WAIT_S, InterProcessLock, SingleFlight
from tiles.cache.watched_tables import table_key
from tiles.grids.address import TileAddress
from tiles.layer.vector import BUFFER, Tileset, VectorLayer
from ui.days import midnight_after

KEEP_SECONDS = 24 * 3600
MARGIN = 64
"""Tile units around a tile's buffer within which a change counts too: for cells of generalised copies."""
STORE_FROM_S = 0.02
"""A tile that took longer (seconds) is kept for the other processes and the next start. Others are rendered faster than
they are looked up and written."""
FILTERED_MEMORY = Memory(32 * 1024 * 1024)
"""Tiles with a filter or other parameters, apart, so that they cannot evict the plain ones."""
SINGLE_FLIGHT = SingleFlight()
RENDER_TIMES = RenderTimes()
TILE_LOCKS = InterProcessLock(Path(settings.VAR_DIR) / "tiles.lock")


@dataclass(frozen=True, slots=True)
class StoredTile:
    """A finished tile of another kind than a vector tile. Empty bytes mean that there is nothing in it."""

    etag: str
    body: bytes

    @property
    def is_empty(self) -> bool:
        return not self.body

    @property
    def tag(self) -> str:
        return f'"{self.etag}"'


NO_SOURCES = Sources((), ())


@dataclass(frozen=True, slots=True)
class Origin:
    """What the tiles of a tileset are made from, for one audience. `key` names all but the tile; it is empty
    inside an open transaction, whose tiles are nobody else's."""

    key: str
    sources: Sources = NO_SOURCES
    buffer: int = BUFFER
    is_plain: bool = True
    until: float = math.inf
    """When a property next changes with the calendar, seconds since 1970."""


def digest(parts: Iterable[str]) -> str:
    """Return a short key that any cache accepts."""
    return hashlib.blake2b("|".join(parts).encode(), digest_size=16).hexdigest()


def sources(tileset: Tileset, user: Asker) -> Sources:
    """Return the tables behind a tileset.

    A layer's own rows count where they are; what it merely depends on counts anywhere.
    """
    anywhere = {table_key(model._meta.db_table) for layer in tileset.layers for model in layer.depends_on}
    own = {table_key(layer.model_for(user)._meta.db_table) for layer in tileset.layers}
    return Sources(tuple(sorted(own - anywhere)), tuple(sorted(anywhere)))


def _fixed_parts(tileset: Tileset, user: Asker) -> list[str]:
    """Return the parts of the key besides the tables: audience, versions, the day where it matters."""
    parts = [tileset.name, tileset.audience(user)]
    parts += [f"{layer.name}={layer.version_key()}" for layer in tileset.layers if layer.version_key]
    if any(layer.changes_daily for layer in tileset.layers):
        parts.append(f"day={timezone.localdate()}")
    return parts


def origin_of(tileset: Tileset, user: Asker, query_key: str = "") -> Origin:
    """Return the origin of the tiles of `tileset`; `query_key` names the request's parameters. Raises Busy."""
    if _in_transaction():
        return Origin("")
    key = digest(["mvt", current_changes().database, query_key, *_fixed_parts(tileset, user)])
    buffer = max((layer.buffer for layer in tileset.layers), default=BUFFER)
    daily = any(layer.changes_daily for layer in tileset.layers)
    until = midnight_after(timezone.localdate()).timestamp() if daily else math.inf
    return Origin(key, sources(tileset, user), buffer, not query_key, until)


def content_version(tileset: Tileset, user: Asker) -> str:
    """Name the present content of everything a tileset is made from; inside a transaction a name of its own."""
    if _in_transaction():
        return uuid4().hex
    known = current_changes()
    behind = sources(tileset, user)
    numbers = [f"{name}={known.last.get(name, 0)}" for name in (*behind.located, *behind.anywhere)]
    return "&".join([known.database, *_fixed_parts(tileset, user), *numbers])


def content_of(layer: VectorLayer, user: Asker) -> str:
    """The same of one layer."""
    return content_version(Tileset(layer.name, (layer,)), user)


def current_changes() -> KnownChanges:
    """Return the known changes.

    Raises Busy when the database cannot be asked: then it is not known which tiles are fresh or who may see them.
    """
    try:
        return CHANGE_LOG.current()
    except Unreachable as error:
        raise Busy(_("暂时无法确认瓦片是否最新，请稍后重试。"), code="tiles-unsure") from error


def find(origin: Origin, tile: TileAddress, make: Callable[[], bytes], known: KnownChanges | None = None) -> Entry:
    """Return the tile from memory, from the shared store, or rendered by one of the concurrent requests. Raises Busy.

    `known` is what the change log held after the request came in, if it was read already.
    """
    if not origin.key:
        return _render(origin, tile, make, 0)
    memory = MEMORY if origin.is_plain else FILTERED_MEMORY
    key = (origin.key, tile.z, tile.x, tile.y)
    known = known or current_changes()
    asked_at = known.latest
    entry = memory.get(key)
    if entry is not None and entry.is_fresh(known):
        count("memory")
        return entry

    def find_or_render() -> Entry:
        found = _find_or_render(origin, tile, make, known, asked_at)
        memory.put(key, found)
        return found

    while True:
        entry = SINGLE_FLIGHT.run(key, find_or_render)
        # A call that began before this request may not know the newest change; the next one does.
        if entry.checked >= asked_at or entry.is_fresh(known):
            return entry


def _find_or_render(
    origin: Origin, tile: TileAddress, make: Callable[[], bytes], known: KnownChanges, number: int
) -> Entry:
    """Render the tile, or take it from the store. Rows may be newer than version `number`, never older."""
    if not origin.is_plain:
        with SINGLE_FLIGHT.permit:
            return _render(origin, tile, make, number)
    kind = (origin.key, tile.z)
    if RENDER_TIMES.slowest(kind) > STORE_FROM_S and (stored := _from_shared_store(origin, tile, known)):
        return stored
    with TILE_LOCKS.held(_lock_number(origin, tile), WAIT_S) as lock:
        if lock.waited and (stored := _from_shared_store(origin, tile, known)):
            return stored
        with SINGLE_FLIGHT.permit:
            started = perf_counter()
            entry = _render(origin, tile, make, number)
            # Its share of the time, since concurrent renderings wait for each other: load makes no tile look slow.
            seconds = (perf_counter() - started) / SINGLE_FLIGHT.permits_in_use
        RENDER_TIMES.record(kind, seconds)
        if seconds > STORE_FROM_S or lock.is_contended():
            kept = (entry.etag, entry.bodies[GZIP], entry.checked)
            caches["tiles"].set(_name_in_store(origin, tile), kept, KEEP_SECONDS)
    return entry


def _lock_number(origin: Origin, tile: TileAddress) -> int:
    # Numbers have the same hash in every process; strings do not.
    return hash((int(origin.key, 16), tile.z, tile.x, tile.y)) % LOCK_NUMBERS


def _name_in_store(origin: Origin, tile: TileAddress) -> str:
    return f"{origin.key}{tile.z:02d}{digest([origin.key, str(tile)])}"


def _from_shared_store(origin: Origin, tile: TileAddress, known: KnownChanges) -> Entry | None:
    """Return the tile that another process stored, if it is still fresh."""
    found = caches["tiles"].get(_name_in_store(origin, tile))
    if found is None:
        return None
    etag, body, number = found
    entry = Entry(etag, {GZIP: body}, origin.sources, partial(affected_bounds, tile, origin.buffer), number)
    if not entry.is_fresh(known):
        return None
    count("store")
    return entry


def _render(origin: Origin, tile: TileAddress, make: Callable[[], bytes], number: int) -> Entry:
    """Render the tile and compress it once.

    The ETag is a digest of the compressed bytes, which are the same for the same content: it outlives a rendering that
    changed nothing.
    """
    count("made")
    content = make()
    body = COMPRESS[GZIP](content) if content else b""
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    return Entry(etag, {GZIP: body}, origin.sources, partial(affected_bounds, tile, origin.buffer), number)


def affected_bounds(tile: TileAddress, buffer: int) -> Box:
    """Return the bounds (degrees) within which a change may alter the tile."""
    west, south, east, north = tile.bounds(buffer + MARGIN)
    if tile.x in (0, tile.grid.columns(tile.z) - 1):
        west, east = -math.inf, math.inf  # what lies beyond the antimeridian is a neighbour too
    if tile.y == 0:
        north = math.inf
    if tile.y == tile.grid.rows(tile.z) - 1:
        south = -math.inf
    return west, south, east, north


def _in_transaction() -> bool:
    return connections[DEFAULT_DB_ALIAS].in_atomic_block
