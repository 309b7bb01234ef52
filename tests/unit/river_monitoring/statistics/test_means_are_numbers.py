"""A mean is a number: it is never read again as a laboratory's text, so usable readings always give a class."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from river_monitoring.standard.averages import as_readings, means
from river_monitoring.standard.evaluation import GB3838_2002, WaterClass, evaluate_water_class
from river_monitoring.standard.readings import UnreadableValue, parse_reading

RATED = [code for code, row in GB3838_2002.parameters.items() if row.judged == "class" and row.is_rated("river")]


@st.composite
def usable(draw, code):
    """A value as a laboratory writes it, anywhere between a trace and ten times class V."""
    if code == "ph":
        return str(draw(st.decimals(0, 14, places=2)))
    limit = GB3838_2002[code].limits_for("river")[-1]
    text = f"{draw(st.decimals(limit / 10_000, limit * 10, places=7)):f}"
    is_below = GB3838_2002[code].direction == "max" and draw(st.booleans()) and Decimal(text)
    return text + ("L" if is_below else "")


@st.composite
def quarters(draw):
    """Three to nine samples of one quarter, with any of the 21 parameters."""
    codes = draw(st.lists(st.sampled_from(RATED), min_size=1, unique=True))
    days = draw(st.lists(st.dates(date(2026, 7, 1), date(2026, 9, 30)), min_size=3, max_size=9))
    return [(day, {code: draw(usable(code)) for code in codes}) for day in days]


@given(quarters())
def test_a_mean_of_usable_readings_is_never_unrated(samples):
    (columns,) = means(samples, "quarter").values()
    answer = evaluate_water_class(as_readings(columns))
    assert answer.water_class is not WaterClass.UNRATED
    assert set(answer.grades) == set(columns)


@st.composite
def all_items_of_a_year(draw):
    """One to three samples in each quarter of a year with all 21 parameters that decide a class."""
    months = [
        month for first in (1, 4, 7, 10) for month in draw(st.lists(st.integers(first, first + 2), min_size=2))[:3]
    ]
    return [(date(2026, month, 5), {code: draw(usable(code)) for code in RATED}) for month in months]


@given(all_items_of_a_year(), st.sampled_from(["month", "quarter", "year"]))
def test_all_21_items_always_give_a_class_in_a_month_a_quarter_and_a_year(samples, period):
    assert len(RATED) == 21
    found = means(samples, period)
    assert len(found) == {"month": len({day.month for day, _ in samples}), "quarter": 4, "year": 1}[period]
    for columns in found.values():
        answer = evaluate_water_class(as_readings(columns))
        assert answer.water_class is not WaterClass.UNRATED
        assert set(answer.grades) == set(RATED)


def test_three_traces_of_mercury_have_a_mean_and_a_class():
    samples = [
        (date(2026, month, 5), {"hg": value}) for month, value in ((7, "0.00004L"), (8, "0.00004L"), (9, "0.00005"))
    ]
    (columns,) = means(samples, "quarter").values()
    assert evaluate_water_class(as_readings(columns)).water_class is WaterClass.I


def test_a_number_that_is_not_finite_is_refused_and_an_empty_cell_of_a_table_stays_empty():
    with pytest.raises(UnreadableValue):
        parse_reading(Decimal("Infinity"))
    assert parse_reading(float("nan")) is None
