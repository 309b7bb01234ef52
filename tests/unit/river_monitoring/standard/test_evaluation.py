"""Limits of GB 3838-2002 and the single-factor rule, without a database."""

from decimal import Decimal

import pytest

from river_monitoring.standard.evaluation import GB3838_2002, WATERS, WaterClass, evaluate_water_class
from river_monitoring.standard.readings import Reading, UnreadableValue, parse_reading

STEP = Decimal("0.000001")
CORE = {"ph": 7, "do": 8, "codmn": 1, "nh3n": "0.1", "tp": "0.005"}

#: Read off the published table, apart from the file that the code reads.
TABLE_1 = {
    "codmn": "2 4 6 10 15",
    "cod": "15 15 20 30 40",
    "bod5": "3 3 4 6 10",
    "nh3n": "0.15 0.5 1.0 1.5 2.0",
    "tp": "0.02 0.1 0.2 0.3 0.4",
    "cu": "0.01 1.0 1.0 1.0 1.0",
    "zn": "0.05 1.0 1.0 2.0 2.0",
    "f": "1.0 1.0 1.0 1.5 1.5",
    "se": "0.01 0.01 0.01 0.02 0.02",
    "as": "0.05 0.05 0.05 0.1 0.1",
    "hg": "0.00005 0.00005 0.0001 0.001 0.001",
    "cd": "0.001 0.005 0.005 0.005 0.01",
    "cr6": "0.01 0.05 0.05 0.05 0.1",
    "pb": "0.01 0.01 0.05 0.05 0.1",
    "cn": "0.005 0.05 0.2 0.2 0.2",
    "phenol": "0.002 0.002 0.005 0.01 0.1",
    "oil": "0.05 0.05 0.05 0.5 1.0",
    "las": "0.2 0.2 0.2 0.3 0.3",
    "s": "0.05 0.1 0.2 0.5 1.0",
    "fc": "200 2000 10000 20000 40000",
}
LAKE_ONLY = {"tp": "0.01 0.025 0.05 0.1 0.2", "tn": "0.2 0.5 1.0 1.5 2.0"}


def limit_cases():
    for water in WATERS:
        for code, text in (TABLE_1 | LAKE_ONLY if water == "lake" else TABLE_1).items():
            limits = [Decimal(limit) for limit in text.split()]
            for number, limit in enumerate(limits, start=1):
                yield pytest.param(water, code, limits, number, limit, id=f"{water}-{code}-{number}")


def best_class_met(limits, value):
    return next((number for number, limit in enumerate(limits, start=1) if value <= limit), 6)


@pytest.mark.parametrize(("water", "code", "limits", "number", "limit"), list(limit_cases()))
def test_limit_belongs_to_the_better_class_and_just_over_it_to_the_next(water, code, limits, number, limit):
    parameter = GB3838_2002[code]
    assert parameter.grade(limit, water) == limits.index(limit) + 1
    assert parameter.grade(limit - STEP, water) == best_class_met(limits, limit - STEP) <= number
    assert parameter.grade(limit + STEP, water) == best_class_met(limits, limit + STEP) > number


@pytest.mark.parametrize(
    ("number", "limit"), [(1, "7.5"), (2, "6"), (3, "5"), (4, "3"), (5, "2")], ids=["I", "II", "III", "IV", "V"]
)
def test_dissolved_oxygen_must_reach_its_limit(number, limit):
    oxygen = GB3838_2002["do"]
    assert oxygen.grade(Decimal(limit), "river") == number
    assert oxygen.grade(Decimal(limit) + STEP, "river") == number
    assert oxygen.grade(Decimal(limit) - STEP, "river") == number + 1


@pytest.mark.parametrize(("value", "grade"), [("6", 1), ("9", 1), ("5.999", 6), ("9.001", 6), ("7.4", 1)])
def test_ph_is_inferior_outside_six_to_nine(value, grade):
    assert GB3838_2002["ph"].grade(Decimal(value), "river") == grade


@pytest.mark.parametrize(("code", "text"), TABLE_1.items())
def test_one_parameter_over_class_v_makes_the_river_inferior_unless_it_is_judged_apart(code, text):
    over = Decimal(text.split()[-1]) * 2
    answer = evaluate_water_class(CORE | {code: over})
    if code == "fc":
        assert answer.water_class is WaterClass.I
        assert answer.separate == {"fc": 6}
    else:
        assert answer.water_class is WaterClass.INFERIOR_V
        assert answer.limiting == (code,)


def test_every_parameter_of_the_interface_has_names_unit_and_codes():
    expected = "ph do codmn cod bod5 nh3n tp tn cu zn f se as hg cd cr6 pb cn phenol oil las s fc"
    beside = {"temp", "chla", "sd"}
    assert " ".join(code for code in GB3838_2002.parameters if code not in beside) == expected
    for parameter in GB3838_2002.parameters.values():
        assert parameter.zh and parameter.en and parameter.clause
        assert parameter.hj525 or parameter.judged == "never"
        assert parameter.unit or parameter.code == "ph"


