"""Pettitt's test: what it finds, what it must not find, and that its sums are those of the paper."""

from random import Random

import pytest

from reporting.warnings.change_points import LEAST_VALUES, find_change


def test_the_strongest_place_is_that_of_the_definition():
    chance = Random(79)
    values = [chance.gauss(0, 1) + (3 if place >= 13 else 0) for place in range(24)]
    sums = {
        t: abs(sum((values[i] > values[j]) - (values[i] < values[j]) for i in range(t) for j in range(t, 24)))
        for t in range(1, 24)
    }
    found = find_change(values)
    assert found is not None
    assert found.place == max(sums, key=sums.__getitem__) == 13
    assert found.probability < 0.001


@pytest.mark.parametrize("values", [[5.0] * 24, [20.0, 21.0, 19.0] * 8, [1.0] * (LEAST_VALUES - 2) + [9.0], []])
def test_a_level_that_stays_and_too_few_values_have_no_change(values):
    assert find_change(values) is None


def test_chance_alone_is_called_a_change_no_more_often_than_promised():
    chance = Random(20)
    found = [find_change([chance.gauss(0, 1) for _ in range(36)]) for _ in range(400)]
    assert sum(one is not None for one in found) <= 400 * 0.05
