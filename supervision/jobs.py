"""What supervision does every morning: bring back what was planned for today, tell what is late, tidy up."""

from typing import Any

from supervision import watch
from supervision.public import held


def daily() -> dict[str, int]:
    """Look at every matter once; the counts are kept with the task."""
    found = {"came_back": len(watch.bring_back()), "escalated": len(watch.escalate())}
    return found | {"photos_forgotten": held.forget_old()}


def schedule(using: str, **kwargs: Any) -> None:
    """Have `daily` run every morning before work. Safe to run after every migration."""
    from datetime import timedelta

    from django.db import connections
    from django.utils import timezone
    from django_q.models import Schedule

    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # Only some apps were migrated; the next full migration comes here again.
    morning = timezone.localtime().replace(hour=6, minute=50, second=0, microsecond=0) + timedelta(days=1)
    when = {"func": "supervision.jobs.daily", "schedule_type": Schedule.DAILY, "next_run": morning}
    Schedule.objects.using(using).get_or_create(name="supervision.jobs.daily", defaults=when)
