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

from river_monitoring.assessment.kept import MonthVerdict, newest_failing, verdicts_since
from river_monitoring.assessment.models import PointMonth
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.past import read_changes
from river_monitoring.points.queries import for_lists
from river_monitoring.rectification.claims_vs_samples import (
    AT_WORK,
    CLAIMS_DONE,
    Sides,
    ToldMonth,
    contradictions,
    needs_run,
    sentences,
    since,
)
from river_monitoring.rectification.proving import kept_failing_runs, proven_runs
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
    first = since(today, rule)
    asked = points.filter(_may_differ(first)).order_by("-current_class", "code")
    sides = _with_failing(dict(_sides(asked, first)), first)
    waiting = [pk for pk, each in sides.items() if needs_run(each)]
    read = MonitoringPoint.objects.only(*READ).in_bulk(waiting)
    for pk, run in _runs(list(read.values()), first, rule.months).items():
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
    failing = [point for pk, point in points.items() if sides[pk].failing]
    for pk, months in _failing_runs(failing, since(today, rule)).items():
        sides[pk] = sides[pk]._replace(open_months=len(months))
    return [
        Disagreement(points[pk], sentences(points[pk], each, today, rule)) for pk, each in sides.items() if pk in points
    ]


def _may_differ(first: date) -> Q:
    """Match points whose sides can differ at all, so that nothing is read of others.

    Of a point that nobody works at it takes inferior V in a month since `first`.
    """
    inferior = Exists(PointMonth.objects.filter(_since(first), water_class=WaterClass.INFERIOR_V))
    has_works = Exists(Measure.objects.filter(point=OuterRef("pk")))
    return (
        Q(status__in=[*CLAIMS_DONE, State.ACCEPTANCE_ASKED])
        | Q(inferior, status=State.NONE)
        | Q(has_works, status__in=AT_WORK)
    )


def _since(first: date) -> Q:
    return Q(point=OuterRef("pk"), month__gte=first)


def _sides(points: QuerySet[MonitoringPoint], first: date) -> Iterable[tuple[int, Sides]]:
    """The sides of points by their keys with the newest month of each, before their runs and what fails are known."""
    progress = _progress(points)
    shown = FilteredRelation("months", condition=Q(months__month=F("current_month"), months__month__gte=first))
    rows = points.select_related(None).annotate(shown=shown)
    zone = timezone.get_current_timezone()
    for pk, status, *month in rows.values_list("pk", "status", *(f"shown__{name}" for name in MonthVerdict._fields)):
        done = progress.get(pk)
        newest = _month(MonthVerdict(*month), zone) if month[0] else None
        yield pk, Sides(status, done.share_done if done else None, newest)


def _with_failing(sides: dict[int, Sides], first: date) -> dict[int, Sides]:
    """The same with the newest month of each that fails and that no later one refutes."""
    zone, found = timezone.get_current_timezone(), dict(sides)
    failing = {pk: _month(row, zone) for pk, row in newest_failing(sides, first).items()}
    earlier = [
        pk for pk, month in failing.items() if (newest := sides[pk].newest) and month.first_day < newest.first_day
    ]
    asked = MonitoringPoint.objects.only(*READ).in_bulk(earlier)
    runs = _failing_runs(list(asked.values()), first)
    for pk, month in failing.items():
        if pk not in asked or runs[pk]:
            found[pk] = sides[pk]._replace(failing=month)
    return found


def _failing_runs(points: Sequence[MonitoringPoint], first: date) -> dict[int, list[MonthVerdict]]:
    """Of each point the months that fail and that no later one refutes, the newest first."""
    if not points:
        return {}
    months = verdicts_since([point.pk for point in points], first)
    mixed = [point for point in points if any(row.meets_target is not False for row in months[point.pk])]
    read_changes(mixed)
    works = works_parties_of(mixed) if mixed else {}
    return {**months, **kept_failing_runs({point: months[point.pk] for point in mixed}, works)}


def _month(row: MonthVerdict, zone: tzinfo) -> ToldMonth:
    return ToldMonth(row.month, row.water_class, row.newest_at.astimezone(zone).date())


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
