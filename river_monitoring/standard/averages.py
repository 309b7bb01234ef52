"""Periods of the evaluation rule: arithmetic means over a month, quarter or year, and over several sections.

Pure Python. 环办[2011]22号: within a week, ten days or month one reading suffices and several are averaged; a quarter
needs at least two readings; a year is the mean of its monthly values. A non-detect counts as half its limit. A mean
is compared with the limits as it is; it is rounded (half to even, to the parameter's decimals) only to be shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from river_monitoring.standard.evaluation import GB3838_2002, Standard
from river_monitoring.standard.readings import RawReading, UnreadableValue, parse_reading

Period = Literal["month", "quarter", "year"]
FEWEST: Mapping[Period, int] = {"month": 1, "quarter": 2, "year": 1}
"""Readings (month, quarter) or monthly values (year) below which the rule gives no mean."""
_PER_YEAR: Mapping[Period, int] = {"month": 12, "quarter": 4, "year": 1}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A month, quarter or year: `number` counts it within its year (1 for a year).

    >>> str(Span(2026, 3, "quarter")), Span(2026, 3, "quarter").first_day
    ('2026-Q3', datetime.date(2026, 7, 1))
    """

    year: int
    number: int
    period: Period

    @property
    def first_day(self) -> date:
        return date(self.year, 1 + (self.number - 1) * 12 // _PER_YEAR[self.period], 1)

    @property
    def before(self) -> Span:
        """The span of the same kind that ends where this one starts.

        >>> str(Span(2026, 1, "month").before), str(Span(2026, 1, "year").before)
        ('2025-12', '2025')
        """
        return self._moved(-1)

    @property
    def after(self) -> Span:
        """The span of the same kind that starts where this one ends.

        >>> str(Span(2026, 12, "month").after), str(Span(2026, 4, "quarter").after)
        ('2027-01', '2027-Q1')
        """
        return self._moved(1)

    @property
    def year_before(self) -> Span:
        return Span(self.year - 1, self.number, self.period)

    def _moved(self, steps: int) -> Span:
        per_year = _PER_YEAR[self.period]
        year, index = divmod(self.year * per_year + self.number - 1 + steps, per_year)
        return Span(year, index + 1, self.period)

    def __str__(self) -> str:
        if self.period == "year":
            return f"{self.year}"
        return f"{self.year}-{self.number:02d}" if self.period == "month" else f"{self.year}-Q{self.number}"


def span_of(day: date, period: Period) -> Span:
    """
    >>> str(span_of(date(2026, 8, 5), "quarter"))
    '2026-Q3'
    """
    number = {"month": day.month, "quarter": (day.month + 2) // 3, "year": 1}[period]
    return Span(day.year, number, period)


def parse_span(text: str) -> Span:
    """Read `2026`, `2026-Q3` or `2026-08`. Raises ValueError.

    >>> parse_span("2026-Q3")
    Span(year=2026, number=3, period='quarter')
    """
    year, dash, rest = text.partition("-")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and int(year) >= 1):
        raise ValueError(text)
    if not dash:
        return Span(int(year), 1, "year")
    period: Period = "quarter" if rest.startswith("Q") else "month"
    digits = rest.removeprefix("Q")
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= _PER_YEAR[period]):
        raise ValueError(text)
    return Span(int(year), int(digits), period)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of one parameter over a span: its value as computed, and of how many readings (a year: months)."""

    value: Decimal
    count: int
    non_detects: int = 0

    def shown(self, decimals: int) -> Decimal:
        """
        >>> Mean(Decimal("0.125"), 2).shown(2)
        Decimal('0.12')
        """
        return self.value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


Readings = Mapping[str, RawReading]


def means(
    samples: Iterable[tuple[date, Readings]], period: Period, standard: Standard = GB3838_2002
) -> dict[Span, dict[str, Mean]]:
    """Mean of every parameter per span, oldest first; spans with fewer readings than the rule wants are left out.

    Values that cannot be read or cannot be true are left out here; their samples are unrated and carry the reason.

    >>> days = [(date(2026, 7, 5), {"nh3n": "1.0"}), (date(2026, 7, 20), {"nh3n": "0.05L"}), (date(2026, 9, 1), {"nh3n": 2})]
    >>> {str(span): str(found["nh3n"].value) for span, found in means(days, "month").items()}
    {'2026-07': '0.5125', '2026-09': '2'}
    >>> [str(span) for span in means(days, "quarter")]
    ['2026-Q3']
    """  # noqa: E501 - one example is clearer whole
    if period == "year":
        return _yearly(means(samples, "month", standard))
    gathered: dict[Span, dict[str, list[tuple[Decimal, bool]]]] = defaultdict(lambda: defaultdict(list))
    for day, readings in samples:
        for code, value in _usable(readings, standard).items():
            gathered[span_of(day, period)][code].append(value)
    found = {
        span: {code: _mean(values) for code, values in columns.items() if len(values) >= FEWEST[period]}
        for span, columns in sorted(gathered.items())
    }
    return {span: columns for span, columns in found.items() if columns}


def _usable(readings: Readings, standard: Standard) -> dict[str, tuple[Decimal, bool]]:
    found = {}
    for code, raw in readings.items():
        try:
            reading = parse_reading(raw)
        except UnreadableValue:
            continue
        if reading is not None and code in standard.parameters and standard[code].is_possible(reading.value):
            found[code] = (reading.counted, reading.below_limit)
    return found


def _mean(values: list[tuple[Decimal, bool]]) -> Mean:
    total = sum((value for value, _ in values), Decimal(0))
    return Mean(total / len(values), len(values), sum(below for _, below in values))


def _yearly(months: Mapping[Span, Mapping[str, Mean]]) -> dict[Span, dict[str, Mean]]:
    """The mean of the monthly values, each month counting once however often it was sampled."""
    gathered: dict[Span, dict[str, list[tuple[Decimal, bool]]]] = defaultdict(lambda: defaultdict(list))
    for month, columns in months.items():
        for code, mean in columns.items():
            all_below = mean.non_detects == mean.count
            gathered[Span(month.year, 1, "year")][code].append((mean.value, all_below))
    return {span: {code: _mean(values) for code, values in columns.items()} for span, columns in gathered.items()}


def over_sections(sections: Iterable[Mapping[str, Mean]]) -> dict[str, Mean]:
    """Mean of every parameter over several sections, each counting once (rivers with fewer than five sections).

    >>> {c: str(m.value) for c, m in over_sections([{"tp": Mean(Decimal("0.1"), 3)}, {"tp": Mean(Decimal("0.3"), 1)}]).items()}
    {'tp': '0.2'}
    """  # noqa: E501
    gathered: dict[str, list[tuple[Decimal, bool]]] = defaultdict(list)
    for section in sections:
        for code, mean in section.items():
            gathered[code].append((mean.value, mean.non_detects == mean.count))
    return {code: _mean(values) for code, values in gathered.items()}


def as_readings(columns: Mapping[str, Mean]) -> dict[str, Decimal]:
    """What `standards.evaluate_water_class` takes."""
    return {code: mean.value for code, mean in columns.items()}
