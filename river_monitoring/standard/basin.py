"""The state of a river, basin or district from its sections, and the change between two periods.

Pure Python, 环办[2011]22号: fewer than five sections of a river or basin are averaged parameter by parameter and then
rated like one section; five or more are described by the share of sections per class. (Whether exactly five counts as
"fewer" is not settled in the sources; here five are shares.) A lake is always averaged over its points. Towns and
departments are no waters: of them only the shares are told, and a state from five rated sections on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from river_monitoring.standard.averages import Mean, as_readings, over_sections
from river_monitoring.standard.evaluation import (
    GB3838_2002,
    Evaluation,
    Standard,
    Water,
    WaterClass,
    evaluate_water_class,
)

SHARES_FROM = 5
TOP = 3


class Quality(Enum):
    """State of a water in the rule's words."""

    EXCELLENT = "excellent"
    GOOD = "good"
    LIGHT = "light"
    MODERATE = "moderate"
    HEAVY = "heavy"
    SHARES_ONLY = "shares_only"
    UNRATED = "unrated"

    @property
    def zh(self) -> str:
        return QUALITY_ZH[self]


QUALITY_ZH = {
    Quality.EXCELLENT: "优",
    Quality.GOOD: "良好",
    Quality.LIGHT: "轻度污染",
    Quality.MODERATE: "中度污染",
    Quality.HEAVY: "重度污染",
    Quality.SHARES_ONLY: "不足五个断面，只列占比",
    Quality.UNRATED: "未评价",
}
_OF_CLASS = {
    WaterClass.I: Quality.EXCELLENT,
    WaterClass.II: Quality.EXCELLENT,
    WaterClass.III: Quality.GOOD,
    WaterClass.IV: Quality.LIGHT,
    WaterClass.V: Quality.MODERATE,
    WaterClass.INFERIOR_V: Quality.HEAVY,
    WaterClass.UNRATED: Quality.UNRATED,
}


def quality_of(water_class: WaterClass) -> Quality:
    """
    >>> quality_of(WaterClass.IV).zh
    '轻度污染'
    """
    return _OF_CLASS[water_class]


@dataclass(frozen=True, slots=True)
class Shares:
    """Sections per class; unrated ones are counted beside the denominator, never in it."""

    counts: Mapping[WaterClass, int]

    @property
    def rated(self) -> int:
        return sum(count for found, count in self.counts.items() if found is not WaterClass.UNRATED)

    @property
    def unrated(self) -> int:
        return self.counts.get(WaterClass.UNRATED, 0)

    def percent(self, *classes: WaterClass) -> Decimal:
        """Share of rated sections in these classes, 0 to 100; 0 when none is rated."""
        if not self.rated:
            return Decimal(0)
        return Decimal(100) * sum(self.counts.get(found, 0) for found in classes) / self.rated

    @property
    def good(self) -> Decimal:
        """Share of class I to III."""
        return self.percent(WaterClass.I, WaterClass.II, WaterClass.III)

    @property
    def inferior(self) -> Decimal:
        return self.percent(WaterClass.INFERIOR_V)


def shares_of(classes: Sequence[WaterClass]) -> Shares:
    found = Counter(classes)
    return Shares({each: found[each] for each in WaterClass})


def quality_by_shares(shares: Shares) -> Quality:
    """
    >>> I, IV, V6 = WaterClass.I, WaterClass.IV, WaterClass.INFERIOR_V
    >>> [quality_by_shares(shares_of(found)).value for found in ([I] * 9 + [IV], [I] * 3 + [IV], [I, IV, IV, IV, V6])]
    ['excellent', 'good', 'moderate']
    """
    if not shares.rated:
        return Quality.UNRATED
    if shares.good >= 90:
        return Quality.EXCELLENT
    if shares.good >= 75:
        return Quality.GOOD
    if shares.inferior < 20:
        return Quality.LIGHT
    return Quality.MODERATE if shares.inferior < 40 else Quality.HEAVY


