"""Locks by name, for what no row stands for or whose row nobody may change."""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg2
from django.conf import settings
from django.db import Error, connection

from ledger.roles.connections import connection_parameters


def wait_turn(name: str, key: int | None = None) -> None:
    """Wait until no other transaction holds the lock of that name (and number); within a transaction only."""
    with connection.cursor() as cursor:
        if key is None:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
        else:
            # The second number has 32 bits; two keys that share a lock only wait for each other.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashint8(%s))", [name, key])


def share_turn(name: str, key: int) -> None:
    """Keep off whoever wants the turn (`wait_turn`, `try_turn`) until this transaction ends; others may share it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext(%s), hashint8(%s))", [name, key])


def try_turn(name: str, key: int) -> bool:
    """Take the turn until this transaction ends; False, without waiting, when another transaction has or shares it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), hashint8(%s))", [name, key])
        return bool(cursor.fetchone()[0])


@contextlib.contextmanager
def hold_for_work(name: str, key: int) -> Iterator[bool]:
    """Hold a lock over many transactions, for the length of the block; False when another process has it.

    It goes with the session, so a killed process holds nothing. Behind a pooler Django's connection has no session of
    its own; there the lock has one, past the pooler.
    """
    line = connection if settings.DIRECT_DATABASE is None else _direct_line()
    try:
        with line.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", [name, key])
            held = bool(cursor.fetchone()[0])
        try:
            yield held
        finally:
            if held:
                # A lost session has let go of it by itself, and says so to whoever used it.
                with contextlib.suppress(Error, psycopg2.Error), line.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", [name, key])
    finally:
        if line is not connection:
            line.close()


def _direct_line() -> Any:
    line = psycopg2.connect(**connection_parameters(settings.DIRECT_DATABASE))
    line.autocommit = True
    return line
