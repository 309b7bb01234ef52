"""What the workers do by the clock. Each room names its own; due ones become jobs, once, however many workers look."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db import connections, transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from jobs.lanes import Lane

LONGEST_FIRST = timedelta(days=2)
"""What runs daily begins tomorrow at its hour."""
_STEP = ExpressionWrapper(Coalesce(F("minutes"), 0) * Value(timedelta(minutes=1)), DurationField())


def keep_schedules(
    using: str,
    *,
    daily: Mapping[str, time] | None = None,
    minutes: Mapping[str, int] | None = None,
    moved: Mapping[str, str] | None = None,
    lane: Lane = Lane.CLOCKS,
) -> None:
    """Have functions (dotted paths) run every day at a local time from tomorrow on, or every so many minutes from now.

    For `post_migrate`, so safe to run again: a schedule that is there stays as an administrator may have set it.
    `moved` (old path: new path) carries schedule and waiting jobs over to a function that has another name since.
    """
    # Imported late: rooms name their schedules while their models are still being loaded.
    from jobs.models import Job, Schedule

    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # Only some apps were migrated; the next full migration comes here again.
    now = timezone.localtime()
    schedules = Schedule.objects.using(using)
    for old, new in (moved or {}).items():
        Job.objects.using(using).filter(func=old, finished=None).update(func=new)
        if schedules.filter(name=new).exists():
            schedules.filter(name=old).delete()
        else:
            schedules.filter(name=old).update(name=new, func=new)
    for func, at in (daily or {}).items():
        first = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0) + timedelta(days=1)
        when = {"func": func, "lane": lane, "daily_at": at, "next_run": first}
        schedules.get_or_create(name=func, defaults=when)
    for func, every in (minutes or {}).items():
        when = {"func": func, "lane": lane, "minutes": every, "next_run": now}
        schedules.get_or_create(name=func, defaults=when)


def queue_due(now: datetime | None = None) -> int:
    """Turn schedules that are due into jobs and set their next time; how many jobs.

    Missed times are not made up for. While a job of a schedule is open, another is not queued. A next time further
    ahead than any step leads was set by a clock that was wrong: it is set anew, or nothing would run until then.
    """
    from jobs.models import Job, Schedule

    now = now or timezone.now()
    wanted = Schedule.objects.filter(Q(next_run__lte=now) | Q(next_run__gt=now + LONGEST_FIRST + _STEP))
    if not wanted.exists():
        return 0
    queued = 0
    with transaction.atomic():
        # Another runner that looks at the same moment skips these and finds them moved on.
        for row in wanted.select_for_update(skip_locked=True).order_by("pk"):
            is_due = row.next_run <= now
            if is_due and not Job.objects.filter(schedule=row.name, finished=None).exists():
                Job.objects.create(func=row.func, args=row.args, lane=row.lane, schedule=row.name, due=Now())
                queued += 1
            row.next_run = next_run(min(row.next_run, now), now, row.daily_at, row.minutes)
            row.save(update_fields=["next_run"])
    return queued


def next_run(last: datetime, now: datetime, daily_at: time | None, minutes: int | None) -> datetime:
    """The first time after `now`: the next day's local `daily_at`, or `last` and so many steps of `minutes`."""
    if daily_at is None:
        step = timedelta(minutes=minutes or 1)
        return last + step * (max(timedelta(0), now - last) // step + 1)
    local = timezone.localtime(now)
    today = local.replace(hour=daily_at.hour, minute=daily_at.minute, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)
