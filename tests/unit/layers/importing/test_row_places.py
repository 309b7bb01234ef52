"""Dots for where all rows lie: bounded in number, of every row, only where shapes do not show it."""

import numpy as np
import pytest
from shapely import Point, box, points

from layers.importing.inspection.row_places import MOST_CELLS, RowPlaces


class Batch:
    def __init__(self, geometry):
        self.geometry = np.array(geometry, object)


def places_of(*batches):
    found = RowPlaces()
    for geometry in batches:
        found.collect(Batch(geometry))
    return found


def test_every_row_counts_in_one_dot_that_lies_among_its_rows():
    near, far = [box(121, 29, 121.000_01, 29.000_01)] * 3, [box(-80.5, -40, -80.499_99, -39.999_99)]
    dots = places_of(near, far).features(shown=0, pixel=0)
    assert sorted(dot["properties"]["count"] for dot in dots) == [1, 3]
    lng, lat = next(dot["geometry"]["coordinates"] for dot in dots if dot["properties"]["count"] == 3)
    assert (lng, lat) == (pytest.approx(121.000_005), pytest.approx(29.000_005))
    assert len({dot["id"] for dot in dots}) == 2 and all(dot["id"] < 0 for dot in dots), "no row's number"


@pytest.mark.parametrize(("shown", "pixel", "dots"), [(2, 0.000_5, 0), (1, 0.000_5, 2), (2, 0.002, 2)])
def test_no_dots_where_all_rows_are_shown_and_none_is_below_a_pixel(shown, pixel, dots):
    found = places_of([box(121, 29, 121.001, 29.001), box(121.5, 29, 121.501, 29.001)])
    assert len(found.features(shown, pixel)) == dots


def test_points_are_seen_however_small():
    assert places_of([Point(121, 29), Point(122, 29)]).features(shown=2, pixel=1) == []


def test_a_million_rows_over_the_whole_earth_are_few_dots_and_none_is_lost():
    """The worst a file can do: no two rows near one another."""
    random = np.random.default_rng(7)
    found = RowPlaces()
    for _ in range(20):
        found.collect(Batch(points(random.uniform(-180, 180, 50_000), random.uniform(-90, 90, 50_000))))
    dots = found.features(shown=500, pixel=0)
    assert MOST_CELLS / 8 < len(dots) <= MOST_CELLS
    assert sum(dot["properties"]["count"] for dot in dots) == 1_000_000


def test_no_rows_have_no_dots():
    assert places_of([]).features(shown=0, pixel=0) == []
