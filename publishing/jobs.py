"""Every five minutes: what is to be put up is, and what is to be taken down is."""

from typing import Any

from jobs.schedules import keep_schedules


def by_the_clock() -> dict[str, int]:
    """Publish and withdraw what is due; the counts are kept with the task."""
    from publishing.register.services import publish_due

    return publish_due()


def schedule(using: str, **kwargs: Any) -> None:
    """Have `by_the_clock` run every five minutes. Safe to run after every migration."""
    keep_schedules(using, minutes={"publishing.jobs.by_the_clock": 5})
