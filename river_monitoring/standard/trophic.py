"""Trophic level index of lakes: TLI(Σ) of 湖泊（水库）富营养化评价方法及分级技术规定（总站生字[2001]090号）.

Pure Python. Chlorophyll a in mg/m³, transparency in m, the others in mg/L.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["oligotrophic", "mesotrophic", "light", "moderate", "hyper"]
LEVEL_ZH: Mapping[Level, str] = {
    "oligotrophic": "贫营养",
    "mesotrophic": "中营养",
    "light": "轻度富营养",
    "moderate": "中度富营养",
    "hyper": "重度富营养",
}


@dataclass(frozen=True, slots=True)
class Term:
    """TLI(j) = 10 (a + b ln c), and its correlation with chlorophyll a, from which the weight follows."""

    a: float
    b: float
    correlation: float


TERMS: Mapping[str, Term] = {
    "chla": Term(2.5, 1.086, 1.0),
    "tp": Term(9.436, 1.624, 0.84),
    "tn": Term(5.453, 1.694, 0.82),
    "sd": Term(5.118, -1.94, -0.83),
    "codmn": Term(0.109, 2.661, 0.83),
}


@dataclass(frozen=True, slots=True)
class Trophic:
    """The index, its level, the index of every parameter, and which of the five were not measured."""

    index: float
    level: Level
    parts: Mapping[str, float]
    missing: tuple[str, ...]


def weights(codes: Mapping[str, object]) -> dict[str, float]:
    """Weights r²/Σr² of the parameters that are there.

    >>> {code: round(weight, 4) for code, weight in weights(TERMS).items()}
    {'chla': 0.2663, 'tp': 0.1879, 'tn': 0.179, 'sd': 0.1834, 'codmn': 0.1834}
    """
    squares = {code: TERMS[code].correlation ** 2 for code in TERMS if code in codes}
    total = sum(squares.values())
    return {code: square / total for code, square in squares.items()}


def trophic_index(values: Mapping[str, float]) -> Trophic | None:
    """The index of one lake; None without chlorophyll a, on which the method is built. A value ≤ 0 is a ValueError.

    >>> answer = trophic_index({"chla": 20, "tp": 0.08, "tn": 1.2, "sd": 0.8, "codmn": 5})
    >>> round(answer.index, 1), LEVEL_ZH[answer.level]
    (53.9, '轻度富营养')
    >>> trophic_index({"tp": 0.08}) is None
    True
    """
    known = {code: value for code, value in values.items() if code in TERMS}
    if "chla" not in known:
        return None
    for code, value in known.items():
        if value <= 0:
            raise ValueError(f"{code}={value}: the index takes logarithms, so a value must be above zero")
    parts = {code: 10 * (TERMS[code].a + TERMS[code].b * math.log(value)) for code, value in known.items()}
    share = weights(known)
    index = sum(share[code] * part for code, part in parts.items())
    return Trophic(index, level_of(index), parts, tuple(code for code in TERMS if code not in known))


def level_of(index: float) -> Level:
    """
    >>> [level_of(value) for value in (29.9, 30, 50, 50.1, 60, 70, 70.1)]
    ['oligotrophic', 'mesotrophic', 'mesotrophic', 'light', 'light', 'moderate', 'hyper']
    """
    if index < 30:
        return "oligotrophic"
    for most, level in ((50, "mesotrophic"), (60, "light"), (70, "moderate")):
        if index <= most:
            return level  # type: ignore[return-value]
    return "hyper"
