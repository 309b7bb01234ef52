"""The points whose two sides differ (`claims_vs_samples`), of many at once: by kept months, without their samples.

Found are keys and what decides; the words are made for those that a page shows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from river_monitoring.assessment.kept import MonthVerdict, newest_verdicts, verdicts_since
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.past import read_changes
from river_monitoring.points.queries import for_lists, is_of_listing
from river_monitoring.rectification.claims_vs_samples import (
    AT_WORK,
    CLAIMS_DONE,
    NewestMonth,
    Sides,
    contradictions,
    needs_run,
    sentences,
    since,
)
from river_monitoring.rectification.proving import proven_runs
from river_monitoring.rectification.standing import delisting_rule
from river_monitoring.samples.parties import works_parties_of
from river_monitoring.steps.table import State
from river_monitoring.works.models import Measure
from river_monitoring.works.progress import Part, Progress, add_up

READ = ("code", "status", "current_class", "target_class", "water", "department", "listed_on", "listed_for")
"""What is read of a point to tell whether its sides differ."""


class Differing(NamedTuple):
    """A point whose sides differ, by its key; a run is counted up to what a delisting wants."""

    pk: int
    sides: Sides


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The same with the point and a sentence for each contradiction."""

    point: MonitoringPoint
    sentences: list[str]


def differing(points: QuerySet[MonitoringPoint], today: date | None = None) -> list[Differing]:
    """The points among `points` whose two sides do not agree, the worst water first."""
    today, rule = today or timezone.localdate(), delisting_rule()
    asked = points.filter(_may_differ()).select_related(None).only(*READ).order_by("-current_class", "code")
    rows = {point.pk: point for point in asked}
    sides = dict(_sides(rows, since(today, rule)))
    waiting = [rows[pk] for pk, each in sides.items() if needs_run(each)]
    for pk, run in _runs(waiting, since(today, rule), rule.months).items():
        sides[pk] = sides[pk]._replace(run=run)
    return [Differing(pk, each) for pk, each in sides.items() if any(contradictions(each, today, rule))]


def in_words(found: Iterable[Differing], today: date | None = None) -> list[Disagreement]:
    """Points that differ, in the same order, with their sentences."""
    today, rule = today or timezone.localdate(), delisting_rule()
    sides = {each.pk: each.sides for each in found}
    points = for_lists(MonitoringPoint.objects.all()).in_bulk(list(sides))
    longer = [point for pk, point in points.items() if sides[pk].run >= rule.months]
    for pk, run in _runs(longer, since(today, rule)).items():
        sides[pk] = sides[pk]._replace(run=run)
    return [
        Disagreement(points[pk], sentences(points[pk], each, today, rule)) for pk, each in sides.items() if pk in points
    ]


def _may_differ() -> Q:
    """Match points whose sides can differ at all, so that nothing is read of others.

    Of a point that nobody works at it takes inferior V in the newest month, which is the class that the point shows.
    """
    has_works = Exists(Measure.objects.filter(point=OuterRef("pk")))
    return (
        Q(status__in=[*CLAIMS_DONE, State.ACCEPTANCE_ASKED])
        | Q(status=State.NONE, current_class=WaterClass.INFERIOR_V)
        | Q(has_works, status__in=AT_WORK)
    )


def _sides(points: Mapping[int, MonitoringPoint], first: date) -> Iterable[tuple[int, Sides]]:
    """The sides of points by their keys, before their runs are known."""
    newest = newest_verdicts(points, first)
    progress = _progress([point for point in points.values() if point.status in AT_WORK])
    for pk, point in points.items():
        done = progress.get(pk)
        yield pk, Sides(point.status, done.share_done if done else None, _month(newest.get(pk)))


def _month(row: MonthVerdict | None) -> NewestMonth | None:
    if row is None:
        return None
    return NewestMonth(row.month, row.water_class, row.meets_target, timezone.localdate(row.newest_at))


def _progress(points: Sequence[MonitoringPoint]) -> dict[int, Progress | None]:
    """How far the works of each point have come, of the measures of its present listing."""
    rows = Measure.objects.filter(point__in=[point.pk for point in points], is_dropped=False).order_by()
    measures: dict[int, list[tuple[datetime, Part]]] = defaultdict(list)
    for pk, at, share, cost, spent in rows.values_list("point", "added_at", "share_done", "cost_wan", "spent_wan"):
        measures[pk].append((at, Part(share, cost, spent)))
    return {
        point.pk: add_up(part for added_at, part in measures[point.pk] if is_of_listing(point, added_at))
        for point in points
    }


def _runs(points: Sequence[MonitoringPoint], first: date, most: int | None = None) -> dict[int, int]:
    """Of each point how many months comply up to the newest one that says something, counted up to `most`."""
    if not points:
        return {}
    read_changes(points)
    months = verdicts_since([point.pk for point in points], first)
    return proven_runs({point: months[point.pk] for point in points}, works_parties_of(points), most)
