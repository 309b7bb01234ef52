"""Whether a series rises or falls: Spearman's rank correlation by Daniel (秩相关系数法), as 环办[2011]22号 asks.

Pure Python. The critical values for small N are exact (all N! orders were counted); larger N use Student's t.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Direction = Literal["rising", "falling", "none", "too-few"]
FEWEST = 5
#: One-sided critical values of |rs| at 0.05 and 0.01, exact (computed by enumeration of all orders).
CRITICAL: Mapping[int, tuple[float, float]] = {
    5: (0.900, 1.000),
    6: (0.829, 0.943),
    7: (0.714, 0.893),
    8: (0.643, 0.833),
    9: (0.600, 0.783),
}
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
    coefficient = _correlation(_ranks(values), [float(place) for place in range(1, count + 1)])
    usual, strict = critical_values(count)
    if coefficient is None or abs(coefficient) < usual:
        return RankTrend("none", count, coefficient, usual)
    direction: Direction = "rising" if coefficient > 0 else "falling"
    return RankTrend(direction, count, coefficient, usual, abs(coefficient) >= strict)


def critical_values(count: int) -> tuple[float, float]:
    """|rs| from which a trend of `count` values is significant, one-sided at 0.05 and 0.01. Raises ValueError below 5.

    >>> critical_values(5)
    (0.9, 1.0)
    >>> [round(value, 3) for value in critical_values(12)]
    [0.497, 0.658]
    """
    if count < FEWEST:
        raise ValueError(f"{count} values are too few")
    if count in CRITICAL:
        return CRITICAL[count]
    freedom = count - 2
    # The next smaller row of the table has the larger t: never more significant than it is.
    row = _T[max(known for known in _T if known <= freedom)]
    usual, strict = (t / math.sqrt(freedom + t * t) for t in row)
    return usual, strict


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=lambda index: values[index])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in range(start, end + 1):
            ranks[order[place]] = (start + end) / 2 + 1
        start = end + 1
    return ranks


def _correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's coefficient of two rank series: 1 − 6Σd²/(N³ − N) when no ranks are shared; None for equal values."""
    middle = (len(left) + 1) / 2
    spread_left = sum((rank - middle) ** 2 for rank in left)
    spread_right = sum((rank - middle) ** 2 for rank in right)
    if not spread_left:
        return None
    shared = sum((a - middle) * (b - middle) for a, b in zip(left, right, strict=True))
    # Rounding keeps a perfect order at exactly 1, which the table for N = 5 asks for.
    return round(shared / math.sqrt(spread_left * spread_right), 12)
