"""Every hour: what no deputy answered in time goes to the station."""

from typing import Any

from jobs.schedules import keep_schedules


def hourly() -> dict[str, int]:
    """Hand over what is late; the count is kept with the task."""
    from voters.line.services import hand_over_late

    return {"handed_over": len(hand_over_late())}


def schedule(using: str, **kwargs: Any) -> None:
    """Have `hourly` run every hour. Safe to run after every migration."""
    keep_schedules(using, minutes={"voters.jobs.hourly": 60})
