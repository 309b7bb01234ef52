"""What came of each backup and proof: written down, and asked."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from backups.models import Run

KEEP = timedelta(days=400)


def record(
    kind: Run.Kind, started: datetime, *, ok: bool, name: str = "", place: str = "", said: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write one down. Nothing where the table is not there yet: a backup before an upgrade runs on the older schema."""
    row = Run(
        kind=kind, started=started, ok=ok, name=name, place=place[:300], said=said[:2000], facts=dict(facts or {})
    )
    with suppress(ProgrammingError), transaction.atomic():
        row.save(force_insert=True)


def last(kind: Run.Kind, *, ok: bool | None = None) -> Run | None:
    """The newest of a kind; with `ok` only those that went so."""
    rows = Run.objects.filter(kind=kind)
    return (rows if ok is None else rows.filter(ok=ok)).first()


def age_of_last_good(now: datetime | None = None) -> timedelta:
    """How old the last good backup is; without one, how long the site has been there."""
    good = last(Run.Kind.BACKUP, ok=True)
    since = good.started if good else _first_migration()
    return (now or timezone.now()) - since


def is_old(now: datetime | None = None) -> bool:
    """Whether people must be told: the last good backup is older than `BACKUP_MAX_AGE_HOURS`."""
    return is_too_old(age_of_last_good(now))


def is_too_old(age: timedelta) -> bool:
    """The same of an age that was asked already."""
    return age > timedelta(hours=settings.BACKUP_MAX_AGE_HOURS)


def _first_migration() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations")
        found: datetime = cursor.fetchone()[0]
    return found


def forget_old() -> None:
    """Runs of more than a year ago."""
    Run.objects.filter(finished__lt=timezone.now() - KEEP).delete()
