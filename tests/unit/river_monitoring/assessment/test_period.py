"""One assessment of a point in a period: the rule's means, its rounding, and completeness apart from class."""

from datetime import date
from decimal import Decimal
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from river_monitoring.assessment.period import PointFacts, assess_measured
from river_monitoring.standard.assessment_rule import HJ_2020_82, RULES_DIR, load_rule, load_rules, rule_in_force
from river_monitoring.standard.averages import Measured, Span, means
from river_monitoring.standard.evaluation import WaterClass, evaluate_water_class
from river_monitoring.standard.limits import InvalidStandard
from river_monitoring.standard.spans import PERIODS, span_of

JULY = Span(2026, 7, "month")
CORE = {"ph": "7.2", "do": "7.6", "codmn": "1.9", "nh3n": "0.10", "tp": "0.010"}


def july(*samples, automatic=False, **facts):
    measured = [
        Measured(date(2026, 7, number), readings, automatic) for number, readings in enumerate(samples, start=1)
    ]
    return assess_measured(measured, JULY, PointFacts(**facts))


def test_ph_is_averaged_as_hydrogen_ions():
    mean = means([(date(2026, 7, 1), {"ph": "6.0"}), (date(2026, 7, 2), {"ph": "9.0"})], "month")[JULY]["ph"]
    assert float(mean.value) == pytest.approx(-log10((10**-6 + 10**-9) / 2))


@given(st.lists(st.decimals(0, 14, places=2), min_size=1, max_size=40))
def test_the_mean_ph_lies_between_the_lowest_and_the_arithmetic_mean(values):
    mean = means([(date(2026, 7, 1), {"ph": str(value)}) for value in values], "month")[JULY]["ph"].value
    assert min(values) <= mean <= sum(values) / len(values) + Decimal("1e-9")


def test_equal_ph_stays_what_it_is():
    mean = means([(date(2026, 7, day), {"ph": "7.35"}) for day in range(1, 8)], "month")[JULY]["ph"]
    assert mean.value == Decimal("7.35")


@pytest.mark.parametrize(
    ("values", "graded", "number"),
    [
        (("0.502", "0.504"), "0.50", 2),  # 0.503 rounds into class II
        (("0.504", "0.506"), "0.50", 2),  # 0.505: half to even
        (("0.514", "0.516"), "0.52", 3),
        (("0.503",), "0.503", 3),  # a single reading is graded whole
    ],
)
def test_means_are_rounded_to_the_rules_digits_and_single_readings_are_not(values, graded, number):
    found = july(*({**CORE, "nh3n": value} for value in values))
    assert (str(found.values["nh3n"]), found.evaluation.grades["nh3n"]) == (graded, number)


def test_a_mean_that_would_be_nought_keeps_one_digit():
    found = july({**CORE, "oil": "0.003"}, {**CORE, "oil": "0.0045"})
    assert str(found.values["oil"]) == "0.004"


def test_automatic_values_come_before_manual_ones_for_the_six_items_only():
    samples = [
        Measured(date(2026, 7, 1), {"nh3n": "0.2", "f": "0.4"}, automatic=True),
        Measured(date(2026, 7, 2), {"nh3n": "3.0", "f": "0.6"}),
    ]
    found = means(samples, "month")[JULY]
    assert (found["nh3n"].value, found["f"].value) == (Decimal("0.2"), Decimal("0.5"))


def test_a_month_without_automatic_values_counts_by_its_manual_ones_in_a_quarter():
    samples = [Measured(date(2026, 7, 1), {"tp": "0.1"}, automatic=True), Measured(date(2026, 8, 1), {"tp": "0.3"})]
    assert means(samples, "quarter")[Span(2026, 3, "quarter")]["tp"].value == Decimal("0.2")


def test_a_minimum_of_valid_days_can_be_asked_for(tmp_path):
    text = (RULES_DIR / "hj_2020_82.toml").read_text()
    path = tmp_path / "own.toml"
    path.write_text(text.replace("least_days = 1", "least_days = 3").replace("HJ-2020-82", "OWN"))
    rule = load_rule(path)
    twice = [Measured(date(2026, 7, day), CORE) for day in (1, 1, 2)]
    assert means(twice, "month", rule=rule) == {}
    assert assess_measured(twice, JULY, rule=rule).reasons != ()
    three = assess_measured([*twice, Measured(date(2026, 7, 9), CORE)], JULY, rule=rule)
    assert (three.number, three.rule) == (1, "OWN")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("non_detect = 0.5", "non_detect = 2"),
        ("ph = 0", 'ph = "x"'),
        ("least_days = 1", "least_days = 0"),
        ('of = "months"', 'of = "weeks"'),
        ("in_force = 2020-01-01", 'in_force = "soon"'),
        ("[periods.week]", "[periods.fortnight]"),
    ],
)
def test_a_file_that_is_no_rule_is_refused_by_name(tmp_path, old, new):
    path = tmp_path / "bad.toml"
    path.write_text((RULES_DIR / "hj_2020_82.toml").read_text().replace(old, new))
    with pytest.raises(InvalidStandard, match=r"bad\.toml"):
        load_rule(path)


