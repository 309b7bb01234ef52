"""Means, shares, trends and the trophic index, against the rule's own numbers or counted anew."""

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from river_monitoring.standard.averages import Mean, Span, as_readings, means, parse_span
from river_monitoring.standard.basin import Change, Quality, Section, change_between, shares_of, state_of
from river_monitoring.standard.evaluation import WaterClass, evaluate_water_class
from river_monitoring.standard.rank_trend import MOST_SQUARES, critical_values, rank_trend
from river_monitoring.standard.trophic import trophic_index

_, II, III, IV, V, VI = (WaterClass.of(number) for number in range(1, 7))


def day(month: int, number: int = 5, year: int = 2026) -> date:
    return date(year, month, number)


def test_a_year_is_the_mean_of_its_months_however_often_one_was_sampled():
    samples = [(day(1, 3), {"tp": "0.1"}), (day(1, 9), {"tp": "0.3"}), (day(2), {"tp": "0.5"})]
    found = means(samples, "year")[Span(2026, 1, "year")]["tp"]
    assert (found.value, found.count) == (Decimal("0.35"), 2)


def test_one_reading_makes_no_quarter():
    assert means([(day(7), {"tp": "0.1"})], "quarter") == {}
    assert means([(day(7), {"tp": "0.1"})], "month") != {}


def test_a_non_detect_counts_as_half_and_is_counted():
    found = means([(day(7), {"cu": "0.02L"}), (day(7, 8), {"cu": "0.03"})], "month")[Span(2026, 7, "month")]["cu"]
    assert (found.value, found.non_detects) == (Decimal("0.02"), 1)


def test_what_cannot_be_is_in_no_mean():
    samples = [(day(7), {"ph": "77"}), (day(7, 8), {"ph": "7"}), (day(7, 9), {"ph": "约7"})]
    assert means(samples, "month")[Span(2026, 7, "month")]["ph"].count == 1


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "26", "2026-", "2026-0", "二〇二六"])
def test_a_span_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_span(text)


@given(st.integers(1000, 2999), st.sampled_from(["month", "quarter", "year"]), st.integers(1, 12))
def test_a_span_is_read_back_and_begins_after_the_one_before(year, period, number):
    span = Span(year, {"month": number, "quarter": (number + 2) // 3, "year": 1}[period], period)
    assert parse_span(str(span)) == span
    assert span.before.first_day < span.first_day
    assert span.year_before.first_day == span.first_day.replace(year=year - 1)


def section(**values: str) -> Section:
    columns = {code: Mean(Decimal(value), 1) for code, value in values.items()}
    return Section(columns, evaluate_water_class(as_readings(columns)))


def test_four_sections_are_averaged_and_five_are_shares():
    good, bad = section(nh3n="0.1", tp="0.02"), section(nh3n="4.0", tp="0.02")
    four = state_of([good, good, good, bad])
    assert (four.averaged, four.water_class, four.quality) == (True, IV, Quality.LIGHT)
    five = state_of([good, good, good, good, bad])
    assert (five.averaged, five.water_class, five.quality) == (False, None, Quality.GOOD)


def test_the_top_pollutants_of_a_river_are_those_most_sections_exceed():
    sections = [section(nh3n="1.8", tp="0.1"), section(nh3n="1.8", tp="0.35"), *[section(nh3n="0.1", tp="0.1")] * 3]
    assert state_of(sections).primary == ("nh3n", "tp")


def test_a_river_without_rated_sections_has_no_state():
    assert state_of([]).quality is Quality.UNRATED


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ([III] * 10, [III] * 9 + [IV], Change.NONE),
        ([III] * 10, [III] * 8 + [IV] * 2, Change.WORSE),
        ([III] * 10, [III] * 8 + [VI] * 2, Change.MUCH_WORSE),
        ([V] * 10, [III] * 2 + [V] * 8, Change.BETTER),
        ([], [III], Change.UNKNOWN),
    ],
)
def test_change_is_told_by_the_points_between_good_and_inferior(before, after, change):
    assert change_between(shares_of(before), shares_of(after)) is change


