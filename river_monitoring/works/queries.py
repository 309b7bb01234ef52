"""Reads of works: what a point's page, the works page and the lists of outfalls show."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

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
    return point.listed_on is None or measure.added_at.date() >= point.listed_on


def progress_of(measures: Iterable[Measure]) -> Progress | None:
    """Add up the measures that were not dropped."""
    kept = (measure for measure in measures if not measure.is_dropped)
    return add_up(Part(measure.share_done, measure.cost_wan, measure.spent_wan) for measure in kept)


def outfalls_for_lists(user: Asker) -> QuerySet[Outfall]:
    return outfalls_visible_to(user).select_related("area", "river", "department")
