"""The grids: where a level begins, how wide a tile is, and that both agree with what others publish."""

import pytest

from geokit.refusal import BadInput
from tiles.grids.address import TileAddress
from tiles.grids.tile_matrix_sets import CGCS2000, GRIDS, WEB_MERCATOR


def test_the_first_level_of_cgcs2000_is_two_tiles_of_half_the_world():
    assert (CGCS2000.columns(1), CGCS2000.rows(1)) == (2, 1)
    assert CGCS2000.box(1, 0, 0) == (-180.0, -90.0, 0.0, 90.0)
    assert CGCS2000.box(1, 1, 0) == (0.0, -90.0, 180.0, 90.0)


def test_cgcs2000_has_the_resolution_that_tianditu_states():
    assert CGCS2000.side(1) / 256 == 0.703125
    assert CGCS2000.side(18) / 256 == pytest.approx(5.36441802978515e-06)


def test_a_place_in_ningbo_lies_in_the_tile_that_arithmetic_says():
    # 121.55 E, 29.87 N at level 14: a tile is 360 / 2**14 degrees.
    x, y = int((121.55 + 180) * 2**14 / 360), int((90 - 29.87) * 2**14 / 360)
    west, south, east, north = TileAddress.parse("14", str(x), str(y), CGCS2000).bounds(buffer=0)
    assert west <= 121.55 < east
    assert south < 29.87 <= north
    assert east - west == pytest.approx(360 / 2**14)


def test_rows_end_where_the_world_does():
    assert TileAddress.parse("3", "7", "3", CGCS2000).bounds(buffer=0) == (135.0, -90.0, 180.0, -45.0)
    with pytest.raises(BadInput):
        TileAddress.parse("3", "7", "4", CGCS2000)
    assert TileAddress.parse("3", "7", "4", WEB_MERCATOR)


def test_cgcs2000_has_no_level_zero():
    with pytest.raises(BadInput) as refused:
        TileAddress.parse("0", "0", "0", CGCS2000)
    assert refused.value.code == "bad-tile-address"


def test_a_degree_tile_has_no_bounds_in_metres():
    with pytest.raises(ValueError, match="EPSG:3857"):
        TileAddress(1, 0, 0, CGCS2000).bounds_m()


def test_the_matrix_sets_have_the_scales_that_ogc_publishes():
    mercator = WEB_MERCATOR.matrix_set(1)["tileMatrices"]
    degrees = CGCS2000.matrix_set(2)["tileMatrices"]
    # WebMercatorQuad level 0 and WorldCRS84Quad level 0 (our level 1) in OGC 17-083r4, annex D.
    assert mercator[0]["scaleDenominator"] == pytest.approx(559082264.028717)
    assert degrees[0]["scaleDenominator"] == pytest.approx(279541132.014358)
    assert (degrees[0]["id"], degrees[0]["matrixWidth"], degrees[0]["matrixHeight"]) == ("1", 2, 1)
    assert degrees[0]["pointOfOrigin"] == [90.0, -180.0]


def test_every_grid_is_known_by_its_name():
    assert set(GRIDS) == {"WebMercatorQuad", "CGCS2000"}
