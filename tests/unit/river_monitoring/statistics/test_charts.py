"""The geometry of charts: bands follow the standard, labels do not run into each other, gaps stay gaps."""

from datetime import date
from decimal import Decimal

import pytest

from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.statistics.figures.bands import class_bands, value_range
from ui.charts.chart import Mark, key_of, pieces_of, spread_labels
from ui.charts.scale import Axis, month_ticks, nice_ticks


@pytest.mark.parametrize("code", [code for code, row in GB3838_2002.parameters.items() if row.is_rated("river")])
@pytest.mark.parametrize("water", ["river", "lake"])
def test_the_bands_say_what_the_standard_says(code, water):
    """In the middle of each band the standard's own grading gives that band's class."""
    parameter = GB3838_2002[code]
    limits = [float(limit) for limit in parameter.limits_for(water)]
    low, high = value_range(parameter, [2 * max(limits, default=10)], limits)
    bands = class_bands(parameter, water, low, high)
    assert bands
    for band in bands:
        middle = Decimal(str((band.low + band.high) / 2))
        assert parameter.grade(middle, water) == band.number


def test_bands_leave_no_gap_and_do_not_overlap():
    bands = sorted(class_bands(GB3838_2002["do"], "river", 0, 9), key=lambda band: band.low)
    assert [band.low for band in bands[1:]] == [band.high for band in bands[:-1]]
    assert (bands[0].low, bands[-1].high) == (0, 9)


def test_a_parameter_without_limits_has_no_bands():
    assert class_bands(GB3838_2002["temp"], "river", 0, 30) == []


@pytest.mark.parametrize(("low", "high"), [(0, 0.0007), (0, 1), (5.5, 9.5), (0, 123456), (-3, 31)])
def test_ticks_are_round_within_the_range_and_few(low, high):
    ticks = nice_ticks(low, high)
    assert 3 <= len(ticks) <= 8
    assert all(low <= tick <= high for tick in ticks)


def test_ticks_of_many_years_are_as_few_as_those_of_one():
    assert len(month_ticks(date(1990, 1, 1), date(2026, 1, 1), 10)) <= 10
    assert month_ticks(date(2026, 1, 5), date(2026, 3, 5), 10)[0] == date(2026, 1, 1)


def test_a_label_too_near_to_a_target_gives_way_but_its_line_stays():
    limits = spread_labels([(1.0, "target", True), (0.99, "near", False), (0.2, "far", False)], Axis(0, 1, 200, 0))
    assert [(limit.label, limit.is_target) for limit in limits] == [("target", True), ("", False), ("far", False)]


def test_a_missing_span_breaks_the_line():
    marks = [Mark(x, 0, False, "") for x in (0, 1, 5)]
    assert pieces_of(marks, [True, False, True]) == ["0,0 1,0", "5,0"]
    assert pieces_of([], []) == []


def test_a_long_legend_goes_on_in_the_next_row():
    keys, height = key_of([(number, "一个名字很长的监测断面", False) for number in range(1, 5)], 400)
    assert len({key.y for key in keys}) > 1
    assert height == 20 * len({key.y for key in keys})
