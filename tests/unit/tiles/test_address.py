"""Tile addresses: what exists, what does not, and where a tile lies."""

import pytest

from geokit.refusal import BadInput
from tiles.grids.address import MAX_LATITUDE, TileAddress


def test_an_address_is_read_as_z_x_y():
    assert TileAddress.parse("3", "6", "2") == TileAddress(z=3, x=6, y=2)


@pytest.mark.parametrize(
    ("z", "x", "y"),
    [
        ("0", "1", "0"),
        ("3", "8", "0"),
        ("3", "0", "8"),
        ("23", "0", "0"),
        ("-1", "0", "0"),
        ("a", "0", "0"),
        ("1.5", "0", "0"),
        ("", "0", "0"),
        ("٣", "0", "0"),
        ("3", "9" * 40, "0"),
    ],
)
def test_a_tile_that_cannot_exist_is_refused(z, x, y):
    with pytest.raises(BadInput) as refused:
        TileAddress.parse(z, x, y)
    assert refused.value.code == "bad-tile-address"


def test_the_world_tile_is_the_whole_mercator_plane():
    west, south, east, north = TileAddress(0, 0, 0).bounds(buffer=0)
    assert (west, east) == (-180.0, 180.0)
    # Data lies on a globe, not on the plane: the outermost rows reach the poles.
    assert (south, north) == pytest.approx((-MAX_LATITUDE, MAX_LATITUDE), abs=1e-9)


def test_the_tile_of_haishu_contains_haishu():
    west, south, east, north = TileAddress.parse("9", "428", "211").bounds(buffer=0)
    assert west < 121.45 < east
    assert south < 29.85 < north


def test_the_buffer_widens_a_tile_on_all_four_sides():
    bare, wide = TileAddress(10, 857, 421).bounds(0), TileAddress(10, 857, 421).bounds(64)
    assert wide[0] < bare[0]
    assert wide[1] < bare[1]
    assert wide[2] > bare[2]
    assert wide[3] > bare[3]


def test_neighbours_share_an_edge():
    left, right = TileAddress(12, 3430, 1690), TileAddress(12, 3431, 1690)
    assert left.bounds_m()[2] == pytest.approx(right.bounds_m()[0])


def test_the_buffer_never_leaves_the_globe():
    west, _, east, _ = TileAddress(1, 0, 0).bounds(64)
    assert west == -180.0
    assert east < 180.0
