"""Another standard is another file: it rates, it applies from its day, and a file that cannot be right is refused."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from river_monitoring.standard.bulk import Column, evaluate_water_classes
from river_monitoring.standard.evaluation import WaterClass, evaluate_water_class
from river_monitoring.standard.limits import (
    GB3838_2002,
    STANDARDS_DIR,
    InvalidStandard,
    in_force,
    load_all,
    load_standard,
)

LATER = Path(__file__).parents[3] / "data" / "norm_2030.toml"


@pytest.fixture(scope="module")
def later():
    return load_standard(LATER)


def test_another_standard_rates_by_its_own_limits_names_and_classes(later):
    readings = {"do": 8.5, "tp": 0.15, "sb": 0.02}
    answer = evaluate_water_class(readings, "river", later)
    assert answer.standard == "TEST-2030"
    assert answer.water_class is WaterClass.INFERIOR_V
    assert answer.limiting == ("sb",)
    assert answer.primary == ("sb", "tp")
    assert {code: str(multiple) for code, multiple in answer.exceedance.items()} == {"tp": "0.5", "sb": "3.0"}
    assert evaluate_water_class({"tp": 0.15}, "river").water_class is WaterClass.III
    with pytest.raises(KeyError):
        evaluate_water_class({"nh3n": 1}, "river", later)


@given(
    st.lists(
        st.tuples(
            *(st.sampled_from([None, 0.001, 0.005, 0.01, 0.0100001, 0.05, 0.2, 0.21, 4, 6, 7.99, 8]) for _ in "abc")
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["river", "lake"]),
)
def test_both_paths_agree_under_it_too(rows, water):
    later = load_standard(LATER)
    codes = ("do", "tp", "sb")
    columns = {
        code: Column(np.array([np.nan if row[index] is None else row[index] for row in rows], float))
        for index, code in enumerate(codes)
    }
    bulk = evaluate_water_classes(columns, water, later)
    for number, row in enumerate(rows):
        single = evaluate_water_class(dict(zip(codes, row, strict=True)), water, later)
        assert bulk.water_class(number) is single.water_class
        assert bulk.primary(number) == single.primary


def test_the_version_in_force_on_the_day_applies(later):
    both = [GB3838_2002, later]
    assert in_force(date(2029, 12, 31), both) is GB3838_2002
    assert in_force(date(2030, 1, 1), both) is later
    assert in_force(date(1999, 1, 1), both) is GB3838_2002


def test_standards_of_another_folder_join_ours(tmp_path):
    (tmp_path / "later.toml").write_bytes(LATER.read_bytes())
    assert set(load_all(STANDARDS_DIR, tmp_path)) == {"GB3838-2002", "TEST-2030"}
    (tmp_path / "again.toml").write_bytes(LATER.read_bytes())
    with pytest.raises(InvalidStandard, match="TEST-2030 is taken"):
        load_all(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("river = [0.01, 0.05, 0.1, 0.2]", "river = [0.01, 0.05, 0.1]", "tp, river: 3 limits for 4 classes"),
        ("river = [0.01, 0.05, 0.1, 0.2]", "river = [0.01, 0.5, 0.1, 0.2]", "tp, river: limits do not get laxer"),
        ("river = [8, 7, 6, 4]", "river = [4, 6, 7, 8]", "do, river: limits do not get laxer"),
        ('classes = ["I", "II", "III", "IV"]', 'classes = ["III", "II", "I", "IV"]', "are not the first of"),
        ('code = "sb"', 'code = "tp"', "occurs twice"),
        ("in_force = 2030-01-01", 'in_force = "2030"', "in_force"),
        ('unit = "mg/L"', "", "unit"),
        ("[[parameter]]", "[[parameter", "norm.toml"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_with_what_is_wrong(tmp_path, old, new, said):
    path = tmp_path / "norm.toml"
    path.write_text(LATER.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidStandard, match=said):
        load_standard(path)


SATURATION = 'saturation = {share = 0.9, numerator = 468, offset = 31.6, temperature = "temp"}\n'


@pytest.fixture(scope="module")
def saturated(tmp_path_factory):
    """The standard in force, as a deployment that rates dissolved oxygen by saturation would have it."""
    text = (STANDARDS_DIR / "gb3838_2002.toml").read_text()
    before, after = text.split('code = "do"\n')
    path = tmp_path_factory.mktemp("norms") / "saturation.toml"
    path.write_text(before.replace("GB3838-2002", "OWN") + 'code = "do"\n' + SATURATION + after)
    return load_standard(path)


@pytest.mark.parametrize(
    ("oxygen", "celsius", "number"),
    [
        ("7.02", "28.4", 1),  # 90 % of 468/(31.6 + 28.4) = 7.8
        ("7.01", "28.4", 2),
        ("7.5", "5", 1),  # in cold water the figure is enough: "or 7.5"
        ("7.02", None, 2),  # without a temperature the figure alone counts
        ("5.99", "45", 3),  # never laxer than class II
    ],
)
def test_class_one_by_saturation_where_the_standard_says_so(saturated, oxygen, celsius, number):
    readings = {"do": oxygen} | ({"temp": celsius} if celsius else {})
    assert evaluate_water_class(readings, "river", saturated).grades["do"] == number
    column = {code: Column(np.array([float(value)])) for code, value in readings.items()}
    assert evaluate_water_classes(column, "river", saturated).grades["do"].tolist() == [number]
    assert evaluate_water_class({"do": "7.02", "temp": "28.4"}).grades["do"] == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [("share = 0.9", "share = 90"), ('"temp"}', '"warmth"}'), ("offset = 31.6", "offset = 0"), ("numerator", "number")],
)
def test_a_saturation_that_cannot_be_is_refused(tmp_path, old, new):
    before, after = (STANDARDS_DIR / "gb3838_2002.toml").read_text().split('code = "do"\n')
    path = tmp_path / "bad.toml"
    path.write_text(before + 'code = "do"\n' + SATURATION.replace(old, new) + after)
    with pytest.raises(InvalidStandard, match=r"bad\.toml"):
        load_standard(path)
