"""The values of one indicator by period and place, kept in columns: a cell is made when somebody asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median

import numpy as np

from reporting.indicators.models import Indicator


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its plan and denominator; `enough` tells whether it may be shown."""

    value: Decimal | None
    plan: Decimal | None = None
    whole: int | None = None
    enough: bool = True

    @property
    def shown(self) -> Decimal | None:
        return self.value if self.enough else None


NOTHING = Value(None)


@dataclass(frozen=True, slots=True)
class Column:
    """The values of a period as they were read: keys of places, and what each has; all four are equally long."""

    places: list[int]
    values: list[Decimal | None]
    plans: list[Decimal | None]
    wholes: list[int | None]


@dataclass(slots=True)
class Series:
    """The values of one indicator by period and place (its key): all areas, or all points, or all features."""

    indicator: Indicator
    columns: dict[date, Column] = field(default_factory=dict)
    _cells: dict[date, dict[int, Value]] = field(default_factory=dict)
    _spreads: dict[date, tuple[int, float, float]] = field(default_factory=dict)

    def at(self, place: int, period: date) -> Value:
        return self.of_all(period).get(place, NOTHING)

    def of_all(self, period: date) -> dict[int, Value]:
        if period not in self._cells:
            self._cells[period] = self._read(period)
        return self._cells[period]

    def _read(self, period: date) -> dict[int, Value]:
        column = self.columns.get(period)
        if column is None:
            return {}
        found: dict[int, Value] = {}
        rows = zip(column.places, column.values, column.plans, column.wholes, strict=True)
        for place, value, plan, whole in rows:
            enough = is_enough(self.indicator, whole) and not (value is None and whole is not None)
            found[place] = Value(value, plan, whole, enough)
        return found

    def numbers(self, period: date, numbered: Mapping[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """The values of a period, each at the number of its place, NaN for none: all, and those that may be shown."""
        every, shown = np.full(len(numbered), np.nan), np.full(len(numbered), np.nan)
        column = self.columns.get(period)
        if column is None:
            return every, shown
        least = self.indicator.minimum
        at = np.array([numbered.get(place, -1) for place in column.places], dtype=int)
        values = np.array([np.nan if value is None else value for value in column.values], dtype=float)
        wholes = np.array([least if whole is None else whole for whole in column.wholes], dtype=float)
        known = at >= 0
        every[at[known]] = values[known]
        known &= wholes >= least
        shown[at[known]] = values[known]
        return every, shown

    def spread(self, period: date) -> tuple[int, float, float]:
        """How many places have a value that may be shown, their median, and the median distance from it."""
        if period not in self._spreads:
            known = [float(row.shown) for row in self.of_all(period).values() if row.shown is not None]
            middle = median(known) if known else 0.0
            apart = median(abs(number - middle) for number in known) if known else 0.0
            self._spreads[period] = (len(known), middle, apart)
        return self._spreads[period]

    @property
    def periods(self) -> list[date]:
        return sorted(self.columns)

    def newest(self, until: date | None = None) -> date | None:
        """The last period with a value that begins not after `until`."""
        return max((day for day in self.columns if until is None or day <= until), default=None)


def is_enough(indicator: Indicator, whole: int | None) -> bool:
    """Tell whether the denominator is large enough to speak of the value."""
    return whole is None or whole >= indicator.minimum
