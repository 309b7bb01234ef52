"""The nightly job of river monitoring: find relapses of samples written elsewhere, notify of late points."""

from datetime import time
from typing import Any

from jobs.schedules import keep_schedules
from river_monitoring.rectification import escalation, relapse


def nightly() -> dict[str, int]:
    """Look at every point once; the counts are kept with the task."""
    return {"relisted": len(relapse.check_all()), "escalated": len(escalation.escalate())}


def schedule(using: str, **kwargs: Any) -> None:
    """Have `nightly` run every morning before work. Safe to run after every migration."""
    keep_schedules(using, daily={"river_monitoring.jobs.nightly": time(6, 40)})
