"""The nightly job of river monitoring: judge delisted points by the months that are over, notify of late points."""

from collections import Counter
from datetime import time
from typing import Any

from jobs.schedules import keep_schedules
from river_monitoring.network import ranges
from river_monitoring.network.models import Reach
from river_monitoring.rectification import escalation, relapse
from river_monitoring.rectification.listed_for import complete_listings
from river_monitoring.steps.table import State


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


def schedule(using: str, **kwargs: Any) -> None:
    """Have `nightly` run every morning before work. Safe to run after every migration."""
    keep_schedules(using, daily={"river_monitoring.jobs.nightly": time(6, 40)})
