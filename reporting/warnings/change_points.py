"""Where the level of a series changed: Pettitt's test, which asks nothing of the distribution. Pure numbers.

A. N. Pettitt (1979), "A non-parametric approach to the change-point problem", Applied Statistics 28, 126-135. With
``U(t)`` the sum of ``sign(x[i] - x[j])`` over ``i < t <= j`` and ``K`` its largest amount, the probability of such a
``K`` without a change is about ``2 exp(-6 K^2 / (n^3 + n^2))``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

LEAST_VALUES = 12
"""With fewer values only a change in the very middle could show at all."""
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """The level changed at `place`, the number (from 0) of the first value of the new level."""

    place: int
    before: float
    after: float
    probability: float


def find_change(values: Sequence[float]) -> Change | None:
    """Return the one change of level, with the median on each side; None without a significant one.

    >>> found = find_change([20, 21, 19, 20, 22, 20, 19, 21, 31, 30, 32, 29, 31, 30])
    >>> found.place, found.before, found.after, round(found.probability, 3)
    (8, 20.0, 30.5, 0.018)
    """
    count = len(values)
    if count < LEAST_VALUES:
        return None
    numbers = np.asarray(values, dtype=float)
    signs = np.sign(numbers[:, None] - numbers[None, :])
    # Going one step on, the value passes from the right-hand side to the left: the sum gains its whole row.
    sums = np.abs(np.cumsum(signs.sum(axis=1))[:-1])
    strongest = float(sums.max())
    # Of places that the ranks cannot tell apart the one where the sides lie furthest apart.
    alike = [int(place) + 1 for place in np.flatnonzero(sums == strongest)]
    place = max(alike, key=lambda one: abs(float(numbers[one:].mean() - numbers[:one].mean())))
    probability = min(1.0, 2 * float(np.exp(-6 * strongest**2 / (count**3 + count**2))))
    if probability > SIGNIFICANT:
        return None
    return Change(place, float(median(values[:place])), float(median(values[place:])), probability)
