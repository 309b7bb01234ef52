"""Every morning: bring back what was planned for today, notify of what is late, delete expired drafts and videos."""

from datetime import time
from typing import Any

from jobs.schedules import keep_schedules
from supervision.findings import videos
from supervision.matters import escalation, held_files
from supervision.public import draft_photos


def daily() -> dict[str, int]:
    """Look at every matter once; the counts are kept with the task."""
    found = {"came_back": len(escalation.bring_back()), "escalated": len(escalation.escalate())}
    forgotten = {"photos_forgotten": draft_photos.delete_expired(), "files_forgotten": held_files.delete_expired()}
    return found | forgotten | {"videos_given_up": videos.give_up()}


def schedule(using: str, **kwargs: Any) -> None:
    """Have `daily` run every morning before work. Safe to run after every migration."""
    keep_schedules(using, daily={"supervision.jobs.daily": time(6, 50)})
