"""Finished tiles: found in memory, in the shared store, or made once, compressed once and kept.

A tile is kept under who may see it and what it is made from, and is right as long as no later change meets its bounds.
"""

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import Busy
from tiles.cache.change_log import JOURNAL, Box, Known, Unreachable
from tiles.cache.content_encoding import GZIP, PACK
from tiles.cache.memory import MEMORY, Entry, Memory, Sources
from tiles.cache.metrics import count
from tiles.cache.render_times import Pace
from tiles.cache.single_flight import PLACES, WAIT_S, MachineLock, Tower
from tiles.cache.watched_tables import table_key
from tiles.grids.address import TileAddress
from tiles.layer.vector import BUFFER, Tileset

KEEP_SECONDS = 24 * 3600
MARGIN = 64
"""Tile units around a tile's buffer within which a change counts too: for cells of generalised copies."""
WORTH_STORING_S = 0.02
"""A tile that took longer to make is kept for the other processes and the next start. Others are sooner made than
looked for and written down."""
WISHES = Memory(32 * 1024 * 1024)
"""Tiles with a filter or another wish, apart, so that they cannot push out the plain ones."""
TOWER = Tower()
PACE = Pace()
LOCK = MachineLock(Path(settings.VAR_DIR) / "tiles.lock")


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


NOTHING = Sources((), ())


@dataclass(frozen=True, slots=True)
class Origin:
    """What the tiles of a tileset are made from, for one audience. `key` names all but the tile; it is empty
    inside an open transaction, whose tiles are nobody else's."""

    key: str
    sources: Sources = NOTHING
    buffer: int = BUFFER
    is_plain: bool = True
    until: float = math.inf
    """When the calendar turns what the tiles say, seconds since 1970."""


def digest(parts: Iterable[str]) -> str:
    """Return a short key that any cache accepts."""
    return hashlib.blake2b("|".join(parts).encode(), digest_size=16).hexdigest()


def sources(tileset: Tileset, user: Any) -> Sources:
    """Return the tables behind a tileset.

    A layer's own rows count where they are; what it merely depends on counts anywhere.
    """
    anywhere = {table_key(model._meta.db_table) for layer in tileset.layers for model in layer.depends_on}
    own = {table_key(layer.visible_to(user).model._meta.db_table) for layer in tileset.layers}
    return Sources(tuple(sorted(own - anywhere)), tuple(sorted(anywhere)))


def _fixed_parts(tileset: Tileset, user: Any) -> list[str]:
    """Return what names the tileset besides its tables: audience, versions, the day where it matters."""
    parts = [tileset.name, tileset.audience(user)]
    parts += [f"{layer.name}={layer.version_key()}" for layer in tileset.layers if layer.version_key]
    if any(layer.changes_daily for layer in tileset.layers):
        parts.append(f"day={timezone.localdate()}")
    return parts


def origin(tileset: Tileset, user: Any, wish: str = "") -> Origin:
    """Say where the tiles of `tileset` come from; `wish` names what is asked for besides. Raises Busy."""
    if _in_transaction():
        return Origin("")
    key = digest(["mvt", now().database, wish, *_fixed_parts(tileset, user)])
    buffer = max((layer.buffer for layer in tileset.layers), default=BUFFER)
    daily = any(layer.changes_daily for layer in tileset.layers)
    return Origin(key, sources(tileset, user), buffer, not wish, _midnight() if daily else math.inf)


def _midnight() -> float:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, timezone.get_current_timezone()).timestamp()


def content_version(tileset: Tileset, user: Any) -> str:
    """Name the present content of everything a tileset is made from; inside a transaction a name of its own."""
    if _in_transaction():
        return uuid4().hex
    known = now()
    behind = sources(tileset, user)
    numbers = [f"{name}={known.last.get(name, 0)}" for name in (*behind.places, *behind.anywhere)]
    return "&".join([known.database, *_fixed_parts(tileset, user), *numbers])


def now() -> Known:
    """Return what is known of changes. Raises Busy when the database cannot be asked: then nobody knows what is fresh
    or who may still see it."""
    try:
        return JOURNAL.now()
    except Unreachable as error:
        raise Busy(_("暂时无法确认瓦片是否最新，请稍后重试。"), code="tiles-unsure") from error


