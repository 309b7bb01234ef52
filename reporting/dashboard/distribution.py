"""Answer times as a distribution. Pure numbers: days from assignment to the first reply."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.indicators import MINIMUM

LEAST = MINIMUM
"""Fewer answers than this have no percentiles either."""
EDGES = (0, 8, 15, 31, 61, 91)
"""First day of each bin: a week, two weeks, a month, two, the lawful three, and beyond."""


@dataclass(frozen=True, slots=True)
class Bin:
    """How many answers took from `first` to `last` days; the last bin has no end."""

    first: int
    last: int | None
    count: int


def histogram(days: Sequence[int]) -> list[Bin]:
    """Count answers per bin; every bin is there, even at zero. A negative number (a clock set back) counts as none."""
    ends = [*(edge - 1 for edge in EDGES[1:]), None]
    found: Counter[int] = Counter()
    for value, count in Counter(days).items():
        found[bin_of(value)] += count
    return [Bin(first, last, found[first]) for first, last in zip(EDGES, ends, strict=True)]


def percentile(ordered: Sequence[int], share: int) -> float:
    """Return the `share`-th percentile by linear interpolation between the closest ranks (R's type 7, Excel's).

    >>> percentile([2, 4, 9], 50)
    4
    >>> percentile([0, 10], 75)
    7.5
    """
    place = (len(ordered) - 1) * share / 100
    below = int(place)
    if below + 1 >= len(ordered) or place == below:
        return ordered[below]
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (place - below)


def bin_of(days: int) -> int:
    """Return the first day of the bin that `days` lies in: 9 -> 8."""
    return max(edge for edge in EDGES if edge <= max(0, days))


@dataclass(frozen=True, slots=True)
class Spread:
    """Where answers lie, in days: a tenth took at most `p10`, half at most `p50` …"""

    count: int
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float


def spread(days: Sequence[int]) -> Spread | None:
    """Return the percentiles, or None when there are too few answers to speak of."""
    if len(days) < LEAST:
        return None
    ordered = sorted(days)
    return Spread(len(ordered), *(round(percentile(ordered, share), 1) for share in (10, 25, 50, 75, 90)))
