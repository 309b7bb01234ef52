"""What a whole file of tests shares: made once, in a transaction that stays open, and rolled back after the last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.test import override_settings


@contextmanager
def made_once[T](blocker: Any, make: Callable[[], T], **changed: Any) -> Iterator[T]:
    """Yield what `make` returns, made with these settings changed; each test stands in a savepoint of its own."""
    with blocker.unblock(), override_settings(**changed), transaction.atomic():
        made = make()
        check_foreign_keys()
        yield made
        transaction.set_rollback(True)


def check_foreign_keys() -> None:
    """Check what was made, once and however long it takes.

    Left deferred, the end of every test would check it all again: seconds each time for a whole district, and on a busy
    machine more than the time limit that a tile has set.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
    connection.check_constraints()
