"""The points whose two sides differ (`claims_vs_samples`), of many at once: by kept months, without their samples.

Found are keys and what decides; the words are made for those that a page shows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import NamedTuple

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from river_monitoring.assessment.kept import MonthVerdict, verdicts_since
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.past import read_changes
from river_monitoring.points.queries import for_lists
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

READ = ("target_class", "water", "department", "listed_on", "listed_for")
"""What is read of a point to tell how many of its months comply."""


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
    asked = points.filter(_may_differ()).order_by("-current_class", "code")
    sides = dict(_sides(asked, since(today, rule)))
    waiting = [pk for pk, each in sides.items() if needs_run(each)]
    read = MonitoringPoint.objects.only(*READ).in_bulk(waiting)
    for pk, run in _runs(list(read.values()), since(today, rule), rule.months).items():
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


def _sides(points: QuerySet[MonitoringPoint], first: date) -> Iterable[tuple[int, Sides]]:
    """The sides of points by their keys, before their runs are known; of the month that each shows, the newest one."""
    progress = _progress(points)
    shown = FilteredRelation("months", condition=Q(months__month=F("current_month"), months__month__gte=first))
    rows = points.select_related(None).annotate(shown=shown)
    zone = timezone.get_current_timezone()
    for pk, status, *month in rows.values_list("pk", "status", *(f"shown__{name}" for name in MonthVerdict._fields)):
        done = progress.get(pk)
        verdict = MonthVerdict(*month) if month[0] else None
        yield pk, Sides(status, done.share_done if done else None, _month(verdict, zone))


def _month(row: MonthVerdict | None, zone: tzinfo) -> NewestMonth | None:
    if row is None:
        return None
    return NewestMonth(row.month, row.water_class, row.meets_target, row.newest_at.astimezone(zone).date())


def _progress(points: QuerySet[MonitoringPoint]) -> dict[int, Progress | None]:
    """How far the works of points at work have come, of the measures of their present listing."""
    at_work = points.filter(status__in=AT_WORK).order_by().values("pk")
    present = Q(point__listed_on=None) | Q(added_at__date__gte=F("point__listed_on"))
    rows = Measure.objects.filter(present, point__in=at_work, is_dropped=False).order_by()
    measures: dict[int, list[Part]] = defaultdict(list)
    for pk, share, cost, spent in rows.values_list("point", "share_done", "cost_wan", "spent_wan"):
        measures[pk].append(Part(share, cost, spent))
    return {pk: add_up(parts) for pk, parts in measures.items()}


def _runs(points: Sequence[MonitoringPoint], first: date, most: int | None = None) -> dict[int, int]:
    """Of each point how many months comply up to the newest one that says something, counted up to `most`."""
    if not points:
        return {}
    read_changes(points)
    months = verdicts_since([point.pk for point in points], first)
    return proven_runs({point: months[point.pk] for point in points}, works_parties_of(points), most)
