"""Locks by name, for what no row stands for or whose row nobody may change: held to the end of the transaction."""

from django.db import connection


def wait_turn(name: str, key: int | None = None) -> None:
    """Wait until no other transaction holds the lock of that name (and number); within a transaction only."""
    with connection.cursor() as cursor:
        if key is None:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
        else:
            # The second number has 32 bits; two keys that share a lock only wait for each other.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashint8(%s))", [name, key])
