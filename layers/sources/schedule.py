"""When a source is read next: at its hour, or sooner again after a failure."""

from datetime import datetime, timedelta

from django.utils import timezone

from jobs.waits import wait_after
from layers.sources.models import LayerSource

FIRST_WAIT = timedelta(minutes=10)
Schedule = LayerSource.Schedule


def next_time(source: LayerSource, now: datetime) -> datetime | None:
    """The first time after `now` by the schedule, in the site's zone; None without one."""
    if source.schedule == Schedule.NEVER:
        return None
    at = timezone.localtime(now).replace(hour=source.at_hour, minute=0, second=0, microsecond=0)
    while at <= now or not _fits(source.schedule, at):
        at += timedelta(days=1)
    return at


def _fits(schedule: str, day: datetime) -> bool:
    return {Schedule.WEEKLY: day.weekday() == 0, Schedule.MONTHLY: day.day == 1}.get(Schedule(schedule), True)


def retry_time(source: LayerSource, now: datetime) -> datetime | None:
    """When a source that failed is tried again: after 10, 20, 40 … minutes, six hours at most, or at its hour."""
    planned = next_time(source, now)
    return min(planned, now + wait_after(source.failures, FIRST_WAIT)) if planned else None
