"""Formulas: arithmetic only, units that fit, no circle; what cannot be computed is no data."""

import pytest

from geokit.refusal import BadInput
from reporting.indicators.formulas import check_units, circle_in, compute, names_in, parse


def test_division_by_nothing_and_missing_values_are_no_data():
    assert compute("spent / plan * 100", {"spent": 3.0, "plan": 0.0}) is None
    assert compute("spent / plan * 100", {"spent": None, "plan": 4.0}) is None
    assert compute("spent / plan * 100", {"spent": 3.0, "plan": 4.0}) == 75


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "spent ** 9", "spent[0]", "spent if plan else 1", "'a' * 9", "(lambda: 1)()", "spent.real",
        "9999999999999999 * spent", "True + spent", "", "(" * 290, "1+" * 149 + "1", "spent; plan", "spent\x00",
    ],
)  # fmt: skip
def test_what_is_more_than_arithmetic_or_too_long_is_refused(text):
    with pytest.raises(BadInput):
        parse(text)


def test_unlike_units_are_not_added_and_the_result_has_the_unit_that_was_promised():
    units = {"spent": "万元", "plan": "万元", "people": "人", "share": "%"}
    check_units("spent / plan * 100", units, "%")
    check_units("spent / people", units, "万元/人")
    check_units("spent - plan", units, "万元")
    with pytest.raises(BadInput, match="不能相加减"):
        check_units("spent + people", units, "万元")
    with pytest.raises(BadInput, match="对不上"):
        check_units("spent / people", units, "%")


def test_a_formula_that_leads_back_to_itself_is_found_over_any_distance():
    needs = {"a": ["b"], "b": ["c"], "c": ["d", "a"], "d": []}
    assert circle_in("a", needs) == ["a", "b", "c", "a"]
    assert circle_in("d", needs) == []
    assert names_in("a / b * a") == ["a", "b"]
