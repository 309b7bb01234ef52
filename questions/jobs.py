"""Every hour: what should be closed is closed."""

from typing import Any

from jobs.schedules import keep_schedules


def hourly() -> dict[str, int]:
    """Close what has reached its end; the count is kept with the task."""
    from questions.register.services import close_due

    return {"closed": len(close_due())}


def schedule(using: str, **kwargs: Any) -> None:
    """Have `hourly` run every hour. Safe to run after every migration."""
    keep_schedules(using, minutes={"questions.jobs.hourly": 60})
