"""Reads of works: what a point's page, the works page and the lists of outfalls show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.permissions import Asker
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.works.models import Measure, Outfall, WorkEvent
from river_monitoring.works.permissions import measures_visible_to, outfalls_visible_to
from river_monitoring.works.progress import Part, Progress, add_up

HISTORY_OF_A_MEASURE = (
    WorkEvent.Verb.MEASURE_ADDED,
    WorkEvent.Verb.MEASURE_PROGRESS,
    WorkEvent.Verb.MEASURE_CHANGED,
    WorkEvent.Verb.MEASURE_DROPPED,
)


@dataclass(frozen=True)
class Works:
    """Measures of a point: those of the present listing, earlier ones, and how far the present ones are together."""

    measures: list[Measure]
    earlier: list[Measure]
    progress: Progress | None


def works_of(point: MonitoringPoint, user: Asker) -> Works:
    """What is done about `point`; measures from before the present listing are separate."""
    found = (
        measures_visible_to(user).filter(point=point).select_related("outfall").prefetch_related("events__department")
    )
    now = [measure for measure in found if is_present(measure, point)]
    return Works(now, [measure for measure in found if measure not in now], progress_of(now))


def is_present(measure: Measure, point: MonitoringPoint) -> bool:
    return point.listed_on is None or timezone.localdate(measure.added_at) >= point.listed_on


def completions_of(point: MonitoringPoint) -> list[datetime]:
    """When each measure of the present listing was reported complete, in local time, the earliest first.

    Only what was reported counts: a measure that was dropped, or that no event says to be complete, is not there.
    """
    whole = point.measures.filter(is_dropped=False, share_done=100)
    done = [measure.pk for measure in whole if is_present(measure, point)]
    reports = WorkEvent.objects.filter(measure__in=done, changes__share_done__1="100").order_by("at")
    return sorted(timezone.localtime(at) for at in dict(reports.values_list("measure", "at")).values())


def open_measures(point: MonitoringPoint) -> int:
    """How many measures are neither complete nor dropped."""
    return point.measures.filter(is_dropped=False, share_done__lt=100).count()


def progress_of(measures: Iterable[Measure]) -> Progress | None:
    """Add up the measures that were not dropped."""
    kept = (measure for measure in measures if not measure.is_dropped)
    return add_up(Part(measure.share_done, measure.cost_wan, measure.spent_wan) for measure in kept)


def outfalls_for_lists(user: Asker) -> QuerySet[Outfall]:
    return outfalls_visible_to(user).select_related("area", "river", "department")
