"""What the workers do for the index by the clock."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS

from jobs.schedules import keep_schedules
from search.index import catch_up, rebuild
from search.models import Entry

EVERY_MINUTES = 1


def schedule(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """After migrating, have the journal read every minute."""
    keep_schedules(using, minutes={"search.jobs.read_journal": EVERY_MINUTES})


def read_journal() -> None:
    """Bring the index up to the journal; a search reads small journals itself. An index that is empty is written."""
    if not Entry.objects.exists():
        rebuild()
    while catch_up(most=5000):
        pass
