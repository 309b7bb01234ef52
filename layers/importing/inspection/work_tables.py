"""Tables of one import before it counts: what was found in its rows, and its difference to what is published.

They stand in the schema `layer_work`, unlogged (a crash of the database may empty them; a new inspection
fills them again), and go when their import is cancelled, inspected again or older than `KEPT_DAYS`.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg2 import sql

from layers.importing.models import ImportJob
from layers.importing.states import State

SCHEMA = "layer_work"
KEPT_DAYS = 30
KINDS = ("findings", "difference")
STREAM_ROWS = 2_000


def table(kind: str, token: str | int) -> sql.Identifier:
    """The table of an import; `token` is the job's number, or any word for a trial that is rolled back."""
    return sql.Identifier(SCHEMA, f"{kind}_{token}")


def run(statement: sql.Composable, params: Sequence[Any] | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.connection), params)
        return cursor.fetchall() if cursor.description else []


def create(name: sql.Identifier, definition: str) -> None:
    """An empty table in place of one that may stand there."""
    run(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
    run(sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(name, sql.SQL(definition)))


def copy(name: sql.Identifier, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows of texts, numbers and None; an empty text stays one."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NOTNULL)
    writer.writerows(rows)
    buffer.seek(0)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(name, names)
    with connection.cursor() as cursor:
        cursor.copy_expert(statement.as_string(cursor.connection), buffer)


def exists(name: sql.Identifier) -> bool:
    return bool(run(sql.SQL("SELECT to_regclass({}) IS NOT NULL").format(_literal(name)))[0][0])


def _literal(name: sql.Identifier) -> sql.Literal:
    return sql.Literal(".".join(f'"{part}"' for part in name.strings))


def drop(token: str | int) -> None:
    for kind in KINDS:
        run(sql.SQL("DROP TABLE IF EXISTS {}").format(table(kind, token)))


def drop_expired() -> None:
    """Drop the tables of imports that were cancelled, are gone or are old."""
    young = timezone.now() - timedelta(days=KEPT_DAYS)
    kept = set(ImportJob.objects.exclude(state=State.CANCELLED).filter(created__gte=young).values_list("pk", flat=True))
    for (name,) in run(sql.SQL("SELECT tablename FROM pg_tables WHERE schemaname = {}").format(sql.Literal(SCHEMA))):
        kind, _, token = name.partition("_")
        if kind in KINDS and not (token.isdigit() and int(token) in kept):
            run(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(SCHEMA, name)))


def stream(statement: sql.Composable, params: Sequence[Any] | None = None) -> Iterator[tuple]:
    """Rows of a query without holding them all: pages by the key column that comes first, ascending."""
    last = -1
    while True:
        page = run(
            sql.SQL("SELECT * FROM ({}) AS pages WHERE position > %s ORDER BY position LIMIT %s").format(statement),
            [*(params or ()), last, STREAM_ROWS],
        )
        yield from page
        if len(page) < STREAM_ROWS:
            return
        last = page[-1][0]
