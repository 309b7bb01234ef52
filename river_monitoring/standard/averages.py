"""Means of a period by the assessment rule: over a day, week, month, quarter or year, and over several sections.

Pure Python. What counts (`AssessmentRule`): arithmetic means, of pH that of hydrogen ion concentrations; a non-detect
as half its limit; values of automatic stations before manual ones, month by month, for the items that the rule names;
a year by its monthly values. Means are kept as computed; `as_readings` rounds them as the rule has it to be graded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import NamedTuple

from river_monitoring.standard.assessment_rule import HJ_2020_82, AssessmentRule, PeriodRule
from river_monitoring.standard.evaluation import GB3838_2002, Standard
from river_monitoring.standard.readings import RawReading, Reading, UnreadableValue, parse_reading
from river_monitoring.standard.spans import Period as Period
from river_monitoring.standard.spans import Span as Span
from river_monitoring.standard.spans import parse_span as parse_span
from river_monitoring.standard.spans import span_of as span_of

PLACES = Decimal("1e-10")
"""pH computed back from hydrogen ions is exact to so much; what lies beyond is the error of the logarithm."""


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of one parameter: its value as computed, of how many values (of a year: months), and what these were.

    `detection_limit` is the highest limit among its non-detects; `readings` how many readings it rests on in the end.
    """

    value: Decimal
    count: int
    non_detects: int = 0
    detection_limit: Decimal | None = None
    readings: int | None = None

    @property
    def is_single(self) -> bool:
        """Whether it is one reading, which is no mean."""
        return (self.readings or self.count) == 1

    def shown(self, decimals: int) -> Decimal:
        """
        >>> Mean(Decimal("0.125"), 2).shown(2)
        Decimal('0.12')
        """
        return self.value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


Readings = Mapping[str, RawReading]


class Measured(NamedTuple):
    """What was measured on one day; `automatic` of a station. Readings are by parameter code.

    `stands_back`: by a party that has an interest in the result, or loaded later; it counts only where, in a month,
    nobody else measured the item.
    """

    day: date
    readings: Readings
    automatic: bool = False
    stands_back: bool = False


class _Value(NamedTuple):
    """One usable value of one parameter."""

    day: date
    value: Decimal
    automatic: bool
    detection_limit: Decimal | None
    stands_back: bool = False


