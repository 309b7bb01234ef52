"""The class of a point in a period, from what was measured in it: the one computation that every surface shows.

Pure Python. The class is that of the means (`standard.averages`, by a versioned `AssessmentRule`). Completeness is told
apart from it: what is incomplete has no class, unless an item already fails, which makes the water at least that bad.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from river_monitoring.assessment.completeness import Gaps, gaps_in, reasons_of
from river_monitoring.standard.assessment_rule import HJ_2020_82, AssessmentRule
from river_monitoring.standard.averages import Mean, Measured, Span, assessment_value, means
from river_monitoring.standard.evaluation import (
    GB3838_2002,
    INFERIOR,
    Evaluation,
    Standard,
    Water,
    WaterClass,
    evaluate_water_class,
)
from river_monitoring.standard.message import Message
from river_monitoring.standard.readings import RawReading, Reading


@dataclass(frozen=True, slots=True)
class PointFacts:
    """What an assessment must know of a point: its water, target class (1 to 5), and what failed at its listing."""

    water: Water = "river"
    target: int = 3
    listed_for: tuple[str, ...] = ()
    x_items: frozenset[str] | None = None
    """With "9+X" the items that exceeded class III here before: besides the basic ones only they, and what exceeds now,
    count. None: every item counts."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A point in a span. `evaluation` says what the means give, `number` what may be said of the water.

    `means` are as computed, `values` the same as graded. `worst` is the second figure: the highest class number among
    single samples, each rated by itself; 0 without one.
    """

    span: Span
    rule: str
    samples: int
    means: Mapping[str, Mean]
    values: Mapping[str, Decimal]
    evaluation: Evaluation
    gaps: Gaps
    reasons: tuple[Message, ...]
    """Why it is incomplete or unrated; empty for a complete one."""
    fails_from: int
    """The lowest class number that is a failure, from which on incomplete evidence counts."""
    worst: int = 0
    target: int = 0
    """The target class in force then, 1 to 5; 0 without one."""
    water: Water = "river"
    """The table of limits in force then."""

    @property
    def is_complete(self) -> bool:
        return self.evaluation.water_class is not WaterClass.UNRATED and not self.gaps

    @property
    def number(self) -> int:
        """1 to 6; 0 when nothing may be said: 数据不足, or no data at all."""
        found = self.evaluation.water_class.number
        return found if self.is_complete or found >= self.fails_from else 0

    @property
    def is_at_least(self) -> bool:
        """Whether the water may be worse than `number` says, since the rest was not measured."""
        return 0 < self.number < INFERIOR and not self.is_complete

    @property
    def water_class(self) -> WaterClass:
        return WaterClass.of(self.number)

    @property
    def shown(self) -> Evaluation:
        """The evaluation with the class that may be said."""
        if self.number:
            return self.evaluation
        return replace(self.evaluation, water_class=WaterClass.UNRATED, limiting=(), primary=())

    @property
    def meets_target(self) -> bool | None:
        """Whether the water met the target that was in force; None where that cannot be told, or it had none."""
        return self.meets(self.target) if self.target else None

    def meets(self, target: int) -> bool | None:
        """Whether the water is of the target class or better; None when that cannot be told."""
        return meets(self.number, self.is_complete, target)


def meets(number: int, is_complete: bool, target: int) -> bool | None:
    """Whether a class that may be said (0: none) is the target class or better; None when that cannot be told."""
    if number > target:
        return False
    return True if number and is_complete else None


def assess_measured(
    measured: Sequence[Measured],
    span: Span,
    facts: PointFacts = PointFacts(),
    standard: Standard = GB3838_2002,
    rule: AssessmentRule = HJ_2020_82,
    *,
    worst: int = 0,
) -> Assessment:
    """Assess what was measured in `span`; `worst` is the highest class number among its samples, told beside it.

    >>> from datetime import date
    >>> day, july = date(2026, 7, 5), Span(2026, 7, "month")
    >>> five = {"ph": "7.2", "do": "7.6", "codmn": "3.1", "nh3n": "0.32", "tp": "0.08"}
    >>> assess_measured([Measured(day, five)], july).water_class
    <WaterClass.II: 'II'>
    >>> one = assess_measured([Measured(day, {"ph": "7.2"})], july)
    >>> one.water_class, str(one.reasons[0])
    (<WaterClass.UNRATED: 'UNRATED'>, '缺溶解氧、高锰酸盐指数、氨氮、总磷')
    >>> bad = assess_measured([Measured(day, {"nh3n": "1.8"})], july)
    >>> bad.water_class, bad.is_at_least
    (<WaterClass.V: 'V'>, True)
    """
    within = [each for each in measured if span.first_day <= each.day < span.after.first_day]
    columns = means(within, span.period, standard, rule).get(span, {})
    return assess_means(columns, len(within), span, facts, standard, rule, worst=worst)


def assess_means(
    columns: Mapping[str, Mean],
    samples: int,
    span: Span,
    facts: PointFacts,
    standard: Standard,
    rule: AssessmentRule,
    *,
    worst: int = 0,
) -> Assessment:
    """The same of means that were made already, of so many samples."""
    target = facts.target if 1 <= facts.target < INFERIOR else 0
    wanted = facts.listed_for
    if facts.x_items is not None:
        wanted = (*wanted, *sorted(facts.x_items - rule.nine_plus_x.basic))
        columns = _nine_plus_x(columns, facts, standard, rule)
    gaps = gaps_in(columns, facts.water, facts.target, standard, wanted) if samples else Gaps()
    values = {code: assessment_value(code, mean, rule) for code, mean in columns.items()}
    seen: dict[str, RawReading] = {code: Reading(value) for code, value in values.items() if code not in gaps.blind}
    answer = evaluate_water_class(seen, facts.water, standard)
    return Assessment(
        span=span,
        rule=rule.id,
        samples=samples,
        means=columns,
        values=values,
        evaluation=answer,
        gaps=gaps,
        reasons=_reasons(samples, columns, gaps, answer, standard),
        worst=worst,
        target=target,
        water=facts.water,
        fails_from=min(target or standard.reference, standard.reference) + 1,
    )


def _nine_plus_x(
    columns: Mapping[str, Mean], facts: PointFacts, standard: Standard, rule: AssessmentRule
) -> dict[str, Mean]:
    """The basic items, the X of before and what is worse than class III now; what is never rated stays as it is."""

    def exceeds(code: str, mean: Mean) -> bool:
        row = standard[code]
        value = assessment_value(code, mean, rule)
        return row.is_rated(facts.water) and row.grade(value, facts.water) > standard.reference

    kept = rule.nine_plus_x.basic | (facts.x_items or frozenset()) | frozenset(facts.listed_for)
    return {code: mean for code, mean in columns.items() if code in kept or exceeds(code, mean)}


def _reasons(
    samples: int, columns: Mapping[str, Mean], gaps: Gaps, answer: Evaluation, standard: Standard
) -> tuple[Message, ...]:
    if not samples:
        return (Message("没有水样"),)
    if not columns:
        return (Message("可用的读数少于评价规则的要求"),)
    found = reasons_of(gaps, standard)
    if answer.water_class is WaterClass.UNRATED and not found:
        return tuple(note.message for note in answer.notes)
    return found
