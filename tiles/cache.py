"""Finished tiles, stored compressed, keyed by who may see them and by the content they were made from."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from isal import igzip

from tiles.address import TileAddress
from tiles.freshness import versions
from tiles.layer import Tileset

# Level 1 of isal costs a fiftieth of zlib's level 6 and loses a few percent of size.
COMPRESSION = 1
KEEP_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class StoredTile:
    """A finished tile. `body` is gzip; empty bytes mean that there is nothing in the tile."""

    etag: str
    body: bytes

    @property
    def is_empty(self) -> bool:
        return not self.body

    def plain(self) -> bytes:
        """Return the uncompressed bytes, for the rare client that takes no gzip."""
        return igzip.decompress(self.body) if self.body else b""


def content_version(tileset: Tileset, user: Any) -> str:
    """Name the present content of all tables (or immutable versions) that a tileset is made from."""
    tables: set[str] = set()
    parts: list[str] = []
    for layer in tileset.layers:
        if layer.version_key:
            parts.append(f"{layer.name}={layer.version_key()}")
            tables.update(model._meta.db_table for model in layer.depends_on)
        else:
            tables.update(layer.tables(layer.visible_to(user)))
    if any(layer.changes_daily for layer in tileset.layers):
        parts.append(f"day={timezone.localdate()}")
    parts += [f"{name}={number}" for name, number in versions(tables).items()] if tables else []
    return "&".join(parts)


def digest(parts: Iterable[str]) -> str:
    """Return a short key that any cache accepts."""
    return hashlib.blake2b("|".join(parts).encode(), digest_size=16).hexdigest()


def get_or_make(
    tileset: Tileset, user: Any, tile: TileAddress, make: Callable[[], bytes], wish: str = ""
) -> StoredTile:
    """Return the stored tile, or make, compress and store it. `wish` names what was asked for besides the tile."""
    version = content_version(tileset, user)
    key = "mvt:" + digest([tileset.name, tileset.audience(user), version, str(tile), wish])
    stored = cache.get(key)
    if stored is None:
        stored = store(make())
        cache.set(key, stored, KEEP_SECONDS)
    return stored


def store(content: bytes) -> StoredTile:
    """Compress once; the ETag is of the content, so a tile that a change did not touch keeps it."""
    etag = hashlib.blake2b(content, digest_size=12).hexdigest()
    # mtime 0: the same content always gives the same bytes.
    return StoredTile(etag, igzip.compress(content, COMPRESSION, mtime=0) if content else b"")
