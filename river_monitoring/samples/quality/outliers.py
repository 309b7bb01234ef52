"""Values far outside a point's own history. Pure Python.

Robust: the median and the median absolute deviation (MAD) of the logarithms of earlier values, so that neither a few
wild values nor a skewed distribution moves the bounds; pH, a logarithm already, is taken as it is. A value is asked
about when it lies more than `SPREADS` robust standard deviations from the median and differs from it at least
`FACTOR` times (pH: by `PH_STEP`), so that a point that hardly changes is not asked about every ripple.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log
from statistics import median

from river_monitoring.standard.readings import UnreadableValue, parse_reading
from ui.plain_values import kept_in_cache

LEAST = 12
"""Earlier values of a parameter, below which nothing is said."""
SPREADS = 5.0
FACTOR = 3.0
PH_STEP = 1.0
NORMAL = 1.4826
"""Times the MAD is the standard deviation of normally distributed values."""
LINEAR = frozenset({"ph"})
LEFT_OUT = frozenset({"temp"})
"""Water temperature follows the season, not the water."""


@kept_in_cache
@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual of one parameter: bounds in its own unit, and of how many earlier values."""

    low: float
    high: float
    count: int

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def usual_of(code: str, values: Sequence[float], least: int = LEAST) -> Usual | None:
    """Return the bounds for a parameter from its earlier values; None when there are too few.

    >>> steady = [0.30, 0.34, 0.28, 0.41, 0.33, 0.36, 0.29, 0.31, 0.38, 0.35, 0.30, 0.32]
    >>> usual = usual_of("nh3n", steady)
    >>> usual.holds(0.6), usual.holds(3.4), usual.holds(0.03)
    (True, False, False)
    >>> usual_of("nh3n", steady[:11]) is None
    True
    """
    linear = code in LINEAR
    scaled = [value if linear else log(value) for value in values if linear or value > 0]
    if code in LEFT_OUT or len(scaled) < least:
        return None
    middle = median(scaled)
    deviation = NORMAL * median(abs(value - middle) for value in scaled)
    reach = max(SPREADS * deviation, PH_STEP if linear else log(FACTOR))
    low, high = middle - reach, middle + reach
    return Usual(low, high, len(scaled)) if linear else Usual(exp(low), exp(high), len(scaled))


def usual_of_all(history: Iterable[Mapping[str, str]], least: int = LEAST) -> dict[str, Usual]:
    """The bounds of every parameter of which there are enough values in earlier samples' readings."""
    columns: dict[str, list[float]] = {}
    for readings in history:
        for code, text in readings.items():
            if (value := _value(text)) is not None:
                columns.setdefault(code, []).append(value)
    found = {code: usual_of(code, values, least) for code, values in columns.items()}
    return {code: usual for code, usual in found.items() if usual is not None}


@dataclass(frozen=True, slots=True)
class Outlier:
    """A value that is far outside what is usual at its point."""

    code: str
    value: str
    usual: Usual


def outliers_in(readings: Mapping[str, str], usual: Mapping[str, Usual]) -> list[Outlier]:
    """Return the values that lie outside the bounds; a non-detect counts as half its limit and never lies too low.

    >>> bounds = {"nh3n": Usual(0.1, 1.0, 24)}
    >>> [found.code for found in outliers_in({"nh3n": "4.2", "tp": "9"}, bounds)]
    ['nh3n']
    >>> outliers_in({"nh3n": "0.025L"}, bounds)
    []
    """
    found = []
    for code, text in readings.items():
        value = _value(text)
        if code not in usual or value is None:
            continue
        low_and_not_seen = text.strip().upper().endswith("L") and value < usual[code].low
        if not usual[code].holds(value) and not low_and_not_seen:
            found.append(Outlier(code, text, usual[code]))
    return found


def _value(text: str) -> float | None:
    try:
        reading = parse_reading(text)
    except UnreadableValue:
        return None
    return None if reading is None else float(Decimal(reading.counted))
