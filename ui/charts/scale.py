"""Axes: values to pixels, and the round numbers beside them. Plain computation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis from `low` at pixel `start` to `high` at pixel `end`.

    >>> Axis(0, 10, 200, 0).at(2.5)
    150.0
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers within a range, at most about `most` of them.

    >>> nice_ticks(0, 2.3)
    [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    if high <= low:
        return [low]
    rough = (high - low) / most
    unit: float = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * unit for factor in STEPS if factor * unit >= rough)
    digits = max(0, 2 - math.floor(math.log10(step)))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, digits) for number in range(first, last + 1)]


def month_ticks(first: date, last: date, most: int) -> list[date]:
    """First days of months between two days, every 1, 2, 3, 6, 12, ... months so that there are at most `most`.

    >>> [day.month for day in month_ticks(date(2025, 2, 10), date(2026, 1, 20), 4)]
    [4, 7, 10, 1]
    """
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if (end - begin) // step + 1 <= most)
    months = range(-(-begin // step) * step, end + 1, step)
    return [day for month in months if (day := date(month // 12, month % 12 + 1, 1)) >= first.replace(day=1)]
