"""In which places a condition may be met, asked of all at once; whether it is, `conditions` says of these alone.

Values are decimals with up to twenty digits, here they are double numbers. Each test lets through whatever the exact
one could: two decimals never change their order by becoming doubles, they can only become alike.
"""

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np

from reporting.indicators.models import Indicator
from reporting.observations.series import Series
from reporting.warnings.change_points import LEAST_VALUES, SIGNIFICANT
from reporting.warnings.conditions import LEAST_PEERS, MAD_TO_SIGMA, Condition, days_asked

EXACT_BELOW = 1e9
"""With six decimals smaller values have fifteen digits at most: as doubles they differ where they differ."""
SLACK = 1e-6
"""Per cent by which a share of doubles may lie off the exact one, and far more than it does."""

type Numbers = np.ndarray
type Mask = np.ndarray


class Screen:
    """The values that may be shown of a rule's indicators, each period read into an array once."""

    def __init__(self, series: Mapping[str, Series], places: Mapping[int, int]) -> None:
        """`places` numbers the areas, points or features (their keys) from 0."""
        self.series, self.places = series, places
        self._read: dict[tuple[str, date], tuple[Numbers, Numbers]] = {}

    def may_be_met(self, condition: Condition, day: date) -> Mask:
        """Tell for each place whether a condition could be met in a period."""
        return MAY[condition["kind"]](self, condition, day)

    def has_value(self, code: str, day: date) -> Mask:
        """Tell for each place whether there is a value, if only one that may not be shown."""
        return ~np.isnan(self._numbers(code, day)[0])

    def shown(self, code: str, day: date) -> Numbers:
        return self._numbers(code, day)[1]

    def run(self, condition: Condition, day: date) -> Numbers:
        """The values of the periods that a condition looks at: a row for each, the oldest first."""
        code = condition["indicator"]
        kind = self.series[code].indicator.period_kind
        return np.array([self.shown(code, each) for each in days_asked(condition, kind, day)])

    def _numbers(self, code: str, day: date) -> tuple[Numbers, Numbers]:
        if (code, day) not in self._read:
            self._read[code, day] = self.series[code].numbers(day, self.places)
        return self._read[code, day]


def _less(one: Numbers, other: Numbers) -> Mask:
    """Tell where the decimals behind two numbers may be less than one another; nothing is less where one is missing."""
    return (one < other) | ((one == other) & (np.abs(one) >= EXACT_BELOW))


def _limit(screen: Screen, condition: Condition, day: date) -> Mask:
    """All periods that are looked at: of a limit one, of several running as many."""
    limit, values = np.asarray(condition["value"], dtype=float), screen.run(condition, day)
    beyond = _less(limit, values) if condition["beyond"] == "above" else _less(values, limit)
    return beyond.all(axis=0)


def _worse(indicator: Indicator, before: Numbers, after: Numbers) -> Mask:
    return _less(after, before) if indicator.direction == Indicator.Direction.UP else _less(before, after)


def _worsening(screen: Screen, condition: Condition, day: date) -> Mask:
    values = screen.run(condition, day)
    return _worse(screen.series[condition["indicator"]].indicator, values[:-1], values[1:]).all(axis=0)


def _year(screen: Screen, condition: Condition, day: date) -> Mask:
    before, now = screen.run(condition, day)
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = np.abs(now - before) / np.abs(before) * 100
    enough = percent >= condition["percent"] * (1 - SLACK) - SLACK
    return enough & _worse(screen.series[condition["indicator"]].indicator, before, now)


def _peers(screen: Screen, condition: Condition, day: date) -> Mask:
    series = screen.series[condition["indicator"]]
    count, middle, spread = series.spread(day)
    off = screen.shown(condition["indicator"], day) - middle
    if count < LEAST_PEERS or not spread:
        return np.zeros(off.shape, dtype=bool)
    return np.abs(off) > condition["times"] * spread * MAD_TO_SIGMA


def _change(screen: Screen, condition: Condition, day: date) -> Mask:
    """Pettitt's test of all places at once; a missing value adds nothing to a sum, and does not count."""
    values = screen.run(condition, day)
    signs = np.nan_to_num(np.sign(values[:, None, :] - values[None, :, :]))
    strongest = np.abs(np.cumsum(signs.sum(axis=1), axis=0)).max(axis=0)
    count = (~np.isnan(values)).sum(axis=0)
    probability = 2 * np.exp(-6 * strongest**2 / np.maximum(count**3 + count**2, 1))
    return (count >= LEAST_VALUES) & ~np.isnan(values[-1]) & (probability <= SIGNIFICANT * (1 + SLACK))


def _any(screen: Screen, condition: Condition, day: date) -> Mask:
    """What rests on plans, or on who said what when, is asked of each place."""
    return np.ones(len(screen.places), dtype=bool)


MAY: dict[str, Callable[[Screen, Condition, date], Mask]] = {
    "limit": _limit,
    "plan": _any,
    "year": _year,
    "runs": _limit,
    "worsening": _worsening,
    "peers": _peers,
    "change": _change,
    "late": _any,
}
