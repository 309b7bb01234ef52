"""Reading PMTiles by memory map: the same bytes as the stock reader gives, and damaged files refused."""

import gzip
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType, tileid_to_zxy, zxy_to_tileid
from pmtiles.writer import Writer

from tiles.archive.order import tile_id
from tiles.archive.reader import Archive, UnreadableArchive


def write(path, tiles, compression=Compression.GZIP):
    with path.open("wb") as file:
        writer = Writer(file)
        for number in sorted(tiles):
            writer.write_tile(number, tiles[number])
        header = {"tile_compression": compression, "tile_type": TileType.MVT, "center_zoom": 3}
        writer.finalize(header, {"name": "试", "vector_layers": []})
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Thirty thousand tiles with runs of one content: enough for directories within directories."""
    chance = random.Random(7)
    numbers = sorted(chance.sample(range(400_000), 30_000))
    tiles = {number: gzip.compress(f"tile {number}".encode(), mtime=0) for number in numbers}
    tiles |= dict.fromkeys(range(200_000, 203_000), b"sea")
    return write(tmp_path_factory.mktemp("pmtiles") / "large.pmtiles", tiles), tiles


@given(st.integers(0, 26).flatmap(lambda z: st.tuples(st.just(z), *[st.integers(0, 2**z - 1)] * 2)))
def test_the_order_is_that_of_the_format(tile):
    assert tile_id(*tile) == zxy_to_tileid(*tile)


def test_every_tile_is_what_was_written_and_no_other_is_there(large):
    path, tiles = large
    archive = Archive(path)
    assert archive.header["leaf_directory_length"] > 0
    for number in range(0, 410_000, 7):
        assert archive.get(*tileid_to_zxy(number)) == tiles.get(number, b"")


def test_it_agrees_with_the_stock_reader(large):
    path, tiles = large
    archive = Archive(path)
    with path.open("rb") as file:
        stock = Reader(MmapSource(file))
        assert archive.metadata == stock.metadata()
        for number in random.Random(1).sample(range(410_000), 60):
            tile = tileid_to_zxy(number)
            assert archive.get(*tile) == (stock.get(*tile) or b"")


def test_equal_contents_share_a_place(large):
    archive = Archive(large[0])
    assert archive.place(*tileid_to_zxy(200_001)) == archive.place(*tileid_to_zxy(202_999))
    assert archive.place(*tileid_to_zxy(499_999)) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"PMTiles",
        lambda data: b"GIF89a" + data[6:],
        lambda data: data[:7] + b"\x02" + data[8:],
        lambda data: data[:130],
        lambda data: data[:127] + bytes(200) + data[327:],
    ],
)
def test_a_damaged_file_is_refused(large, tmp_path, damage):
    path = tmp_path / "bad.pmtiles"
    path.write_bytes(damage(large[0].read_bytes()))
    with pytest.raises(UnreadableArchive):
        Archive(path)
