"""Circles of towns lie beside each other, where they belong as far as there is room."""

from itertools import combinations
from math import hypot

from reporting.dashboard.charts import apart


def overlap(circles):
    """By how much the two that overlap most do; negative where none do."""
    pairs = combinations(circles, 2)
    return max(one[2] + two[2] - hypot(one[0] - two[0], one[1] - two[1]) for one, two in pairs)


def test_circles_that_overlap_give_way_by_half_each_and_others_stay():
    left, right, far = apart([(100, 100, 10), (112, 100, 10), (200, 40, 18)])
    assert (left, right, far) == ((96, 100, 10), (116, 100, 10), (200, 40, 18))


def test_many_towns_in_one_place_lie_beside_each_other():
    crowd = [(150 + n % 5 * 7, 90 + n // 5 * 7, 6.5 + n % 3 * 4) for n in range(18)]
    assert overlap(crowd) > 10
    assert overlap(apart(crowd)) < 0.5
    assert overlap(apart([(50, 50, 8)] * 3)) < 0.5
    assert apart(crowd) == apart(crowd)
    assert [radius for _x, _y, radius in apart(crowd)] == [radius for _x, _y, radius in crowd]