def test_temperature_and_total_nitrogen_do_not_decide_the_class_of_a_river():
    answer = evaluate_water_class(CORE | {"temp": 31, "tn": 9})
    assert answer.water_class is WaterClass.I
    assert "tn" not in answer.grades and "temp" not in answer.grades
    assert answer.note == ""


def test_total_nitrogen_of_a_lake_is_judged_apart():
    answer = evaluate_water_class(CORE | {"tn": "1.6"}, water="lake")
    assert answer.water_class is WaterClass.I
    assert answer.separate == {"tn": 5}
    assert answer.note == "总氮单独评价：Ⅴ类"


def test_a_lake_takes_the_lake_limits_of_phosphorus():
    readings = CORE | {"tp": "0.06"}
    assert evaluate_water_class(readings).water_class is WaterClass.II
    assert evaluate_water_class(readings, water="lake").water_class is WaterClass.IV


def test_non_detect_counts_as_half_its_limit():
    assert evaluate_water_class(CORE | {"nh3n": "0.3L"}).grades["nh3n"] == 1
    assert evaluate_water_class(CORE | {"nh3n": "0.3"}).grades["nh3n"] == 2
    assert evaluate_water_class(CORE | {"hg": "0.0003L"}).grades["hg"] == 4


def test_multiples_are_rounded_half_to_even_and_refer_to_class_three():
    answer = evaluate_water_class(CORE | {"codmn": "7.5", "cod": "27", "nh3n": "1.95"})
    assert answer.exceedance == {"codmn": Decimal("0.2"), "cod": Decimal("0.4"), "nh3n": Decimal("1.0")}


def test_multiples_are_not_computed_for_ph_and_oxygen():
    answer = evaluate_water_class({"ph": "9.6", "do": "1.2", "codmn": 3, "nh3n": "0.2", "tp": "0.05"})
    assert answer.exceedance == {}
    assert answer.limiting == answer.primary == ("ph", "do")


def test_primary_pollutants_rank_by_class_then_by_multiple_and_stop_at_three():
    answer = evaluate_water_class(CORE | {"codmn": 8, "cod": 29, "nh3n": "2.5", "tp": "0.25"})
    assert answer.primary == ("nh3n", "cod", "codmn")


def test_a_heavy_metal_over_its_limit_comes_first_among_the_primary_pollutants():
    answer = evaluate_water_class(CORE | {"nh3n": 6, "pb": "0.06"})
    assert answer.limiting == ("nh3n",)
    assert answer.primary == ("pb", "nh3n")


def test_good_water_has_no_primary_pollutants():
    assert evaluate_water_class(CORE | {"codmn": 6}).primary == ()


def test_fewer_than_the_core_set_is_said_so():
    answer = evaluate_water_class({"codmn": 5, "nh3n": "0.4"})
    assert answer.water_class is WaterClass.III
    assert [note.code for note in answer.notes] == ["fewer-than-core"]
    assert answer.notes[0].parameters == ("ph", "do", "tp")


@pytest.mark.parametrize(
    ("readings", "code", "words"),
    [
        ({}, "no-readings", "没有监测数据"),
        ({"codmn": "--", "tp": "*"}, "no-readings", "没有监测数据"),
        ({"tn": 3, "temp": 20}, "nothing-to-rate", "总氮"),
        (CORE | {"ph": 77}, "impossible-value", "pH值的值77"),
        (CORE | {"tp": "-0.1"}, "impossible-value", "总磷的值-0.1"),
        (CORE | {"do": "20L"}, "impossible-value", "溶解氧的值20L"),
        (CORE | {"ph": "7L"}, "impossible-value", "pH值的值7L"),
        (CORE | {"tp": "约0.1"}, "unreadable-value", "总磷的值“约0.1”"),
        (CORE | {"tp": "nan0"}, "unreadable-value", "总磷"),
        (CORE | {"tp": "inf"}, "unreadable-value", "总磷"),
    ],
)
def test_what_cannot_be_rated_is_unrated_with_its_reason(readings, code, words):
    answer = evaluate_water_class(readings)
    assert answer.water_class is WaterClass.UNRATED
    assert answer.water_class.number == 0
    assert answer.limiting == () and answer.exceedance == {}
    assert answer.notes[0].code == code
    assert words in answer.note


def test_a_parameter_that_the_standard_does_not_know_is_refused():
    with pytest.raises(KeyError, match="mud"):
        evaluate_water_class({"mud": 1})


def test_floats_are_compared_as_they_are_written():
    assert evaluate_water_class(CORE | {"nh3n": 0.15}).grades["nh3n"] == 1
    assert evaluate_water_class(CORE | {"tp": 0.1 + 0.2}).grades["tp"] == 5


def test_full_width_non_detect_is_read():
    assert parse_reading("0.025L") == Reading(Decimal("0.025"), below_limit=True)


@pytest.mark.parametrize("text", ["L", "<", "1,5", "0x10", "3.2mg/L"])
def test_text_that_is_no_number_is_refused(text):
    with pytest.raises(UnreadableValue):
        parse_reading(text)
