"""Making ladders in the background: queued when a table is published, safe to deliver twice."""

import logging
from collections.abc import Sequence

from django.db import transaction

from jobs.queue import enqueue
from tiles.ladder.build import build, sweep

log = logging.getLogger(__name__)


def build_when_committed(source: str, columns: Sequence[str]) -> None:
    """Queue the making of a table's ladder once the present transaction is committed."""
    transaction.on_commit(lambda: enqueue("tiles.ladder.jobs.build_table", source, list(columns)))


def build_table(source: str, columns: Sequence[str]) -> str:
    """Make the ladder of a table, clear away those of tables that are gone; returns how it ended, for the queue."""
    sweep()
    try:
        return str(build(source, columns).state)
    except LookupError as error:
        # Dropped since it was queued, or nothing that a ladder can be made of.
        log.info("no ladder: %s", error)
        return "none"