def test_a_later_version_holds_from_its_day_on_and_an_id_is_given_once(tmp_path):
    text = (RULES_DIR / "hj_2020_82.toml").read_text().replace("2020-01-01", "2027-01-01")
    (tmp_path / "later.toml").write_text(text.replace("HJ-2020-82", "HJ-2027"))
    rules = load_rules(RULES_DIR, tmp_path)
    days = (date(2002, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [rule_in_force(day, rules.values()).id for day in days] == ["HJ-2020-82", "HJ-2020-82", "HJ-2027"]
    with pytest.raises(InvalidStandard, match="taken"):
        load_rules(RULES_DIR, RULES_DIR)


def test_one_good_ph_is_no_class():
    found = july({"ph": "7.1"})
    assert (found.number, found.is_complete, found.meets(5)) == (0, False, None)
    assert str(found.reasons[0]) == "缺溶解氧、高锰酸盐指数、氨氮、总磷"


def test_an_item_that_fails_makes_the_water_at_least_that_bad():
    found = july({"ph": "7.1", "nh3n": "1.8"})
    assert (found.number, found.is_at_least, found.meets(5), found.meets(4)) == (5, True, None, False)
    inferior = july({"nh3n": "9"})
    assert (inferior.number, inferior.is_at_least, inferior.meets(5)) == (6, False, False)


def test_total_nitrogen_alone_hides_nothing_and_tells_nothing():
    found = july({"tn": "9"})
    assert (found.number, found.is_complete) == (0, False)
    assert july({**CORE, "nh3n": "9"}, {"tn": "0.1"}).number == 6


def test_worse_than_the_target_counts_even_where_it_is_class_three():
    found = july({"nh3n": "0.9"}, target=2)
    assert (found.number, found.meets(2)) == (3, False)


def test_items_that_failed_at_the_listing_are_asked_for():
    assert july(CORE).is_complete
    found = july(CORE, listed_for=("cod",))
    assert (found.number, str(found.reasons[0])) == (0, "缺化学需氧量")


def test_a_detection_limit_above_the_limit_tells_nothing():
    found = july({**CORE, "pb": "0.3L"}, target=5)
    assert (found.number, found.is_complete, str(found.reasons[0])) == (0, False, "铅的检出限高于目标限值")
    assert july({**CORE, "pb": "0.01L"}, target=5).is_complete


def test_a_period_without_samples_says_so():
    found = july()
    assert (found.number, str(found.reasons[0]), found.gaps) == (0, "没有水样", type(found.gaps)())


def test_one_reading_makes_no_quarter_and_the_reason_is_said():
    found = assess_measured([Measured(date(2026, 7, 1), CORE)], Span(2026, 3, "quarter"))
    assert (found.number, str(found.reasons[0])) == (0, "可用的读数少于评价规则的要求")


readings = st.fixed_dictionaries(
    {
        "ph": st.decimals(5, 10, places=2).map(str),
        "do": st.decimals(0, 15, places=2).map(str),
        "codmn": st.decimals(0, 30, places=2).map(str),
        "nh3n": st.decimals("0.001", 5, places=4).map(lambda value: f"{value}L" if value < 1 else str(value)),
        "tp": st.decimals(0, 1, places=4).map(str),
        "hg": st.decimals("0.0000001", "0.002", places=7).map(lambda value: f"{value:f}"),
    }
)


@given(st.lists(readings, min_size=2, max_size=8), st.sampled_from(PERIODS))
def test_complete_samples_always_give_a_class_in_any_period(samples, period):
    day = date(2026, 7, 1)
    measured = [Measured(day, one) for one in samples]
    found = assess_measured(measured, span_of(day, period), PointFacts(target=5))
    assert found.number or found.gaps.blind
    assert found.evaluation.water_class is not WaterClass.UNRATED


@given(readings)
def test_a_single_sample_has_the_class_that_it_has_alone(sample):
    found = assess_measured([Measured(date(2026, 7, 1), sample)], JULY, PointFacts(target=5))
    if found.is_complete:
        assert found.water_class is evaluate_water_class(sample).water_class


@given(st.lists(readings, min_size=1, max_size=6), st.randoms())
def test_the_order_of_samples_does_not_matter(samples, chance):
    measured = [Measured(date(2026, 7, 1 + index), one) for index, one in enumerate(samples)]
    turned = chance.sample(measured, len(measured))
    assert assess_measured(measured, JULY).number == assess_measured(turned, JULY).number


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.sampled_from(PERIODS))
def test_a_day_lies_in_its_span_and_spans_follow_one_another(day, period):
    span = span_of(day, period)
    assert span.first_day <= day < span.after.first_day
    assert span.before.after == span == span.after.before
    assert span.year_before < span


def test_the_rule_names_itself():
    assert july(CORE).rule == HJ_2020_82.id == "HJ-2020-82"
