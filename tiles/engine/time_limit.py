"""The time that a statement beside the tiles may take: a tile's."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections, transaction


@contextmanager
def within_a_tiles_time(using: str) -> Iterator[None]:
    """A transaction in which a statement that takes longer than a tile's may ends in OperationalError."""
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [settings.TILE_STATEMENT_TIMEOUT_MS])
        yield
