"""How the queue is doing, read from the database alone: any process of any machine says the same."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from jobs.lanes import LEASE, Lane
from jobs.models import Job

OVERDUE = timedelta(minutes=2)
"""A job that has been due for so long, in a lane where nobody works on anything, is stuck."""
_FACTS = """
    SELECT lane,
        coalesce(extract(epoch FROM max(statement_timestamp() - due) FILTER (WHERE is_due)), 0),
        count(*) FILTER (WHERE is_due), count(*) FILTER (WHERE is_held)
    FROM (
        SELECT lane, due, coalesce(leased_until >= statement_timestamp(), false) AS is_held,
            due <= statement_timestamp() AND coalesce(leased_until < statement_timestamp(), true) AS is_due
        FROM jobs_job WHERE finished IS NULL
    ) AS open GROUP BY lane
"""
_BEATS = "SELECT lane, extract(epoch FROM statement_timestamp() - max(heartbeat)) FROM jobs_worker GROUP BY lane"


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """One lane, ages in seconds."""

    lane: Lane
    oldest_due: float = 0.0
    """How long the oldest unclaimed job has been due; 0 when there is none."""
    waiting: int = 0
    at_work: int = 0
    heartbeat: float | None = None
    """Age of the newest heartbeat of its workers; None when it has no worker."""

    @property
    def is_well(self) -> bool:
        """Somebody lives there, and nothing waits in front of idle workers."""
        if self.heartbeat is None or self.heartbeat > LEASE.total_seconds():
            return False
        return self.at_work > 0 or self.oldest_due < OVERDUE.total_seconds()


def lanes() -> list[LaneFacts]:
    """Return the facts of every lane. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS)
        jobs = {lane: (float(age), waiting, held) for lane, age, waiting, held in cursor.fetchall()}
        cursor.execute(_BEATS)
        beats = {lane: float(age) for lane, age in cursor.fetchall()}
    return [LaneFacts(lane, *jobs.get(lane, (0.0, 0, 0)), beats.get(lane)) for lane in Lane]


def failed_within(age: timedelta) -> int:
    """Count jobs that failed lately."""
    return Job.objects.filter(succeeded=False, finished__gte=Now() - age).count()
