"""PMTiles files in a folder as tilesets of the site: `var/pmtiles/roads.pmtiles` is `/tiles/roads/...`."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.html import escape, strip_tags

from tiles.archive.reader import Archive, UnreadableArchive
from tiles.layer.vector import PUBLIC

log = logging.getLogger(__name__)
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
SIGNED_IN = "signed-in"
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ArchiveTileset:
    """A file that is served. `stamp` is another one when the file is."""

    name: str
    archive: Archive
    stamp: Stamp
    audience: str = PUBLIC


_open: dict[Path, tuple[Stamp, Archive | None]] = {}
_lock = Lock()


def archive_tilesets(signed_in: Callable[[], bool]) -> list[ArchiveTileset]:
    """List the tilesets from files that somebody may see."""
    names = sorted(path.stem for path in settings.PMTILES_DIR.glob("*.pmtiles")) if _has_folder() else []
    return [found for name in names if (found := archive_tileset(name, signed_in))]


def archive_tileset(name: str, signed_in: Callable[[], bool]) -> ArchiveTileset | None:
    """Find one by name; None when there is none, or none for this asker.

    Who asks is looked up only where it matters: an answer that has looked at the session may not be shared.
    """
    if not NAME.fullmatch(name) or (name in settings.PMTILES_INTERNAL and not signed_in()):
        return None
    path = settings.PMTILES_DIR / f"{name}.pmtiles"
    try:
        about = path.stat()
    except OSError:
        return None
    stamp = (about.st_mtime_ns, about.st_size, about.st_ino)
    archive = _opened(path, stamp)
    audience = SIGNED_IN if name in settings.PMTILES_INTERNAL else PUBLIC
    return ArchiveTileset(name, archive, stamp, audience) if archive else None


def _has_folder() -> bool:
    return settings.PMTILES_DIR.is_dir()


def _opened(path: Path, stamp: Stamp) -> Archive | None:
    """Open a file once; one that cannot be read is no tileset until it changes."""
    known = _open.get(path)
    if known is None or known[0] != stamp:
        with _lock:
            try:
                archive: Archive | None = Archive(path)
            except (UnreadableArchive, OSError, ValueError) as error:
                log.warning("%s is not served: %s", path, error)
                archive = None
            if archive is not None and not archive.is_vector:
                log.warning("%s is not served: it holds no vector tiles", path)
                archive = None
            known = _open[path] = (stamp, archive)
    return known[1]


def _as_text(markup: str) -> str:
    """Who made a file may have written a link there, which stays as its words: map clients read HTML.

    >>> _as_text('<a href="x" onclick="y">A &amp; B</a> &lt;i&gt;')
    'A &amp; B &lt;i&gt;'
    """
    return str(escape(unescape(strip_tags(markup))))


def archive_tilejson(tileset: ArchiveTileset, tile_url: str) -> dict[str, Any]:
    """Return the TileJSON 3.0.0 of a file, from its metadata and header."""
    header, metadata = tileset.archive.header, tileset.archive.metadata
    west, south, east, north = tileset.archive.bounds
    layers = [
        {**layer, "id": str(layer["id"]), "fields": {str(k): str(v) for k, v in (layer.get("fields") or {}).items()}}
        for layer in metadata.get("vector_layers") or []
        if isinstance(layer, dict) and "id" in layer
    ]
    return {
        "tilejson": "3.0.0",
        "name": str(metadata.get("name") or tileset.name),
        "description": str(metadata.get("description") or ""),
        "attribution": _as_text(str(metadata.get("attribution") or "")),
        "scheme": "xyz",
        "tiles": [tile_url],
        "minzoom": header["min_zoom"],
        "maxzoom": header["max_zoom"],
        "bounds": [west, south, east, north],
        "center": [header["center_lon_e7"] / 1e7, header["center_lat_e7"] / 1e7, header["center_zoom"]],
        "vector_layers": layers,
    }
