"""Periods are read as people write them, and what is none is refused with an example."""

from datetime import date

import pytest

from geokit.refusal import BadInput
from reporting.indicators.periods import end_of, name_of, read, shift, text_of, year_before


@pytest.mark.parametrize(
    ("kind", "text", "day"),
    [
        ("day", "2026年3月5日", date(2026, 3, 5)), ("week", "2026-W10", date(2026, 3, 2)),
        ("month", "2026-3", date(2026, 3, 1)),
        ("month", "2026-03-01 00:00:00", date(2026, 3, 1)), ("quarter", "2026年第一季度", date(2026, 1, 1)),
        ("quarter", "2026-Q4", date(2026, 10, 1)), ("year", "2026", date(2026, 1, 1)),
    ],
)  # fmt: skip
def test_every_way_to_write_a_period_is_read(kind, text, day):
    assert read(kind, text) == day
    assert read(kind, text_of(kind, day)) == day


@pytest.mark.parametrize("text", ["", "2026-13", "26-3", "2026-03-05", "三月", "9" * 5000, "2026-0３", "\x00"])
def test_what_is_no_month_is_refused_with_an_example(text):
    with pytest.raises(BadInput, match="2026-03"):
        read("month", text)


def test_steps_lead_over_the_turn_of_the_year_and_a_leap_day_has_a_year_before():
    assert shift("month", date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert end_of("quarter", date(2026, 10, 1)) == date(2026, 12, 31)
    assert year_before("day", date(2024, 2, 29)) == date(2023, 2, 28)
    assert name_of("quarter", date(2026, 4, 1)) == "2026年第2季度"
