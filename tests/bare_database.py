"""Empties the database after a test that committed, in less time than Django's `flush` takes.

`flush` truncates every table and then sends `post_migrate`, at which the rooms write their schedules and triggers anew:
some seconds. Here only tables that hold something else than after such a flush are emptied and filled again. Where a
test has changed triggers, it is flushed as Django does.
"""

import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import TransactionTestCase

from ledger.roles.connections import as_owner

_flush = TransactionTestCase._fixture_teardown

TRIGGERS = """
    SELECT md5(string_agg(concat_ws(' ', tgrelid::regclass, tgname, tgenabled, pg_get_functiondef(tgfoid)), ';'
                          ORDER BY tgrelid, tgname))
    FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace"""
WITH_TRIGGERS = """
    SELECT DISTINCT relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace"""

ALWAYS = """
    SELECT relname, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND tgenabled = 'A' AND relnamespace = 'public'::regnamespace"""
"""Those that fire in every session; enabled plainly they would count as having been off."""


@dataclass(frozen=True)
class Bare:
    """The database right after a flush."""

    tables: tuple[str, ...]
    triggers: str
    with_triggers: frozenset[str]
    rows: dict[str, bytes]


_bare: dict[str, Bare] = {}
"""By the database's name: one for each process of the tests."""


PATIENCE = "30s"
"""How long a lock is waited for that a session of the test's own may have kept."""
OTHERS = """
    SELECT pg_terminate_backend(pid), pid, state, left(query, 200) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
      AND backend_type = 'client backend'"""


def restore(case: Any) -> None:
    """In the place of `TransactionTestCase._fixture_teardown`.

    A session that the test has left in a transaction (of a thread, or of a process it started) would keep this one
    waiting for ever, and with it the whole run: it is ended, and what it did last is written to the standard error.
    """
    with as_owner():
        name = connection.settings_dict["NAME"]
        try:
            _ask(f"SELECT set_config('lock_timeout', '{PATIENCE}', false)")
            _restore(case, name)
        except OperationalError as error:
            if "lock timeout" not in str(error):
                raise
            sys.stderr.write(f"left in a transaction by a test, ended: {_ask(OTHERS)}\n")
            _bare.pop(name, None)
            _flush(case)
        finally:
            _ask("SELECT set_config('lock_timeout', '0', false)")


def _restore(case: Any, name: str) -> None:
    bare = _bare.get(name)
    if bare is None or case.available_apps is not None or not _is_shaped_as(bare):
        _flush(case)
        _bare[name] = _look()
        return
    looked_at = sorted(_filled(bare.tables) | bare.rows.keys())
    changed = [table for table in looked_at if _rows(table) != bare.rows.get(table, b"")]
    try:
        _refill(changed, bare)
    except OperationalError:
        raise
    except DatabaseError:  # a key that the test itself has made, say
        del _bare[name]
        _flush(case)


def _is_shaped_as(bare: Bare) -> bool:
    return (_table_names(), _ask(TRIGGERS)[0][0]) == (bare.tables, bare.triggers)


def _look() -> Bare:
    tables = _table_names()
    with_triggers = frozenset(name for (name,) in _ask(WITH_TRIGGERS))
    return Bare(tables, _ask(TRIGGERS)[0][0], with_triggers, {table: _rows(table) for table in _filled(tables)})


def _table_names() -> tuple[str, ...]:
    return tuple(sorted(connection.introspection.django_table_names(only_existing=True, include_views=False)))


def _filled(tables: tuple[str, ...]) -> set[str]:
    some = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)
    return {name for (name,) in _ask(some)}


def _ask(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def _rows(table: str) -> bytes:
    out = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f'COPY (SELECT * FROM "{table}" ORDER BY 1) TO STDOUT', out)
    return out.getvalue()


def _refill(changed: list[str], bare: Bare) -> None:
    """Histories refuse deletion, and others write down what is deleted: their triggers rest meanwhile.

    In three transactions, because a table's triggers cannot be changed while foreign keys wait to be checked. Then
    every watched table is noted as changed anywhere, so no tile that somebody kept passes for the next test's.
    """
    if not changed:
        return
    guarded = [table for table in changed if table in bare.with_triggers]
    always = [found for found in _ask(ALWAYS) if found[0] in guarded]
    _run(f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in guarded)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in changed:
                cursor.execute(f'DELETE FROM "{table}"')
            for table in bare.rows.keys() & set(changed):
                cursor.cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.BytesIO(bare.rows[table]))
    finally:
        _run(f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in guarded)
        _run(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{trigger}"' for table, trigger in always)
    _run(["INSERT INTO tiles_tablechange (name, boxes) SELECT name, NULL FROM tiles_tableversion"])


def _run(statements: Iterable[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
