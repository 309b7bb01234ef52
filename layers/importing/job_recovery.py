"""Recovery of imports whose process is gone: queued again, or failed after three attempts."""

import logging
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.lanes import Lane
from jobs.queue import enqueue
from layers.importing import jobs
from layers.importing.models import ImportJob
from layers.importing.states import TABLE, State

log = logging.getLogger(__name__)
HEARTBEAT_TIMEOUT = timedelta(seconds=15)
"""Thirty heartbeats missed."""
ATTEMPTS = 3


def requeue_lost_imports() -> int:
    """Queue every import that has lost its process once more, or fail it after three attempts; how many there were.

    A load writes nothing before its commit, so the next attempt starts from nothing.
    """
    is_overdue = Q(heartbeat__lt=timezone.now() - HEARTBEAT_TIMEOUT) | Q(heartbeat__isnull=True)
    lost = ImportJob.objects.filter(is_overdue, state__in=TABLE.in_group("at_work"))
    return sum(requeue(pk) for pk in lost.values_list("pk", flat=True))


def requeue(job_id: int) -> bool:
    """Queue this one again, or give it up, unless a process holds it."""
    with jobs.job_lock(job_id) as held:
        job = ImportJob.objects.filter(pk=job_id, state__in=TABLE.in_group("at_work")).first()
        if not held or job is None:
            return False  # its process lives and is only slow to say so
        if job.attempts >= ATTEMPTS:
            message = _("处理这个文件的进程 %s 次意外终止，已放弃，没有改动任何数据。") % job.attempts
            jobs.fail(job, "worker-lost", message)
            log.error("import %s lost its process %s times", job_id, job.attempts)
            return True
        again = jobs.INSPECT if job.state == State.INSPECTING else jobs.LOAD
        with transaction.atomic():
            state = State.UPLOADED if job.state == State.INSPECTING else State.QUEUED
            ImportJob.objects.filter(pk=job_id, state=job.state).update(state=state, phase="", phase_share=None)
            enqueue(again, job_id, lane=Lane.IMPORTS)
        log.warning("import %s lost its process and is queued again", job_id)
        return True


def requeue_at_start() -> None:
    """For a worker that starts, perhaps before its database does."""
    try:
        requeue_lost_imports()
    except DatabaseError:
        log.exception("lost imports could not be looked for")
