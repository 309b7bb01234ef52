"""Relief: flat land is clear, slopes away from the light are dark, no data is nothing."""

import numpy as np

from tiles.raster import hillshade


def _alpha(heights):
    return np.asarray(hillshade(np.ma.masked_invalid(heights), 30.0))[..., 1]


def test_flat_land_throws_no_shade():
    assert _alpha(np.full((10, 10), 12.0)).max() == 0


def test_a_slope_away_from_the_light_is_darker_than_one_towards_it():
    rows, columns = np.mgrid[0:10, 0:10]
    falls_to_the_south_east = -(rows + columns) * 20.0
    assert _alpha(falls_to_the_south_east).mean() > 40
    assert _alpha(-falls_to_the_south_east).mean() == 0


def test_cells_without_data_are_transparent():
    heights = -np.add.outer(np.arange(10.0), np.arange(10.0)) * 20
    heights[4:6, 4:6] = np.nan
    alpha = _alpha(heights)
    assert (alpha[3:5, 3:5] == 0).all()
    assert alpha[0, 0] > 0


def test_the_margin_is_cut_off():
    assert _alpha(np.zeros((258, 258))).shape == (256, 256)
