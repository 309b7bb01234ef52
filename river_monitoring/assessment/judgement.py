"""Whether points met their targets, from the verdict that is kept beside their means: for tables of all points.

It is the one that `kept.assess_kept` and `kept.assess_to_date` make anew of the means, without making it anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Q

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
    "point", "rule", "standard", "pk", "water_class", "is_complete", "samples", "missing", "blind", "has_values",
    "target_class",
)  # fmt: skip
OF_SPAN = (
    "point", "rule", "standard", "pk", "water_class", "is_complete", "samples", "reason", "lacking", "target_class",
    "first_day",
)  # fmt: skip


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


def judge_month(points: Iterable[MonitoringPoint], month: Span, scheme: Scheme = "all") -> dict[int, Judgement]:
    """Judge points in a month, by their keys; every point is in the answer."""
    wanted = list(points)
    if scheme != "all":
        return _in_full(assess_kept(wanted, month, scheme))
    read_changes(wanted)
    rows = kept_rows(wanted, month).annotate(has_values=~Q(values={}), has_means=Q(means__isnull=False))
    found = {row[0]: row[1:] for row in rows.values_list(*OF_MONTH, "has_means")}
    judgements, versions, on = {}, _versions(month), month.last_day
    for point in wanted:
        facts = facts_of(point, on)
        target = _target(facts.target)
        if point.pk not in found:
            judgements[point.pk] = Judgement(target=target, water=facts.water)
            continue
        *made_by, row, number, complete, samples, missing, blind, has_values, judged_by, has_means = found[point.pk]
        if made_by == versions and judged_by == target and has_means:
            lacks = lack_of_items(missing, blind, has_values)
            judgements[point.pk] = Judgement(number, complete, target, facts.water, samples, lacks, row)
    others = [point for point in wanted if point.pk not in judgements]
    return judgements | (_in_full(assess_kept(others, month)) if others else {})


def judge_to_date(points: Iterable[MonitoringPoint], month: Span, scheme: Scheme = "all") -> dict[int, Judgement]:
    """Judge points in the year of a month up to its end, as `assess_to_date` assesses them."""
    wanted = list(points)
    if scheme != "all":
        return _in_full(assess_to_date(wanted, month, scheme))
    read_changes(wanted)
    found = {row[0]: row[1:] for row in newest_to_date(wanted, month).values_list(*OF_SPAN)}
    never = {point.pk for point in wanted} - found.keys() - _sampled(wanted, found, month)
    judgements, versions, on = {}, _versions(Span(month.year, 1, "year")), month.last_day
    for point in wanted:
        facts = facts_of(point, on)
        target = _target(facts.target)
        if point.pk in never:
            judgements[point.pk] = Judgement(target=target, water=facts.water)
        if point.pk not in found:
            continue
        *made_by, row, number, complete, samples, reason, lacking, judged_by, first_day = found[point.pk]
        same = first_day == month.first_day or facts == facts_of(point, span_of(first_day, "month").last_day)
        if made_by == versions and judged_by == target and same:
            lacks = Unrated(reason, tuple(lacking))
            judgements[point.pk] = Judgement(number, complete, target, facts.water, samples, lacks, row)
    others = [point for point in wanted if point.pk not in judgements]
    return judgements | (_in_full(assess_to_date(others, month)) if others else {})


def _sampled(wanted: Sequence[MonitoringPoint], found: Mapping[int, Any], month: Span) -> set[int]:
    """Of points without a year up to the month those that have months in it, as before these were kept."""
    others = [point.pk for point in wanted if point.pk not in found]
    months = PointMonth.objects.filter(month__range=(month.first_day.replace(month=1), month.first_day))
    return set(months.filter(point__in=others).values_list("point", flat=True)) if others else set()


def _in_full(found: Mapping[int, Assessment]) -> dict[int, Judgement]:
    return {pk: judged(each) for pk, each in found.items()}


def _versions(span: Span) -> list[str]:
    standard, rule = versions_at(span)
    return [rule.id, standard.id]


def _target(number: int) -> int:
    return number if 1 <= number < INFERIOR else 0
