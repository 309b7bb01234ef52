"""Relief: light falls as geometry says, flat land is clear, the edge of the data is no cliff."""

import math

import numpy as np
import pytest

from tiles.raster.hillshade import Light, illumination, veil


def _plane(toward_degrees: float, slope: float, pixel_m: float = 30.0) -> np.ndarray:
    """A plane that rises toward a compass direction with `slope` metres per metre, rows southward."""
    rows, columns = np.mgrid[0:9, 0:9].astype(float)
    east, north = columns * pixel_m, -rows * pixel_m
    angle = math.radians(toward_degrees)
    return slope * (east * math.sin(angle) + north * math.cos(angle))


@pytest.mark.parametrize("azimuth", [0.0, 90.0, 315.0])
@pytest.mark.parametrize("rises_to", [0.0, 45.0, 200.0])
@pytest.mark.parametrize("altitude", [30.0, 60.0])
def test_a_plane_gets_the_cosine_of_the_angle_between_its_normal_and_the_light(azimuth, rises_to, altitude):
    slope = 0.4
    normal = np.array([-slope * math.sin(math.radians(rises_to)), -slope * math.cos(math.radians(rises_to)), 1.0])
    sun = np.array(
        [
            math.sin(math.radians(azimuth)) * math.cos(math.radians(altitude)),
            math.cos(math.radians(azimuth)) * math.cos(math.radians(altitude)),
            math.sin(math.radians(altitude)),
        ]
    )
    expected = max(0.0, float(normal @ sun / np.linalg.norm(normal)))
    lit = illumination(_plane(rises_to, slope), 30.0, Light(azimuth, altitude))
    assert lit == pytest.approx(np.full((7, 7), expected), abs=1e-9)


def test_exaggeration_is_the_same_as_steeper_ground():
    once = illumination(_plane(135, 0.6), 30.0, Light())
    assert illumination(_plane(135, 0.2), 30.0, Light(z_factor=3.0)) == pytest.approx(once)


def test_flat_land_throws_no_shade():
    assert veil(np.full((10, 10), 12.0), 30.0, Light()).max() == 0


def test_a_slope_away_from_the_light_is_darker_than_one_towards_it():
    assert veil(_plane(315, 0.7), 30.0, Light()).mean() > 40
    assert veil(_plane(135, 0.7), 30.0, Light()).mean() == 0


def test_cells_without_data_are_clear_and_their_neighbours_see_no_cliff():
    heights = np.full((12, 12), 500.0)
    heights[4:6, 4:6] = np.nan
    shade = veil(heights, 30.0, Light())
    assert shade.shape == (10, 10)
    assert shade.max() == 0
    heights[8, 8] = 0.0
    assert veil(heights, 30.0, Light()).max() > 0  # a real hole is seen
