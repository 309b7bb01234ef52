"""Whether points met their targets, from the verdict that is kept beside their means: for tables of all points.

It is the one that `kept.assess_kept` and `kept.assess_to_date` make anew of the means, without making it anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from river_monitoring.assessment.coverage import NO_SAMPLES, Unrated, lack_of, lack_of_items
from river_monitoring.assessment.kept import assess_kept, assess_to_date, kept_rows, newest_to_date
from river_monitoring.assessment.models import PointMonth
from river_monitoring.assessment.period import Assessment, meets
from river_monitoring.assessment.queries import Scheme, facts_of, versions_at
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import read_changes
from river_monitoring.standard.averages import Mean, Span, span_of
from river_monitoring.standard.evaluation import INFERIOR, Water

OF_MONTH = (
    "rule", "standard", "target_class", "water_class", "is_complete", "samples", "missing", "blind", "has_values",
    "has_means",
)  # fmt: skip
OF_SPAN = ("rule", "standard", "target_class", "water_class", "is_complete", "samples", "reason", "lacking")
"""What is read of a kept row, in this order (`kept_of_month`, `Kept`)."""


class Kept(NamedTuple):
    """What a kept row says: the rule, limits and target that it was judged by, and what was found."""

    rule: str
    standard: str
    target: int
    number: int
    is_complete: bool
    samples: int
    lacks: Unrated


class Judgement(NamedTuple):
    """A point in a span: its class number (0: none may be said), target, and table of limits in force then.

    `lacks` says what it lacks for a class. Where its means lie: in the kept row of the key `row`, or in `means`.
    """

    number: int = 0
    is_complete: bool = False
    target: int = 0
    water: Water = "river"
    samples: int = 0
    lacks: Unrated = NO_SAMPLES
    row: int | None = None
    means: Mapping[str, Mean] = {}

    @property
    def meets_target(self) -> bool | None:
        """As `Assessment.meets_target`."""
        return meets(self.number, self.is_complete, self.target) if self.target else None

    @property
    def is_at_least(self) -> bool:
        return 0 < self.number < INFERIOR and not self.is_complete

    @property
    def has_means(self) -> bool:
        return self.samples > 0 and self.lacks.reason != "too-few"

    @property
    def unjudged(self) -> Unrated | None:
        """Why it cannot be told whether it met its target; None where it can. Without a target: why it has no class."""
        told = self.meets_target is not None if self.target else self.number
        return None if told else self.lacks


def judged(found: Assessment) -> Judgement:
    """The judgement of an assessment that was made in full."""
    return Judgement(
        found.number, found.is_complete, found.target, found.water, found.samples, lack_of(found), None, found.means
    )


def kept_of_month(row: Sequence[Any]) -> Kept | None:
    """What the columns `OF_MONTH` of a month say; None of one of before its means were kept."""
    rule, standard, target, number, is_complete, samples, missing, blind, has_values, has_means = row
    if not has_means:
        return None
    return Kept(rule, standard, target, number, is_complete, samples, lack_of_items(missing, blind, has_values))


def kept_of_span(row: Sequence[Any]) -> Kept:
    """What the columns `OF_SPAN` of a quarter, a year or a year up to a month say."""
    rule, standard, target, number, is_complete, samples, reason, lacking = row
    return Kept(rule, standard, target, number, is_complete, samples, Unrated(reason, tuple(lacking)))


def versions_of(span: Span) -> tuple[str, str]:
    """The ids of the rule and of the limits that hold for a span."""
    standard, rule = versions_at(span)
    return rule.id, standard.id


def judge_kept(
    kept: Kept | None, target: int, water: Water, versions: tuple[str, str], row: int | None = None
) -> Judgement | None:
    """The judgement of a kept row, whose key is `row`; None where it was made by another rule, limits or target.

    `target` and `water` are those in force, `versions` those of the span.
    """
    wanted = target_of(target)
    if kept is None or (kept.rule, kept.standard) != versions or kept.target != wanted:
        return None
    return Judgement(kept.number, kept.is_complete, wanted, water, kept.samples, kept.lacks, row)


def judge_month(points: Iterable[MonitoringPoint], month: Span, scheme: Scheme = "all") -> dict[int, Judgement]:
    """Judge points in a month, by their keys; every point is in the answer."""
    wanted = list(points)
    if scheme != "all":
        return in_full(assess_kept(wanted, month, scheme))
    read_changes(wanted)
    rows = with_contents(kept_rows(wanted, month))
    found = {pk: (row, kept_of_month(columns)) for pk, row, *columns in rows.values_list("point", "pk", *OF_MONTH)}
    judgements, on, versions = {}, month.last_day, versions_of(month)
    for point in wanted:
        facts = facts_of(point, on)
        if point.pk not in found:
            judgements[point.pk] = Judgement(target=target_of(facts.target), water=facts.water)
            continue
        row, kept = found[point.pk]
        if judgement := judge_kept(kept, facts.target, facts.water, versions, row):
            judgements[point.pk] = judgement
    others = [point for point in wanted if point.pk not in judgements]
    return judgements | (in_full(assess_kept(others, month)) if others else {})


def with_contents(months: QuerySet[PointMonth]) -> QuerySet[PointMonth]:
    """Months with the columns of `OF_MONTH` that say whether they have values and means."""
    return months.annotate(has_values=~Q(values={}), has_means=Q(means__isnull=False))


def judge_to_date(points: Iterable[MonitoringPoint], month: Span, scheme: Scheme = "all") -> dict[int, Judgement]:
    """Judge points in the year of a month up to its end, as `assess_to_date` assesses them."""
    wanted = list(points)
    if scheme != "all":
        return in_full(assess_to_date(wanted, month, scheme))
    read_changes(wanted)
    newest = newest_to_date([point.pk for point in wanted], month)
    rows = newest.values_list("point", "pk", "first_day", *OF_SPAN)
    found = {pk: (row, first_day, kept_of_span(columns)) for pk, row, first_day, *columns in rows}
    never = {point.pk for point in wanted} - found.keys() - _sampled(wanted, found, month)
    judgements, on, versions = {}, month.last_day, versions_of(Span(month.year, 1, "year"))
    for point in wanted:
        facts = facts_of(point, on)
        if point.pk in never:
            judgements[point.pk] = Judgement(target=target_of(facts.target), water=facts.water)
        if point.pk not in found:
            continue
        row, first_day, kept = found[point.pk]
        same = first_day == month.first_day or facts == facts_of(point, span_of(first_day, "month").last_day)
        if same and (judgement := judge_kept(kept, facts.target, facts.water, versions, row)):
            judgements[point.pk] = judgement
    others = [point for point in wanted if point.pk not in judgements]
    return judgements | (in_full(assess_to_date(others, month)) if others else {})


def _sampled(wanted: Sequence[MonitoringPoint], found: Mapping[int, Any], month: Span) -> set[int]:
    """Of points without a year up to the month those that have months in it, as before these were kept."""
    others = [point.pk for point in wanted if point.pk not in found]
    months = PointMonth.objects.filter(month__range=(month.first_day.replace(month=1), month.first_day))
    return set(months.filter(point__in=others).values_list("point", flat=True)) if others else set()


def in_full(found: Mapping[int, Assessment]) -> dict[int, Judgement]:
    """The judgements of assessments that were made in full."""
    return {pk: judged(each) for pk, each in found.items()}


def target_of(number: int) -> int:
    """The target that one is judged by; 0 of a number that is none."""
    return number if 1 <= number < INFERIOR else 0
