"""The city water quality index (城市水质指数, CWQI) of some sections: the lower, the better the water.

Pure Python. For each item the ratio of its mean over the sections to the limit of class III, summed over the items;
items, digits and how rivers and lakes are put together were not verified (docs/water-class.md) and stand in the rule.
An index over other items is another figure, so that it names them: only indices of the same items are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from river_monitoring.standard.assessment_rule import HJ_2020_82, AssessmentRule
from river_monitoring.standard.averages import Mean, over_sections
from river_monitoring.standard.evaluation import GB3838_2002, Parameter, Standard, Water

NEUTRAL = Decimal(7)
LEAST_OXYGEN = Decimal("0.1")
"""Less dissolved oxygen (mg/L) counts as so much: the ratio of none at all would be infinite."""


@dataclass(frozen=True, slots=True)
class CityIndex:
    """The index, what each item adds to it, and of how many sections; `missing` are items that none of them has."""

    value: Decimal
    parts: Mapping[str, Decimal]
    sections: int
    missing: tuple[str, ...] = ()

    @property
    def items(self) -> frozenset[str]:
        return frozenset(self.parts)


def items_of(standard: Standard, rule: AssessmentRule) -> tuple[str, ...]:
    """The items that the index is made of: those that the rule names, else all that decide a class."""
    rated = (code for code, row in standard.parameters.items() if row.judged == "class" and row.is_rated("river"))
    return tuple(code for code in rule.index.items if code in standard.parameters) or tuple(rated)


def city_index(
    sections: Iterable[tuple[Water, Mapping[str, Mean]]],
    standard: Standard = GB3838_2002,
    rule: AssessmentRule = HJ_2020_82,
    only: frozenset[str] | None = None,
) -> CityIndex | None:
    """The index of sections, each with its water and its means; `only` leaves out other items. None without a value.

    >>> section = {"nh3n": Mean(Decimal("0.5"), 1), "do": Mean(Decimal(10), 1), "ph": Mean(Decimal(8), 1)}
    >>> found = city_index([("river", section)], only=frozenset(section))
    >>> str(found.value), {code: str(part) for code, part in found.parts.items()}
    ('1.5000', {'ph': '0.5000', 'do': '0.5000', 'nh3n': '0.5000'})
    """
    by_water: dict[Water, list[Mapping[str, Mean]]] = {"river": [], "lake": []}
    for water, columns in sections:
        if columns:
            by_water[water].append(columns)
    averaged = {
        water: (len(columns), {code: mean.value for code, mean in over_sections(columns, rule).items()})
        for water, columns in by_water.items()
        if columns
    }
    return index_of_averages(averaged, standard, rule, only)


def index_of_averages(
    averaged: Mapping[Water, tuple[int, Mapping[str, Decimal]]],
    standard: Standard = GB3838_2002,
    rule: AssessmentRule = HJ_2020_82,
    only: frozenset[str] | None = None,
) -> CityIndex | None:
    """The same from the means over sections: of rivers and of lakes how many sections, and the mean of each item."""
    wanted = [code for code in items_of(standard, rule) if only is None or code in only]
    ratios = {water: _ratios(means, wanted, water, standard) for water, (_count, means) in averaged.items()}
    # An item that only the rivers have, or only the lakes, would be weighed against nothing.
    shared = [code for code in wanted if ratios and all(code in found for found in ratios.values())]
    if not shared:
        return None
    count = sum(averaged[water][0] for water in ratios)
    parts = {
        code: _rounded(
            sum((found[code] * averaged[water][0] for water, found in ratios.items()), Decimal(0)) / count,
            rule.index.item_decimals,
        )
        for code in shared
    }
    missing = tuple(code for code in wanted if code not in parts)
    return CityIndex(_rounded(sum(parts.values(), Decimal(0)), rule.index.decimals), parts, count, missing)


def _ratios(
    averaged: Mapping[str, Decimal], wanted: Sequence[str], water: Water, standard: Standard
) -> dict[str, Decimal]:
    found = ((code, ratio_of(standard[code], averaged[code], water, standard)) for code in wanted if code in averaged)
    return {code: ratio for code, ratio in found if ratio is not None}


def ratio_of(parameter: Parameter, mean: Decimal, water: Water, standard: Standard) -> Decimal | None:
    """What a mean adds to the index; None for an item without limits.

    >>> [str(ratio_of(GB3838_2002["ph"], Decimal(text), "river", GB3838_2002)) for text in ("6.5", "7", "9")]
    ['0.5', '0', '1']
    """
    if parameter.bounds is not None:
        edge = parameter.bounds[0] if mean <= NEUTRAL else parameter.bounds[1]
        return abs(mean - NEUTRAL) / abs(edge - NEUTRAL)
    limits = parameter.limits_for(water)
    if not limits:
        return None
    limit = limits[standard.reference - 1]
    return limit / max(mean, LEAST_OXYGEN) if parameter.direction == "min" else mean / limit


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def change_percent(before: CityIndex, after: CityIndex) -> Decimal | None:
    """By how many percent the index changed, one decimal; None where the items differ or there was nothing before.

    A fall is for the better.
    """
    if before.items != after.items or not before.value:
        return None
    return _rounded(100 * (after.value - before.value) / before.value, 1)
