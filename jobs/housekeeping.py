"""What the queue does for itself: finished jobs are forgotten, and workers that have long been silent."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from jobs.schedules import keep_schedules

KEEP = {True: timedelta(days=2), False: timedelta(days=30)}
"""How long a finished job is kept, by whether it succeeded."""
SILENT = timedelta(days=1)


def clean_up() -> dict[str, int]:
    """Forget what is old; the counts."""
    from jobs.models import Job, Worker

    now = timezone.now()
    gone = sum(Job.objects.filter(succeeded=how, finished__lt=now - age).delete()[0] for how, age in KEEP.items())
    silent, _ = Worker.objects.filter(heartbeat__lt=now - SILENT).delete()
    return {"jobs": gone, "workers": silent}


def schedule(using: str, **kwargs: Any) -> None:
    """Clean up every night. Safe to run after every migration."""
    keep_schedules(using, daily={"jobs.housekeeping.clean_up": time(3, 50)})
