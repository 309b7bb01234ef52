"""Days, weeks, months, quarters and years as periods of an assessment.

Pure Python. A week is that of ISO 8601: from Monday, in the year of its Thursday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

Period = Literal["day", "week", "month", "quarter", "year"]
PERIODS: tuple[Period, ...] = ("day", "week", "month", "quarter", "year")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""How many months each of the longer periods has."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A day, week, month, quarter or year: `number` counts it within its year (1 for a year).

    >>> str(Span(2026, 3, "quarter")), Span(2026, 3, "quarter").first_day
    ('2026-Q3', datetime.date(2026, 7, 1))
    >>> str(Span(2026, 9, "week")), str(span_of(date(2026, 3, 1), "day"))
    ('2026-W09', '2026-03-01')
    """

    year: int
    number: int
    period: Period

    @property
    def first_day(self) -> date:
        if self.period == "day":
            return date(self.year, 1, 1) + timedelta(days=self.number - 1)
        if self.period == "week":
            return date.fromisocalendar(self.year, self.number, 1)
        return date(self.year, 1 + (self.number - 1) * MONTHS[self.period], 1)

    @property
    def last_day(self) -> date:
        """
        >>> Span(2026, 3, "quarter").last_day
        datetime.date(2026, 9, 30)
        """
        return self.after.first_day - timedelta(days=1)

    @property
    def before(self) -> Span:
        """The span of the same kind that ends where this one starts.

        >>> str(Span(2026, 1, "month").before), str(Span(2026, 1, "year").before), str(Span(2027, 1, "week").before)
        ('2025-12', '2025', '2026-W53')
        """
        return span_of(self.first_day - timedelta(days=1), self.period)

    @property
    def after(self) -> Span:
        """The span of the same kind that starts where this one ends.

        >>> str(Span(2026, 12, "month").after), str(Span(2026, 4, "quarter").after), str(Span(2026, 53, "week").after)
        ('2027-01', '2027-Q1', '2027-W01')
        """
        return span_of(self.first_day + timedelta(days=LONGEST[self.period]), self.period)

    @property
    def year_before(self) -> Span:
        """The span of the same number a year earlier; of day 366 and week 53 the last one of that year.

        >>> str(Span(2026, 53, "week").year_before), str(Span(2024, 366, "day").year_before)
        ('2025-W52', '2023-12-31')
        """
        if self.period not in ("day", "week"):
            return Span(self.year - 1, self.number, self.period)
        last = span_of(date(self.year - 1, 12, 31 if self.period == "day" else 28), self.period)
        return Span(self.year - 1, min(self.number, last.number), self.period)

    def __str__(self) -> str:
        if self.period == "day":
            return self.first_day.isoformat()
        marks = {"week": f"-W{self.number:02d}", "month": f"-{self.number:02d}", "quarter": f"-Q{self.number}"}
        return f"{self.year}{marks.get(self.period, '')}"


LONGEST = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
"""Days from the beginning of a period that always reach into the next one of its kind."""


@lru_cache(maxsize=8192)
def span_of(day: date, period: Period) -> Span:
    """The span that a day lies in; remembered, for it is asked for each value of each sample.

    >>> str(span_of(date(2026, 8, 5), "quarter")), str(span_of(date(2027, 1, 3), "week"))
    ('2026-Q3', '2026-W53')
    """
    if period == "week":
        year, week, _ = day.isocalendar()
        return Span(year, week, "week")
    number = day.timetuple().tm_yday if period == "day" else (day.month - 1) // MONTHS[period] + 1
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
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= 12 // MONTHS[period]):
        raise ValueError(text)
    return Span(int(year), int(digits), period)
