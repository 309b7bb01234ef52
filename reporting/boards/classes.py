"""Classes of a map: the same through time, so that periods compare."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np

from accounts.permissions import Asker
from layers.styling.class_breaks import class_of, inner_breaks
from reporting.indicators.models import Indicator
from reporting.observations.queries import numbers_of

COUNT = 5
FILLS = ("#e3eef5", "#b5d3e6", "#7fb1d3", "#4386b4", "#15578a")
"""From few to many, lightness falling, so that they stay apart in grey and for any colour vision."""
INKS = ("#1c2a30", "#1c2a30", "#1c2a30", "#ffffff", "#ffffff")
NO_DATA = "#f4f4f2"


@dataclass(frozen=True, slots=True)
class Classes:
    """The bounds between classes."""

    inner: Sequence[float]
    lowest: float
    highest: float

    def of(self, value: Decimal | None) -> int | None:
        """The class of a value, from 0; None for no value."""
        return None if value is None else class_of(float(value), self.inner)

    def ranges(self) -> list[tuple[float, float]]:
        """From and to of each class."""
        bounds = [self.lowest, *self.inner, self.highest]
        return list(pairwise(bounds))


def classes_of(indicator: Indicator, method: str = "natural", user: Asker = None) -> Classes:
    """Class all values of all periods together; page and tile read the same ones, so that their colours agree."""
    return classes_from(numbers_of(indicator, user), method)


def classes_from(values: Iterable[Decimal | float | None], method: str = "natural", count: int = COUNT) -> Classes:
    numbers = np.array([float(value) for value in values if value is not None], dtype=float)
    if not len(numbers):
        return Classes((), 0.0, 0.0)
    return Classes(inner_breaks(numbers, method, count), float(numbers.min()), float(numbers.max()))


def fill_of(number: int | None, count: int = COUNT) -> str:
    """The colour of a class; few classes take colours from the whole range."""
    if number is None:
        return NO_DATA
    if count == 1:
        return FILLS[3]
    return FILLS[number if count >= len(FILLS) else round(number * (len(FILLS) - 1) / (count - 1))]
