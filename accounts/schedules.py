"""What the worker does by the clock. Each room names its own; they are kept in the queue's table of schedules."""

from collections.abc import Mapping
from datetime import time, timedelta


def keep_schedules(
    using: str,
    *,
    daily: Mapping[str, time] | None = None,
    minutes: Mapping[str, int] | None = None,
    moved: Mapping[str, str] | None = None,
) -> None:
    """Have functions (dotted paths) run every day at a local time from tomorrow on, or every so many minutes from now.

    For `post_migrate`, so safe to run again: a schedule that is there stays as an administrator may have set it.
    `moved` (old path: new path) carries it over to a function that has another name since.
    """
    # Imported late: rooms name their schedules while their models are still being loaded.
    from django.db import connections
    from django.utils import timezone
    from django_q.models import Schedule

    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # Only some apps were migrated; the next full migration comes here again.
    now = timezone.localtime()
    schedules = Schedule.objects.using(using)
    for old, new in (moved or {}).items():
        if schedules.filter(name=new).exists():
            schedules.filter(name=old).delete()
        else:
            schedules.filter(name=old).update(name=new, func=new)
    for func, at in (daily or {}).items():
        first = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0) + timedelta(days=1)
        when = {"func": func, "schedule_type": Schedule.DAILY, "next_run": first}
        schedules.get_or_create(name=func, defaults=when)
    for func, every in (minutes or {}).items():
        when = {"func": func, "schedule_type": Schedule.MINUTES, "minutes": every, "next_run": now}
        schedules.get_or_create(name=func, defaults=when)