def find(here: Origin, tile: TileAddress, make: Callable[[], bytes], known: Known | None = None) -> Entry:
    """Return the tile from memory, from the shared store, or made by one of those who ask for it. Raises Busy.

    `known` is what the journal said after the request came in, if it was asked already.
    """
    if not here.key:
        return _made(here, tile, make, 0)
    memory = MEMORY if here.is_plain else WISHES
    key = (here.key, tile.z, tile.x, tile.y)
    known = known or now()
    asked_at = known.latest
    entry = memory.get(key)
    if entry is not None and entry.is_fresh(known):
        count("memory")
        return entry

    def obtain() -> Entry:
        found = _obtain(here, tile, make, known, asked_at)
        memory.put(key, found)
        return found

    while True:
        entry = TOWER.fly(key, obtain)
        # A flight that left before this request may not know the newest change; the next one does.
        if entry.checked >= asked_at or entry.is_fresh(known):
            return entry


def _obtain(here: Origin, tile: TileAddress, make: Callable[[], bytes], known: Known, number: int) -> Entry:
    """Make the tile, or take it from the store. Rows may be newer than `number` says, never older."""
    if not here.is_plain:
        with TOWER.place:
            return _made(here, tile, make, number)
    kind = (here.key, tile.z)
    if PACE.slowest(kind) > WORTH_STORING_S and (stored := _stored(here, tile, known)):
        return stored
    with LOCK.held(_lock_of(here, tile), WAIT_S) as lock:
        if lock.waited and (stored := _stored(here, tile, known)):
            return stored
        with TOWER.place:
            started = perf_counter()
            entry = _made(here, tile, make, number)
            # Its share of the time, for all that are under way wait for each other: a crowd makes no tile dear.
            seconds = (perf_counter() - started) / TOWER.taken
        PACE.took(kind, seconds)
        if seconds > WORTH_STORING_S or lock.is_wanted():
            kept = (entry.etag, entry.bodies[GZIP], entry.checked)
            caches["tiles"].set(_name_in_store(here, tile), kept, KEEP_SECONDS)
    return entry


def _lock_of(here: Origin, tile: TileAddress) -> int:
    # Numbers have the same hash in every process; texts do not.
    return hash((int(here.key, 16), tile.z, tile.x, tile.y)) % PLACES


def _name_in_store(here: Origin, tile: TileAddress) -> str:
    return f"{here.key}{tile.z:02d}{digest([here.key, str(tile)])}"


def _stored(here: Origin, tile: TileAddress, known: Known) -> Entry | None:
    """Return the tile that another process left, if it is still right."""
    found = caches["tiles"].get(_name_in_store(here, tile))
    if found is None:
        return None
    etag, body, number = found
    entry = Entry(etag, {GZIP: body}, here.sources, partial(reach, tile, here.buffer), number)
    if not entry.is_fresh(known):
        return None
    count("store")
    return entry


def _made(here: Origin, tile: TileAddress, make: Callable[[], bytes], number: int) -> Entry:
    """Make the tile and pack it once.

    The tag is of the content, which packs the same each time: made again from rows that look the same, it stays.
    """
    count("made")
    content = make()
    body = PACK[GZIP](content) if content else b""
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    return Entry(etag, {GZIP: body}, here.sources, partial(reach, tile, here.buffer), number)


def reach(tile: TileAddress, buffer: int) -> Box:
    """Return the bounds (degrees) within which a change may alter the tile."""
    west, south, east, north = tile.bounds(buffer + MARGIN)
    if tile.x in (0, tile.grid.columns(tile.z) - 1):
        west, east = -math.inf, math.inf  # what lies beyond the antimeridian is near too
    if tile.y == 0:
        north = math.inf
    if tile.y == tile.grid.rows(tile.z) - 1:
        south = -math.inf
    return west, south, east, north


def _in_transaction() -> bool:
    return connections[DEFAULT_DB_ALIAS].in_atomic_block
