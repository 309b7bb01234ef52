"""The links themselves: each against the one before, and what each transaction says of what it changed.

Digests are computed here and not by the database, whose functions could have been replaced.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import connection

from ledger.chain.declared import Chained
from ledger.chain.faults import Fault
from ledger.chain.sql import LINKS

AUDIT, ERASURE = "accounts_auditentry", "ledger_erasure"
_READ = f"""
    SELECT id, table_name, row_id, content, digest, op, form, xact, (extract(epoch FROM at) * 1000000)::bigint
    FROM {LINKS} WHERE id > %s ORDER BY id
"""  # noqa: S608 - a constant
_ERASED_LINKS = f"""
    SELECT l.id, l.table_name, name #>> '{{}}' FROM {LINKS} l
    JOIN ledger_erasure e ON e.table_name = l.table_name AND e.row_id = l.row_id,
        jsonb_path_query(e.columns, '$[*]') AS name
    WHERE l.content IS NULL
"""  # noqa: S608
FETCH = 5000


@dataclass(frozen=True, slots=True)
class Start:
    """Where checking begins: after the link `link`, whose digest is `digest`, when there were `links`."""

    link: int = 0
    digest: bytes = b""
    links: int = 0


@dataclass(slots=True)
class _Transaction:
    """What the links of one transaction change and name; they stand side by side in the chain."""

    xact: int | None = None
    changed: list[tuple[int, str, int, str]] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)


def link_faults(start: Start, tables: dict[str, Chained]) -> Iterator[Fault]:
    """Links that do not follow from the one before, changes that nothing explains, and a head that is not the last."""
    erased = _erased_links(tables)
    previous, last, count = start.digest, start.link, start.links
    group = _Transaction()
    explained = _Explanations(tables)
    for link, table, row, content, digest, op, form, xact, at in _stream(start.link):
        stored = bytes(digest)
        if content is None:
            if link not in erased[form == 1]:
                yield Fault("link-broken", table, row, link, detail="its content is gone and no erasure says so")
        elif stored != digest_of(previous, table, row, content, op, form, xact, at):
            yield Fault("link-broken", table, row, link)
        if xact is None or xact != group.xact:
            yield from explained.faults(group)
            group = _Transaction(xact)
        explained.note(group, link, table, row, op, content)
        previous, last, count = stored, link, count + 1
    yield from explained.faults(group)
    yield from _head_faults(last, previous, count)


def digest_of(
    previous: bytes, table: str, row: int, content: str, op: str, form: int, xact: int | None, at: int | None
) -> bytes:
    """The digest that a link must have; `at` in microseconds since 1970 UTC."""
    said = f"{table}:{row}:{content}" if form == 1 else f"2|{table}|{row}|{op}|{xact}|{at}|{content}"
    return sha256(previous + said.encode()).digest()


def _stream(after: int) -> Iterator[Sequence[Any]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_READ, [after])
        while rows := cursor.fetchmany(FETCH):
            yield from rows


def _erased_links(tables: dict[str, Chained]) -> dict[bool, set[int]]:
    """Empty links of rows of which an erasure took what may be erased, by whether they are of the first form.

    Of the first form that is sealed text or a file; of others a column that the link held in clear (`once_clear`).
    """
    with connection.cursor() as cursor:
        cursor.execute(_ERASED_LINKS)
        empty = [(link, tables.get(table), column) for link, table, column in cursor.fetchall()]
    return {
        True: {link for link, spec, column in empty if column in _erasable(spec)},
        False: {link for link, spec, column in empty if spec is not None and column in spec.once_clear},
    }


def _erasable(spec: Chained | None) -> frozenset[str]:
    return frozenset((*spec.sealed, *(each.column for each in spec.files))) if spec else frozenset()


def _head_faults(last: int, digest: bytes, count: int) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT links, link, digest FROM ledger_head")
        head = cursor.fetchone() or (0, 0, b"")
    if head[0] > count or head[1] > last:
        words = f"the head counts {head[0]} links up to link {head[1]}, there are {count} up to {last}"
        yield Fault("link-missing", LINKS, 0, head[1], detail=words)
    elif (head[0], head[1], bytes(head[2])) != (count, last, digest):
        yield Fault("head-changed", "ledger_head", 1, head[1], "digest", bytes(head[2]).hex(), digest.hex())


def _row_now(table: str, row: int) -> str:
    """A row as JSON; of one that is gone nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(e)::text FROM {connection.ops.quote_name(table)} e WHERE id = %s",  # noqa: S608
            [row],
        )
        found = cursor.fetchone()
    return found[0] if found else "{}"


class _Explanations:
    """Which changes of rows an event or an audit entry of the same transaction explains."""

    def __init__(self, tables: dict[str, Chained]) -> None:
        self._wanted = {name: spec for name, spec in tables.items() if spec.must_be_explained}
        self._naming = {AUDIT, ERASURE} | {each.table for spec in self._wanted.values() for each in spec.explained_by}
        self._labels = {model._meta.db_table: model._meta.label_lower for model in apps.get_models()}

    def note(self, group: _Transaction, link: int, table: str, row: int, op: str, content: str | None) -> None:
        """Remember of one link what matters to the others of its transaction."""
        if table in self._wanted and op in "UD":
            group.changed.append((link, table, row, content or "{}"))
        if table in self._naming and op == "I":
            # Of a link that an erasure emptied the row itself says what it names: other columns of it are as linked.
            group.events.append((table, content or _row_now(table, row)))

    def faults(self, group: _Transaction) -> Iterator[Fault]:
        """The changes of a transaction that none of its events names."""
        if not group.changed:
            return
        said = {fact for table, content in group.events for fact in self._facts(table, json.loads(content))}
        for link, table, row, content in group.changed:
            if said.isdisjoint(self._would_do(table, {**json.loads(content), "id": row})):
                yield Fault("unexplained-change", table, row, link, detail="no event and no audit entry with it")

    def _facts(self, event: str, said: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """What an event names: (table or label, column, number)."""
        if event == AUDIT:
            yield AUDIT, said["object_type"], said["object_id"]
        if event == ERASURE:
            yield ERASURE, said["table_name"], str(said["row_id"])
        for spec in self._wanted.values():
            for each in spec.explained_by:
                if each.table == event:
                    yield event, each.column, str(said.get(each.column))

    def _would_do(self, table: str, row: dict[str, Any]) -> set[tuple[str, str, str]]:
        spec = self._wanted[table]
        own = [(AUDIT, self._labels.get(table, ""), "id"), *((AUDIT, label, own) for label, own in spec.audited_as)]
        named = [*own, *((each.table, each.column, each.own) for each in spec.explained_by)]
        return {(event, column, str(row.get(key))) for event, column, key in [*named, (ERASURE, table, "id")]}
