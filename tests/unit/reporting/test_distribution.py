"""Answer times as a distribution."""

import pytest

from reporting.dashboard.distribution import histogram, percentile, spread

DAYS = [(0, 0), (7, 0), (8, 1), (14, 1), (15, 2), (90, 4), (91, 5), (400, 5), (-2, 0)]


@pytest.mark.parametrize(("day", "place"), DAYS)
def test_each_day_is_in_one_bin(day, place):
    counts = [each.count for each in histogram([day])]
    assert counts == [1 if number == place else 0 for number in range(6)]


def test_the_bins_follow_each_other_without_a_gap():
    bins = histogram([])
    assert [each.first for each in bins[1:]] == [each.last + 1 for each in bins[:-1]]
    assert bins[-1].last is None


@pytest.mark.parametrize(
    ("days", "share", "expected"), [([4], 90, 4), ([1, 3], 50, 2), ([1, 2, 3, 4], 25, 1.75), (list(range(11)), 90, 9)]
)
def test_percentiles_are_those_of_a_spreadsheet(days, share, expected):
    assert percentile(days, share) == expected


def test_four_answers_are_too_few_to_speak_of():
    assert spread([1, 2, 3, 4]) is None
    assert spread([9, 1, 5, 3, 7]).p50 == 5
    assert spread([9, 1, 5, 3, 7]).count == 5