def means(
    samples: Iterable[Measured | tuple[date, Readings]],
    period: Period,
    standard: Standard = GB3838_2002,
    rule: AssessmentRule = HJ_2020_82,
) -> dict[Span, dict[str, Mean]]:
    """Mean of every parameter per span, oldest first; spans with fewer values than the rule wants are left out.

    Values that cannot be read or cannot be true are left out here; their samples are unrated and say so themselves.

    >>> days = [(date(2026, 7, 5), {"nh3n": "1.0"}), (date(2026, 7, 20), {"nh3n": "0.05L"}), (date(2026, 9, 1), {"nh3n": 2})]
    >>> {str(span): str(found["nh3n"].value) for span, found in means(days, "month").items()}
    {'2026-07': '0.5125', '2026-09': '2'}
    >>> [str(span) for span in means(days, "quarter")]
    ['2026-Q3']
    >>> acid = [(date(2026, 7, 5), {"ph": "6"}), (date(2026, 7, 6), {"ph": "8"})]
    >>> str(means(acid, "month")[Span(2026, 7, "month")]["ph"].shown(2))
    '6.30'
    """  # noqa: E501 - one example is clearer whole
    wanted = rule.periods[period]
    if wanted.of == "months":
        return means_of_months(means(samples, "month", standard, rule), period, rule)
    gathered: dict[Span, dict[str, list[_Value]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        measured = Measured(*sample)
        span = span_of(measured.day, period)
        for code, value in _usable(measured, standard, rule):
            gathered[span][code].append(value)
    found = {span: dict(_means_of(columns, period, wanted, rule)) for span, columns in sorted(gathered.items())}
    return {span: columns for span, columns in found.items() if columns}


def _usable(measured: Measured, standard: Standard, rule: AssessmentRule) -> Iterable[tuple[str, _Value]]:
    for code, raw in measured.readings.items():
        try:
            reading = parse_reading(raw)
        except UnreadableValue:
            continue
        if reading is not None and code in standard.parameters and standard[code].can_be(reading):
            counted = reading.value * rule.non_detect if reading.below_limit else reading.value
            limit = reading.value if reading.below_limit else None
            yield code, _Value(measured.day, counted, measured.automatic, limit, measured.stands_back)


def _means_of(
    columns: Mapping[str, list[_Value]], period: Period, wanted: PeriodRule, rule: AssessmentRule
) -> Iterable[tuple[str, Mean]]:
    for code, values in columns.items():
        kept = _before(values, period, lambda value: not value.stands_back)
        if code in rule.automatic_first:
            kept = _before(kept, period, lambda value: value.automatic)
        if len(kept) >= wanted.least_values and len({value.day for value in kept}) >= wanted.least_days:
            yield code, _mean(code, kept, rule)


def _before(values: list[_Value], period: Period, goes_first: Callable[[_Value], bool]) -> list[_Value]:
    """Without the other values of the months (of a shorter period: of the period) that have some which go first."""

    def within(value: _Value) -> Span:
        return span_of(value.day, period if period in ("day", "week") else "month")

    ahead = [value for value in values if goes_first(value)]
    if not ahead or len(ahead) == len(values):
        return values
    first = {within(value) for value in ahead}
    return [value for value in values if goes_first(value) or within(value) not in first]


def _mean(code: str, values: Sequence[_Value], rule: AssessmentRule) -> Mean:
    limits = [value.detection_limit for value in values if value.detection_limit is not None]
    averaged = _average(code, [value.value for value in values], rule)
    return Mean(averaged, len(values), len(limits), max(limits, default=None), len(values))


def _average(code: str, values: Sequence[Decimal], rule: AssessmentRule) -> Decimal:
    return average_of(code, [(value, 1) for value in values], rule)


def average_of(code: str, values: Sequence[tuple[Decimal, int]], rule: AssessmentRule = HJ_2020_82) -> Decimal:
    """The mean of values, each with how often it was found.

    >>> str(average_of("tp", [(Decimal("0.1"), 3), (Decimal("0.3"), 1)]))
    '0.15'
    """
    if len(values) == 1:
        return values[0][0]
    count = sum(times for _value, times in values)
    if code in rule.hydrogen_mean:
        return mean_of_sum(
            code, sum((_hydrogen_ions(value) * times for value, times in values), Decimal(0)), count, rule
        )
    return mean_of_sum(code, sum((value * times for value, times in values), Decimal(0)), count, rule)


def mean_of_sum(code: str, total: Decimal, count: int, rule: AssessmentRule = HJ_2020_82) -> Decimal:
    """The mean of so many values that sum up to `total`; of pH the sum is that of the hydrogen ions, mol per litre.

    >>> str(mean_of_sum("ph", Decimal("2e-7"), 2))
    '7'
    """
    if code in rule.hydrogen_mean:
        return (-(total / count).log10()).quantize(PLACES).normalize()
    return total / count


@lru_cache(maxsize=4096)
def _hydrogen_ions(ph: Decimal) -> Decimal:
    """Mol per litre."""
    return Decimal(10) ** -ph


def means_of_months(
    months: Mapping[Span, Mapping[str, Mean]], period: Period, rule: AssessmentRule = HJ_2020_82
) -> dict[Span, dict[str, Mean]]:
    """The mean of the monthly values, each month counting once however often it was sampled."""
    wanted = rule.periods[period]
    gathered: dict[Span, list[Mapping[str, Mean]]] = defaultdict(list)
    for month, columns in months.items():
        gathered[span_of(month.first_day, period)].append(columns)
    found = {span: _over(columns, rule) for span, columns in gathered.items()}
    kept = {
        span: {code: mean for code, mean in columns.items() if mean.count >= wanted.least_values}
        for span, columns in found.items()
    }
    return {span: columns for span, columns in kept.items() if columns}


def over_sections(sections: Iterable[Mapping[str, Mean]], rule: AssessmentRule = HJ_2020_82) -> dict[str, Mean]:
    """Mean of every parameter over several sections, each counting once (rivers with fewer than five sections).

    >>> {c: str(m.value) for c, m in over_sections([{"tp": Mean(Decimal("0.1"), 3)}, {"tp": Mean(Decimal("0.3"), 1)}]).items()}
    {'tp': '0.2'}
    """  # noqa: E501
    return _over(sections, rule)


def _over(columns: Iterable[Mapping[str, Mean]], rule: AssessmentRule) -> dict[str, Mean]:
    gathered: dict[str, list[Mean]] = defaultdict(list)
    for column in columns:
        for code, mean in column.items():
            gathered[code].append(mean)
    return {code: _mean_of_means(code, found, rule) for code, found in gathered.items()}


def _mean_of_means(code: str, found: Sequence[Mean], rule: AssessmentRule) -> Mean:
    limits = [mean.detection_limit for mean in found if mean.detection_limit is not None]
    return Mean(
        value=_average(code, [mean.value for mean in found], rule),
        count=len(found),
        non_detects=sum(mean.non_detects == mean.count for mean in found),
        detection_limit=max(limits, default=None),
        readings=sum(mean.readings or mean.count for mean in found),
    )


def as_readings(columns: Mapping[str, Mean], rule: AssessmentRule = HJ_2020_82) -> dict[str, RawReading]:
    """What `evaluate_water_class` takes: means rounded as assessment data, single readings whole. Numbers, no text.

    >>> str(as_readings({"tp": Mean(Decimal("0.2004"), 2)})["tp"])
    '0.200'
    """
    return {code: Reading(assessment_value(code, mean, rule)) for code, mean in columns.items()}


def assessment_value(code: str, mean: Mean, rule: AssessmentRule = HJ_2020_82) -> Decimal:
    """The number that is graded."""
    return mean.value if mean.is_single else rule.rounded(code, mean.value)
