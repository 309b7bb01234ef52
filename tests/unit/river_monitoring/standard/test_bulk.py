"""Many samples at once are rated exactly as one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from river_monitoring.standard.bulk import Column, evaluate_water_classes
from river_monitoring.standard.evaluation import GB3838_2002, evaluate_water_class

CODES = tuple(GB3838_2002.parameters)


def near_limits(code):
    """Values on, just beside and far from the limits of a parameter, and ones that cannot be."""
    row = GB3838_2002[code]
    limits = {limit for each in row.limits.values() for limit in each} | set(row.bounds or ())
    exact = [f"{limit * factor:f}" for limit in limits for factor in (1, 2)]
    beside = [f"{float(limit) * factor:.6f}" for limit in limits for factor in (0.999999, 1.000001, 1.25, 1.35, 3.05)]
    free = st.decimals(0, 50, places=4).map(str)
    return st.one_of(st.none(), st.sampled_from([*exact, *beside, "-1", "77"]), free)


@st.composite
def samples(draw):
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=8, unique=True))
    rows = draw(st.integers(1, 6))
    cells = {code: [(draw(near_limits(code)), draw(st.booleans())) for _ in range(rows)] for code in codes}
    return cells, [draw(st.sampled_from(["river", "lake"])) for _ in range(rows)]


@given(samples())
def test_the_vectorised_and_the_single_path_agree(given_samples):
    cells, waters = given_samples
    columns = {
        code: Column(
            np.array([np.nan if text is None else float(text) for text, _ in column]),
            np.array([text is not None and below for text, below in column]),
        )
        for code, column in cells.items()
    }
    answer = evaluate_water_classes(columns, np.array(waters))
    for row, water in enumerate(waters):
        readings = {
            code: None if column[row][0] is None else column[row][0] + "L" * column[row][1]
            for code, column in cells.items()
        }
        single = evaluate_water_class(readings, water)
        assert answer.water_class(row) is single.water_class
        assert answer.limiting(row) == single.limiting
        assert answer.multiples(row) == dict(single.exceedance)
        assert answer.primary(row) == single.primary


def test_one_water_for_all_is_the_same_as_one_for_each():
    column = {"tp": Column(np.array([0.09, 0.21, np.nan]))}
    alike = evaluate_water_classes(column, np.array(["lake"] * 3)).numbers
    assert evaluate_water_classes(column, "lake").numbers.tolist() == alike.tolist() == [4, 6, 0]


def test_no_samples_give_no_answers():
    assert evaluate_water_classes({}).numbers.tolist() == []


@pytest.mark.parametrize(
    ("columns", "water"),
    [
        ({"tp": Column(np.zeros(2)), "ph": Column(np.zeros(3))}, "river"),
        ({"tp": Column(np.zeros(2))}, np.array(["river"])),
        ({"tp": Column(np.zeros(2))}, "sea"),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns, water):
    with pytest.raises(ValueError, match=r"length|water"):
        evaluate_water_classes(columns, water)


def test_a_parameter_the_standard_does_not_know_is_refused():
    with pytest.raises(KeyError):
        evaluate_water_classes({"mud": Column(np.zeros(1))})