def counted(count: int) -> dict[int, int]:
    """How many of all orders of `count` values have each Σd²: values are given their places one by one."""
    width = 32  # bits of a number; 12! needs 29
    sums = [0] * (1 << count)
    sums[0] = 1
    for used in range(1, 1 << count):
        place = used.bit_count() - 1
        chosen = [rank for rank in range(count) if used >> rank & 1]
        sums[used] = sum(sums[used ^ (1 << rank)] << (width * (place - rank) ** 2) for rank in chosen)
    most = (count**3 - count) // 3
    found = {squares: sums[-1] >> (width * squares) & ((1 << width) - 1) for squares in range(most + 1)}
    return {squares: times for squares, times in found.items() if times}


def test_all_orders_of_six_are_counted_as_by_hand():
    sums: Counter[int] = Counter()
    for order in permutations(range(6)):
        sums[sum((place - rank) ** 2 for place, rank in enumerate(order))] += 1
    assert counted(6) == dict(sums)


@pytest.mark.parametrize("count", range(5, 13))
def test_the_critical_values_are_those_of_all_orders_counted(count):
    """The largest Σd² whose one-sided probability under chance is within 0.05 and 0.01."""
    orders = counted(count)
    for percent, listed in zip((5, 1), MOST_SQUARES[count], strict=True):
        within = [
            most
            for most in orders
            if 100 * sum(n for s, n in orders.items() if s <= most) <= percent * factorial(count)
        ]
        assert max(within) == listed


def an_order_with(count: int, squares: int) -> list[int]:
    """Some order of `count` values with this Σd², found by exchanging neighbours at random."""
    order, chance = list(range(count)), random.Random(count)
    for _ in range(1_000_000):
        if sum((place - rank) ** 2 for place, rank in enumerate(order)) == squares:
            return order
        i = chance.randrange(count - 1)
        trial = [*order[:i], order[i + 1], order[i], *order[i + 2 :]]
        if sum((place - rank) ** 2 for place, rank in enumerate(trial)) <= squares or chance.random() < 0.1:
            order = trial
    raise AssertionError(f"no order of {count} with {squares}")


@pytest.mark.parametrize("count", range(5, 13))
@pytest.mark.parametrize("level", [0, 1])
def test_a_series_at_the_boundary_is_significant_and_the_next_one_is_not(count, level):
    squares = MOST_SQUARES[count][level]
    at, after = rank_trend(an_order_with(count, squares)), rank_trend(an_order_with(count, squares + 2))
    falling = rank_trend(an_order_with(count, squares)[::-1])
    if level == 0:
        assert (at.direction, falling.direction, after.direction) == ("rising", "falling", "none")
    else:
        assert (at.strong, falling.strong, after.strong) == (True, True, False)


def test_shared_ranks_are_compared_exactly_too():
    """Pearson's coefficient of shared ranks, which no rounded table knows, against 1 − 6·6/210."""
    values = [1, 2, 2, 4, 3, 6]
    places, ranks = [Fraction(n) for n in range(1, 7)], [Fraction(n, 2) for n in (2, 5, 5, 10, 8, 12)]
    middle = Fraction(7, 2)
    shared = sum((a - middle) * (b - middle) for a, b in zip(places, ranks, strict=True))
    spread = sum((a - middle) ** 2 for a in places) * sum((b - middle) ** 2 for b in ranks)
    assert (rank_trend(values).direction == "rising") == (shared**2 >= Fraction(29, 35) ** 2 * spread)


def test_critical_values_fall_as_series_grow():
    values = [critical_values(count)[0] for count in range(5, 60)]
    assert values == sorted(values, reverse=True)


def test_too_few_values_have_no_trend_and_say_so():
    assert rank_trend([1, 2, 3, 4]).direction == "too-few"
    with pytest.raises(ValueError, match="too few"):
        critical_values(4)


@given(st.lists(st.integers(0, 5), min_size=5, max_size=30))
def test_a_series_turned_round_turns_its_trend(values):
    there, back = rank_trend(values), rank_trend(values[::-1])
    assert (there.direction, back.direction) in {("rising", "falling"), ("falling", "rising"), ("none", "none")}


def test_a_lake_without_chlorophyll_has_no_index_and_a_zero_no_logarithm():
    assert trophic_index({"tp": 0.1, "tn": 1}) is None
    with pytest.raises(ValueError, match="tp=0"):
        trophic_index({"chla": 10, "tp": 0})


def test_missing_parameters_are_named_and_the_weights_shared_out():
    answer = trophic_index({"chla": 10, "codmn": 4})
    assert answer is not None
    assert answer.missing == ("tp", "tn", "sd")
    assert min(answer.parts.values()) < answer.index < max(answer.parts.values())
