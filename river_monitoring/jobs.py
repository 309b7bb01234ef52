"""The nightly job of river monitoring: judge delisted points by the months that are over, notify of late points."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from jobs.schedules import keep_schedules
from river_monitoring.network import ranges
from river_monitoring.network.models import Reach
from river_monitoring.rectification import escalation, relapse
from river_monitoring.rectification.listed_for import complete_listings
from river_monitoring.samples.models import StationFault
from river_monitoring.steps.table import State

FAULTS_KEPT = timedelta(days=366)


def nightly() -> dict[str, int]:
    """Look at every point once; the counts are kept with the task."""
    completed = complete_listings()
    ranges.refresh(Reach.objects.all())  # their metres are rules of the district, which may have come into force today
    judged = Counter(event.to_status for event in relapse.check_all())
    return {
        "listings_completed": completed,
        "relisted": judged[State.LISTED],
        "exceeded": judged[State.EXCEEDED],
        "escalated": len(escalation.escalate()),
    }


def forget_faults(now: datetime | None = None) -> int:
    """Delete what went wrong with automatic stations more than a year ago; how many rows. They are no evidence."""
    before = (now or timezone.now()) - FAULTS_KEPT
    return StationFault.objects.filter(last_at__lt=before).delete()[0]


def schedule(using: str, **kwargs: Any) -> None:
    """Have `nightly` run every morning before work, and old faults go at night. Safe to run after every migration."""
    daily = {"river_monitoring.jobs.nightly": time(6, 40), "river_monitoring.jobs.forget_faults": time(3, 55)}
    keep_schedules(using, daily=daily)
