"""Class breaks of a number field: quantiles, equal intervals, natural breaks (Fisher-Jenks), manual ones.

A class runs from its lower bound, which belongs to it, to its upper bound, which belongs to the next; the last
class holds the maximum. Methods return the bounds between classes, so n classes have n - 1 of them, fewer when
the numbers do not allow that many.
"""

from collections.abc import Sequence

import ckmeans
import numpy as np

QUANTILE, EQUAL, NATURAL, MANUAL = "quantile", "equal", "natural", "manual"
METHODS = (QUANTILE, EQUAL, NATURAL, MANUAL)
MOST_CLASSES = 9


def inner_breaks(values: np.ndarray, method: str, count: int) -> list[float]:
    """The ascending bounds between at most `count` classes of `values` (finite numbers, any order).

    Raises ValueError for an unknown method; `manual` is the person's own and not computed.
    """
    if len(values) == 0 or count < 2:
        return []
    if method == QUANTILE:
        found = _quantiles(values, count)
    elif method == EQUAL:
        found = _equal(float(values.min()), float(values.max()), count)
    elif method == NATURAL:
        found = natural_breaks(values, count)
    else:
        raise ValueError(f"no such method: {method}")
    lowest, highest = float(values.min()), float(values.max())
    return sorted({value for value in found if lowest < value <= highest})


def _quantiles(values: np.ndarray, count: int) -> list[float]:
    """Values that occur, so that as near as can be the same number of rows lies in each class."""
    shares = [index / count for index in range(1, count)]
    return [float(value) for value in np.quantile(values, shares, method="higher")]


def _equal(lowest: float, highest: float, count: int) -> list[float]:
    return [lowest + (highest - lowest) * index / count for index in range(1, count)]


def natural_breaks(values: np.ndarray, count: int) -> list[float]:
    """Fisher-Jenks: the classes with the least spread within them, exactly (dynamic programming).

    Each bound is the roundest number between two classes. A million values take about a third of a second.
    """
    asked = min(count, len(values))
    return [float(value) for value in ckmeans.breaks(values, asked)] if asked > 1 else []


def class_of(value: float, inner: Sequence[float]) -> int:
    """The number of the class, from 0, that holds `value`."""
    return int(np.searchsorted(np.asarray(inner), value, side="right"))
