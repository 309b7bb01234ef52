"""Tiles of PMTiles files over HTTP: as stored for who takes that encoding, decompressed for others."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli
import zstandard
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from isal import igzip

from geokit.refusal import BadInput
from tiles.archive.reader import Archive
from tiles.archive.serving import ArchiveTileset
from tiles.cache.content_encoding import MVT_TYPE, accepts
from tiles.grids.address import TileAddress
from tiles.http.conditional import conditional

DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": igzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


@dataclass(frozen=True, slots=True)
class StoredTile:
    """A tile in the file; equal contents share a place and so a tag."""

    tag: str
    body: bytes

    @property
    def is_empty(self) -> bool:
        return not self.body


def archive_tile(request: HttpRequest, tileset: ArchiveTileset, tile: TileAddress) -> HttpResponse:
    """Answer with one tile: as it is stored for who takes that encoding, unpacked for others."""
    archive = tileset.archive
    place = archive.place(tile.z, tile.x, tile.y)
    mark = "|".join(map(str, (*tileset.stamp, *(place or ()))))
    stored = StoredTile(f'W/"{hashlib.blake2b(mark.encode(), digest_size=12).hexdigest()}"',
                        archive.get(tile.z, tile.x, tile.y))  # fmt: skip
    return conditional(request, stored, lambda: _full(request, archive, stored.body))


def _full(request: HttpRequest, archive: Archive, body: bytes) -> HttpResponse:
    encoding = archive.encoding
    if encoding and not accepts(request.headers.get("Accept-Encoding", ""), encoding):
        return HttpResponse(DECOMPRESS[encoding](body), content_type=MVT_TYPE)
    response = HttpResponse(body, content_type=MVT_TYPE)
    if encoding:
        response["Content-Encoding"] = encoding
    return response


def refuse_parameters(request: HttpRequest) -> None:
    """Raise BadInput `wish-unsupported` for a filter, properties, a month or a grid: a file holds finished tiles."""
    if any(name in request.GET for name in ("filter", "properties", "at", "grid")):
        raise BadInput(_("这个图层是现成的瓦片文件，不能过滤、选属性、选时间或换网格。"), code="wish-unsupported")
