"""Every hour: what should be closed is closed, and from where answers came is forgotten."""

from typing import Any

from jobs.schedules import keep_schedules


def hourly() -> dict[str, int]:
    """Close what has reached its end, and forget network addresses of what has; the counts are kept with the task."""
    from questions.answering.services import forget_sources
    from questions.register.services import close_due

    return {"closed": len(close_due()), "sources_forgotten": forget_sources()}


def schedule(using: str, **kwargs: Any) -> None:
    """Have `hourly` run every hour. Safe to run after every migration."""
    keep_schedules(using, minutes={"questions.jobs.hourly": 60})
