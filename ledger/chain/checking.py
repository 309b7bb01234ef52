"""All checks of the chain together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from ledger.chain.declared import Touched, checks, declared
from ledger.chain.faults import Fault
from ledger.chain.files import file_faults
from ledger.chain.guards import guard_faults
from ledger.chain.links import Start, link_faults
from ledger.chain.rows import edit_faults, row_faults
from ledger.chain.sql import LINKS


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many links there are, how many were checked, the digest of the last (hex; empty for none), every fault."""

    links: int
    checked: int
    head: str
    faults: tuple[Fault, ...]

    @property
    def is_sound(self) -> bool:
        return not self.faults


def settle() -> None:
    """Link now what this transaction has written so far; at its end this happens by itself."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ledger_turn_settled IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ledger_turn_settled DEFERRED")


def verify(start: Start | None = None, *, files: bool = True) -> Verdict:
    """Check the links, the rows they stand for, the states that events lead to, the files, and what guards all these.

    From `start` on only the links after it are checked, and the rows that they name. `files`: read every file too.
    """
    with _one_moment():
        begin = start or Start()
        faults = tuple(_faults(begin, whole=start is None, files=files))
        links, head = _head()
        return Verdict(links, links - begin.links, head, faults)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything as of one moment, while others go on writing. Inside a transaction, as that one sees it."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not nested:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            if _has_turns(cursor):
                settle()
            cursor.execute("SET LOCAL timezone = 'UTC'")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL timezone TO DEFAULT" if not nested else "SELECT 1")


def _has_turns(cursor: object) -> bool:
    """Whether the trigger that settles is there; `guard_faults` says so where it is not."""
    cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'ledger_turn_settled'")  # type: ignore[attr-defined]
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]


def _faults(start: Start, *, whole: bool, files: bool) -> Iterator[Fault]:
    tables = declared()
    touched = Touched() if whole else _touched_since(start.link)
    yield from guard_faults(tables)
    yield from link_faults(start, tables)
    yield from edit_faults(tables, start.link)
    for spec in tables.values():
        rows = touched.of(spec.table)
        yield from row_faults(spec, rows)
        if files:
            yield from file_faults(spec, rows)
    for check in checks():
        for each in check(touched):
            yield Fault(
                "state-differs", each.table, each.row, 0, each.column, each.by_events, each.is_now, "by its events"
            )


def _touched_since(link: int) -> Touched:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT table_name, array_agg(DISTINCT row_id) FROM {LINKS} WHERE id > %s GROUP BY 1",  # noqa: S608
            [link],
        )
        return Touched({table: frozenset(rows) for table, rows in cursor.fetchall()})


def _head() -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {LINKS}")  # noqa: S608 - a constant
        count = cursor.fetchone()[0]
        cursor.execute(f"SELECT encode(digest, 'hex') FROM {LINKS} ORDER BY id DESC LIMIT 1")  # noqa: S608
        last = cursor.fetchone()
    return count, last[0] if last else ""
