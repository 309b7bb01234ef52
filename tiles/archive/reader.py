"""Tiles out of a PMTiles file by memory map, with its directories read once.

The stock reader reads the header and parses directories at every call; here a tile costs a number along the Hilbert
curve, one or two searches and a slice of the map. Whoever replaces a file does it by renaming another one over it.
"""

import mmap
import zlib
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any

from pmtiles.reader import Reader as StockReader
from pmtiles.tile import Compression, HeaderDict, TileType, deserialize_header

from geokit.refusal import BadInput
from tiles.archive.order import tile_id

KEPT_LEAVES = 512
"""Of at most some thousand entries each: about 50 MB when all are kept."""
MAX_DIRECTORY_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 4
HEADER_BYTES = 127


@dataclass(frozen=True, slots=True)
class Directory:
    """Parsed entries, side by side. A run of 0 marks a further directory."""

    ids: list[int]
    runs: list[int]
    lengths: list[int]
    offsets: list[int]


class UnreadableArchive(BadInput):
    """The file is no PMTiles of version 3 with gzip directories, or is damaged."""

    default_code = "pmtiles-unreadable"


class Archive:
    """One open file. Reading is safe for several threads."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            try:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                self.header: HeaderDict = deserialize_header(self._map[:HEADER_BYTES])
                self.metadata: dict[str, Any] = StockReader(self._bytes).metadata()
                self._root = self._directory(self.header["root_offset"], self.header["root_length"])
            except Exception as error:
                # Of a damaged file any step may stumble in a way of its own.
                raise UnreadableArchive(f"{path.name}: {type(error).__name__}") from error
        self._leaves: OrderedDict[int, Directory] = OrderedDict()
        self._lock = Lock()

    @property
    def is_vector(self) -> bool:
        return self.header["tile_type"] == TileType.MVT

    @property
    def encoding(self) -> str:
        """Return the tiles' Content-Encoding, "" for none."""
        names = {Compression.GZIP: "gzip", Compression.BROTLI: "br", Compression.ZSTD: "zstd"}
        return names.get(self.header["tile_compression"], "")

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        header = self.header
        numbers = (header["min_lon_e7"], header["min_lat_e7"], header["max_lon_e7"], header["max_lat_e7"])
        west, south, east, north = (number / 1e7 for number in numbers)
        return west, south, east, north

    def get(self, z: int, x: int, y: int) -> bytes:
        """Return the tile as it is stored, b"" when the file has none."""
        place = self.place(z, x, y)
        return b"" if place is None else self._bytes(*place)

    def place(self, z: int, x: int, y: int) -> tuple[int, int] | None:
        """Return offset and length of a tile; the same for tiles of the same content."""
        wanted = tile_id(z, x, y)
        directory = self._root
        for _depth in range(MAX_DEPTH):
            at = bisect_right(directory.ids, wanted) - 1
            if at < 0:
                return None
            run, offset, length = directory.runs[at], directory.offsets[at], directory.lengths[at]
            if run:
                if wanted - directory.ids[at] >= run:
                    return None
                return self.header["tile_data_offset"] + offset, length
            directory = self._leaf(self.header["leaf_directory_offset"] + offset, length)
        return None

    def _bytes(self, offset: int, length: int) -> bytes:
        return self._map[offset : offset + length]

    def _leaf(self, offset: int, length: int) -> Directory:
        found = self._leaves.get(offset)
        if found is None:
            found = self._directory(offset, length)
            with self._lock:
                self._leaves[offset] = found
                while len(self._leaves) > KEPT_LEAVES:
                    self._leaves.popitem(last=False)
        return found

    def _directory(self, offset: int, length: int) -> Directory:
        inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        numbers = _varints(inflate.decompress(self._bytes(offset, length), MAX_DIRECTORY_BYTES))
        count = numbers[0]
        if len(numbers) != 1 + 4 * count:
            raise UnreadableArchive(f"directory of {count} entries with {len(numbers)} numbers")
        columns = [numbers[1 + part * count : 1 + (part + 1) * count] for part in range(4)]
        ids, runs, lengths, stored = list(accumulate(columns[0])), columns[1], columns[2], columns[3]
        offsets: list[int] = []
        for index, number in enumerate(stored):
            # 0 says: right behind the one before.
            offsets.append(number - 1 if number else offsets[index - 1] + lengths[index - 1])
        return Directory(ids, runs, lengths, offsets)


def _varints(data: bytes) -> list[int]:
    numbers: list[int] = []
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            numbers.append(value)
            value = shift = 0
    return numbers
