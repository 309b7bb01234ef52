"""The rows as they stand against the newest link of each."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from ledger.chain.declared import Chained
from ledger.chain.faults import Fault
from ledger.chain.sql import ERASED, LINKS, array

SEALED = "(sealed)"
FETCH = 2000


def row_faults(spec: Chained, rows: frozenset[int] | None = None) -> Iterator[Fault]:
    """Rows of a table that are not as their newest link says, have none, or are gone. `rows` None means all."""
    if rows is not None and not rows:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(*_query(spec, rows))
        while found := cursor.fetchmany(FETCH):
            for row in found:
                yield from _compare(spec, *row)


def _query(spec: Chained, rows: frozenset[int] | None) -> tuple[str, list[Any]]:
    """Pairs of link and row that differ at first sight: link, row, operation, content, row as JSON, row sealed."""
    table = connection.ops.quote_name(spec.table)
    some = "" if rows is None else "AND {} = ANY(%s)"
    query = f"""
        SELECT l.id, coalesce(l.row_id, e.id), l.op, l.content, e.plain::text, e.now::text FROM (
            SELECT DISTINCT ON (row_id) id, row_id, op, content FROM {LINKS}
            WHERE table_name = %s {some.format("row_id")} ORDER BY row_id, id DESC
        ) AS l FULL JOIN (
            SELECT r.id, to_jsonb(r) AS plain, ledger_content(to_jsonb(r), %s, %s, s.salt) AS now FROM {table} r
            LEFT JOIN ledger_salt s ON s.table_name = %s AND s.row_id = r.id WHERE true {some.format("r.id")}
        ) AS e ON e.id = l.row_id
        WHERE l.id IS NULL OR (e.id IS NULL) <> (l.op = 'D') OR (l.op <> 'D' AND l.content IS DISTINCT FROM e.now::text)
    """  # noqa: S608 - names that the code declares
    wanted = [] if rows is None else [sorted(rows)]
    given = [spec.table, *wanted, array(spec.omitted), array(spec.sealed), spec.table, *wanted]
    return query, given


def _compare(
    spec: Chained, link: int | None, row: int, op: str | None, was: str | None, plain: str | None, now: str | None
) -> Iterator[Fault]:
    if plain is None or now is None:
        yield Fault("row-missing", spec.table, row, link or 0)
    elif link is None or op == "D":
        yield Fault("row-unlinked", spec.table, row, link or 0)
    elif was is not None:
        yield from _changed(spec, link, row, json.loads(was), json.loads(plain), json.loads(now))


def _changed(
    spec: Chained, link: int, row: int, was: dict[str, Any], plain: dict[str, Any], now: dict[str, Any]
) -> Iterator[Fault]:
    """Each column whose value is not the one that was linked; columns that were added since have none to compare."""
    for column, value in was.items():
        sealed = isinstance(value, dict) and set(value) == {"sealed"}
        present = now.get(column) if sealed else plain.get(column)
        if present == value or column in spec.omitted:
            continue
        if column in spec.sealed:
            yield Fault("row-changed", spec.table, row, link, column, SEALED, SEALED)
        else:
            yield Fault("row-changed", spec.table, row, link, column, value, present)


_EDITS = f"""
    SELECT l.id, l.table_name, l.row_id, l.op, l.content,
        (SELECT p.content FROM {LINKS} p WHERE p.table_name = l.table_name AND p.row_id = l.row_id AND p.id < l.id
            ORDER BY p.id DESC LIMIT 1),
        (SELECT jsonb_agg(name #>> '{{}}') FROM ledger_erasure e, jsonb_path_query(e.columns, '$[*]') AS name
            WHERE e.table_name = l.table_name AND e.row_id = l.row_id)
    FROM {LINKS} l WHERE l.op IN ('U', 'D') AND l.id > %s AND (l.table_name = ANY(%s) OR l.content LIKE %s)
    ORDER BY l.id
"""  # noqa: S608 - a constant


def edit_faults(tables: dict[str, Chained], after: int = 0) -> Iterator[Fault]:
    """History that was edited with the chain looking on, and text that was blotted out without an erasure."""
    history = sorted(name for name, spec in tables.items() if spec.history)
    with connection.cursor() as cursor:
        cursor.execute(_EDITS, [after, history, f"%{ERASED}%"])
        found = cursor.fetchall()
    for link, table, row, op, content, before, erased in found:
        columns = set(json.loads(erased) if isinstance(erased, str) else erased or [])
        lawful = op == "U" and _only(columns, before and json.loads(before), json.loads(content))
        if table in history and not lawful:
            yield Fault("history-edited", table, row, link, detail="deleted" if op == "D" else "changed")
        elif table not in history and not columns:
            yield Fault("erasure-unrecorded", table, row, link)


def _only(columns: set[str], before: dict[str, Any] | None, after: dict[str, Any]) -> bool:
    """Whether nothing but erased columns changed; of a link that the erasure emptied nothing is left to compare."""
    if before is None:
        return bool(columns)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return bool(columns) and changed <= columns
