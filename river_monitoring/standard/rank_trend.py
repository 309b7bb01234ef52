"""Whether a series rises or falls: Spearman's rank correlation by Daniel (秩相关系数法), as 环办[2011]22号 asks.

Pure Python. To N = 12 the critical values are exact (all N! orders were counted) and compared as fractions, so that a
series at the boundary is not lost to a rounded rs; larger N use Student's t.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Direction = Literal["rising", "falling", "none", "too-few"]
FEWEST = 5
MOST_SQUARES: Mapping[int, tuple[int, int]] = {
    5: (2, 0), 6: (6, 2), 7: (16, 6), 8: (30, 14), 9: (48, 26), 10: (72, 42), 11: (102, 64), 12: (142, 92),
}  # fmt: skip
"""The largest Σd² that is significant one-sided at 0.05 and 0.01: of all N! orders, counted, at most that share has as
little or less."""
#: Student's t, one-sided 0.05 and 0.01, for N - 2 degrees of freedom: the usual table.
_T = {
    8: (1.860, 2.896), 9: (1.833, 2.821), 10: (1.812, 2.764), 11: (1.796, 2.718), 12: (1.782, 2.681),
    13: (1.771, 2.650), 14: (1.761, 2.624), 15: (1.753, 2.602), 16: (1.746, 2.583), 17: (1.740, 2.567),
    18: (1.734, 2.552), 19: (1.729, 2.539), 20: (1.725, 2.528), 22: (1.717, 2.508), 24: (1.711, 2.492),
    26: (1.706, 2.479), 28: (1.701, 2.467), 30: (1.697, 2.457), 40: (1.684, 2.423), 60: (1.671, 2.390),
    120: (1.658, 2.358),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RankTrend:
    """The answer with what it rests on: N, rs, the critical value at 0.05, and whether 0.01 is met as well."""

    direction: Direction
    count: int
    coefficient: float | None = None
    critical: float | None = None
    strong: bool = False


def rank_trend(values: Sequence[float]) -> RankTrend:
    """Judge values in order of time.

    >>> rank_trend([5, 4.2, 4.4, 3.1, 2.0]).direction
    'falling'
    >>> rank_trend([1, 3, 2, 5, 2]).direction
    'none'
    >>> rank_trend([1, 2, 3, 4])
    RankTrend(direction='too-few', count=4, coefficient=None, critical=None, strong=False)
    """
    count = len(values)
    if count < FEWEST:
        return RankTrend("too-few", count)
    order = _order_of(values)
    usual, strict = critical_values(count)
    if not order.spread:
        return RankTrend("none", count, None, usual)
    coefficient = order.shared / math.sqrt(order.spread * order.whole)
    if not _reaches(order, usual, 0):
        return RankTrend("none", count, coefficient, usual)
    direction: Direction = "rising" if order.shared > 0 else "falling"
    return RankTrend(direction, count, coefficient, usual, _reaches(order, strict, 1))


def critical_values(count: int) -> tuple[float, float]:
    """|rs| from which a trend of `count` values is significant, one-sided at 0.05 and 0.01. Raises ValueError below 5.

    >>> critical_values(5)
    (0.9, 1.0)
    >>> [round(value, 3) for value in critical_values(12)]
    [0.503, 0.678]
    """
    if count < FEWEST:
        raise ValueError(f"{count} values are too few")
    if count in MOST_SQUARES:
        usual, strict = (float(_exact(count, level)) for level in (0, 1))
        return usual, strict
    freedom = count - 2
    # The next smaller row of the table has the larger t: never more significant than it is.
    row = _T[max(known for known in _T if known <= freedom)]
    usual, strict = (t / math.sqrt(freedom + t * t) for t in row)
    return usual, strict


def _exact(count: int, level: int) -> Fraction:
    """The critical value as a fraction; `level` 0 is 0.05, 1 is 0.01."""
    return 1 - Fraction(6 * MOST_SQUARES[count][level], count**3 - count)


@dataclass(frozen=True, slots=True)
class _Order:
    """Ranks against time: sum of products about the mean, that of squares of the ranks, and of a full order."""

    count: int
    shared: Fraction
    spread: Fraction
    whole: Fraction


def _order_of(values: Sequence[float]) -> _Order:
    """With no ranks shared, shared/whole is 1 − 6Σd²/(N³ − N)."""
    count, ranks = len(values), _ranks(values)
    middle = Fraction(count + 1, 2)
    shared = sum(((rank - middle) * (place - middle) for place, rank in enumerate(ranks, start=1)), Fraction(0))
    spread = sum(((rank - middle) ** 2 for rank in ranks), Fraction(0))
    return _Order(count, shared, spread, Fraction(count**3 - count, 12))


def _reaches(order: _Order, critical: float, level: int) -> bool:
    """Whether |rs| is at least the critical value; exactly so where the value is exact."""
    least = _exact(order.count, level) if order.count in MOST_SQUARES else Fraction(critical)
    return order.shared**2 >= least**2 * order.spread * order.whole


def _ranks(values: Sequence[float]) -> list[Fraction]:
    """Ranks from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=lambda index: values[index])
    ranks = [Fraction(0)] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in range(start, end + 1):
            ranks[order[place]] = Fraction(start + end, 2) + 1
        start = end + 1
    return ranks