@dataclass(frozen=True, slots=True)
class Section:
    """One section in a period: its means, and the class that they give."""

    columns: Mapping[str, Mean]
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class BasinState:
    """State of a river in a period and how it was found: `averaged` over the sections, or by their shares."""

    quality: Quality
    sections: int
    averaged: bool
    shares: Shares
    water_class: WaterClass | None = None
    primary: tuple[str, ...] = ()


def is_averaged(sections: int, water: Water) -> bool:
    """Whether a water with so many rated sections is described by their mean, not by their shares."""
    return sections < SHARES_FROM or water == "lake"


def state_of(sections: Sequence[Section], water: Water = "river", standard: Standard = GB3838_2002) -> BasinState:
    """State of a river, basin or lake from its sections of one period."""
    classes = [section.evaluation.water_class for section in sections]
    if is_averaged(len(sections), water):
        return state_of_means(classes, [section.columns for section in sections], water, standard)
    exceeding = (section.evaluation.exceeding(standard.reference) for section in sections)
    return state_by_shares(classes, exceeding, standard)


def state_of_means(
    classes: Sequence[WaterClass],
    columns: Iterable[Mapping[str, Mean]],
    water: Water = "river",
    standard: Standard = GB3838_2002,
) -> BasinState:
    """State of a water that is averaged, from the classes and the means of its sections."""
    answer = evaluate_water_class(as_readings(over_sections(columns)), water, standard)
    quality = quality_of(answer.water_class)
    return BasinState(quality, len(classes), True, shares_of(classes), answer.water_class, answer.primary)


def state_by_shares(
    classes: Sequence[WaterClass], exceeding: Iterable[Iterable[str]], standard: Standard = GB3838_2002
) -> BasinState:
    """State of an area or a department: the shares of its sections, never their mean. `exceeding` are the items of each
    section that are worse than class III."""
    shares = shares_of(classes)
    quality = quality_by_shares(shares)
    if 0 < len(classes) < SHARES_FROM:
        quality = Quality.SHARES_ONLY
    primary = () if quality in (Quality.EXCELLENT, Quality.GOOD) else _most_often(exceeding, standard)
    return BasinState(quality, len(classes), False, shares, primary=primary)


def _most_often(exceeding: Iterable[Iterable[str]], standard: Standard) -> tuple[str, ...]:
    """The three items that most sections exceed class III in; of equals those that the standard's table has first."""
    found = Counter(code for codes in exceeding for code in codes)
    return tuple(sorted((code for code in standard.parameters if found[code]), key=lambda code: -found[code])[:TOP])


class Change(Enum):
    """Change between two periods by class shares; better and worse in three degrees."""

    MUCH_BETTER = "much_better"
    BETTER = "better"
    NONE = "none"
    WORSE = "worse"
    MUCH_WORSE = "much_worse"
    UNKNOWN = "unknown"

    @property
    def zh(self) -> str:
        return CHANGE_ZH[self]


CHANGE_ZH = {
    Change.MUCH_BETTER: "明显好转",
    Change.BETTER: "有所好转",
    Change.NONE: "无明显变化",
    Change.WORSE: "有所下降",
    Change.MUCH_WORSE: "明显下降",
    Change.UNKNOWN: "无法比较",
}
NOTABLE, CLEAR = 10, 20


def change_between(before: Shares, after: Shares) -> Change:
    """ΔG − ΔD in points: the change of the share I to III less the change of the share inferior V.

    >>> good, bad = shares_of([WaterClass.II] * 10), shares_of([WaterClass.II] * 8 + [WaterClass.INFERIOR_V] * 2)
    >>> change_between(bad, good).zh, change_between(good, good).zh, change_between(good, shares_of([])).zh
    ('明显好转', '无明显变化', '无法比较')
    """
    if not before.rated or not after.rated:
        return Change.UNKNOWN
    points = (after.good - before.good) - (after.inferior - before.inferior)
    if abs(points) <= NOTABLE:
        return Change.NONE
    if points > 0:
        return Change.MUCH_BETTER if points > CLEAR else Change.BETTER
    return Change.MUCH_WORSE if points < -CLEAR else Change.WORSE
