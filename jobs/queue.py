"""Queueing a job: one row, in the caller's transaction."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from jobs.calls import must_be_named
from jobs.lanes import Lane
from jobs.models import Job


def enqueue(func: str, *args: Any, lane: Lane = Lane.EXPORTS, due: datetime | None = None) -> Job:
    """Have a worker call the function at a dotted path, from `due` on (aware; None is now).

    The row goes with the caller's transaction: rolled back, it was never queued. `args` are stored as JSON, so tuples
    arrive as lists. A job may be delivered twice (its worker was killed after the work and before the note of it), so
    `func` looks in the database first for what is left to do. Raises ValueError for a path that no app's
    configuration names under `jobs`, and TypeError for arguments that JSON cannot hold.
    """
    must_be_named(func)
    return Job.objects.create(func=func, args=list(args), lane=lane, due=due or Now())


@transaction.atomic
def try_again(failed: Job) -> Job | None:
    """Queue the call of a failed job anew, in its lane; the failed one is forgotten. None where another was first."""
    if not Job.objects.filter(pk=failed.pk, succeeded=False).delete()[0]:
        return None
    return enqueue(failed.func, *failed.args, lane=Lane(failed.lane))
