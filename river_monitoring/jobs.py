"""What river monitoring does every night: find relapses that came in by another way, tell what is late."""

from typing import Any

from river_monitoring import escalation, relapse


def nightly() -> dict[str, int]:
    """Look at every point once; the counts are kept with the task."""
    return {"relisted": len(relapse.check_all()), "escalated": len(escalation.escalate())}


def schedule(using: str, **kwargs: Any) -> None:
    """Have `nightly` run every morning before work. Safe to run after every migration."""
    from datetime import timedelta

    from django.db import connections
    from django.utils import timezone
    from django_q.models import Schedule

    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # Only some apps were migrated; the next full migration comes here again.
    morning = timezone.localtime().replace(hour=6, minute=40, second=0, microsecond=0) + timedelta(days=1)
    when = {"func": "river_monitoring.jobs.nightly", "schedule_type": Schedule.DAILY, "next_run": morning}
    Schedule.objects.using(using).get_or_create(name="river_monitoring.jobs.nightly", defaults=when)
