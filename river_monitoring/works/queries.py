"""Reads of works: what a point's page, the works page and the lists of outfalls show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from accounts.permissions import Asker
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.queries import in_order, is_of_listing, rows_about
from river_monitoring.works.models import Measure, Outfall, WorkEvent
from river_monitoring.works.permissions import outfalls_visible_to
from river_monitoring.works.progress import Part, Progress, add_up


@dataclass(frozen=True)
class Works:
    """Measures of a point: those of the present listing, earlier ones, and how far the present ones are together."""

    measures: list[Measure]
    earlier: list[Measure]
    progress: Progress | None


def works_of(point: MonitoringPoint) -> Works:
    """What is done about a point, which whoever sees it may know; measures from before the present listing are
    separate."""
    found = rows_about(point, "measures")
    prefetch_related_objects(found, Prefetch("events", WorkEvent.objects.select_related("department")))
    now = [measure for measure in found if is_present(measure, point)]
    return Works(now, [measure for measure in found if measure not in now], progress_of(now))


def is_present(measure: Measure, point: MonitoringPoint) -> bool:
    return is_of_listing(point, measure.added_at)


def completions_of(point: MonitoringPoint) -> list[datetime]:
    """When each measure of the present listing was reported complete, in local time, the earliest first.

    Only what was reported counts: a measure that was dropped, or that no event says to be complete, is not there.
    """
    whole = [each for each in rows_about(point, "measures") if not each.is_dropped and each.share_done == 100]
    done = {measure.pk for measure in whole if is_present(measure, point)}
    reports = [
        row
        for row in (in_order(rows_about(point, "work_events")) if done else ())
        if row.measure_id in done and list(row.changes.get("share_done", ()))[1:2] == ["100"]
    ]
    return sorted(timezone.localtime(at) for at in {row.measure_id: row.at for row in reports}.values())


def measures_still_open(point: MonitoringPoint) -> list[Measure]:
    """The measures that are neither complete nor dropped."""
    return [each for each in rows_about(point, "measures") if not each.is_dropped and each.share_done < 100]


def open_measures(point: MonitoringPoint) -> int:
    """How many measures are neither complete nor dropped."""
    return len(measures_still_open(point))


def progress_of(measures: Iterable[Measure]) -> Progress | None:
    """Add up the measures that were not dropped."""
    kept = (measure for measure in measures if not measure.is_dropped)
    return add_up(Part(measure.share_done, measure.cost_wan, measure.spent_wan) for measure in kept)


def outfalls_for_lists(user: Asker) -> QuerySet[Outfall]:
    return outfalls_visible_to(user).select_related("area", "river", "department")
