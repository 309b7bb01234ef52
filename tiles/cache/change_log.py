"""The changes of watched tables as this process knows them, read under a short lease.

Each process reads what is new on a database connection of its own (past a pooler, where there is one). What it has
read is valid for `LEASE_S` (a lease), so a thousand warm tiles cost one small query. No request is served stale: a
commit that changes a watched table first announces itself and then waits a little longer than any lease lasts
(`watched_tables.sql`). A process that reads meanwhile gets no lease and reads again at every request until the commit
is done. So no notification can be missed, and every request that comes after a commit knows of it, in every process.
"""

import math
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from ledger.roles.connections import connection_parameters
from tiles.cache.watched_tables import LEASE_S, READERS_LOCK, TIMELINE_BITS
from ui.deadlines import watching

RETRY_S = 0.5
"""Seconds before an unreachable database is asked again."""
SLOW_S = 0.5
"""Longest that a request waits while another one asks."""
RENEW_AFTER = 0.8
"""The part of LEASE_S after which the next request renews the lease."""
MAX_CHANGES = 20_000

Box = tuple[float, float, float, float]
# A database that was dropped and made again under the same name counts anew, so it must not pass for the old one.
_DATABASE = """
SELECT system_identifier::text || '.' || d.oid FROM pg_control_system(), pg_database d
WHERE d.datname = current_database()"""
STATEMENT_S = 2
_PREPARE = (
    f"SET statement_timeout = '{STATEMENT_S}s'; "  # noqa: S608 - a constant of this module
    "PREPARE newer(bigint) AS SELECT name, version, boxes FROM tiles_newer($1)"
)


class Unreachable(Exception):
    """The database cannot be asked, so it is not known which tiles are fresh."""


@dataclass(frozen=True, slots=True)
class Change:
    """One transaction's change of one table. `boxes` are west, south, east, north in degrees; None means anywhere."""

    version: int
    boxes: tuple[Box, ...] | None

    def meets(self, box: Box) -> bool:
        if self.boxes is None:
            return True
        west, south, east, north = box
        # Written so that a box with NaN meets everything.
        return any(not (e < west or w > east or n < south or s > north) for w, s, e, n in self.boxes)


@dataclass
class KnownChanges:
    """The changes read so far, updated in place; below version `horizon` only each table's last one is known."""

    database: str = ""
    latest: int = 0
    horizon: int = 0
    last: dict[str, int] = field(default_factory=dict)
    changes: dict[str, list[Change]] = field(default_factory=dict)
    count: int = 0

    def add(self, name: str, version: int, flat: list[float] | None) -> None:
        boxes = None if flat is None else tuple(zip(*[iter(flat)] * 4, strict=True))
        self.changes.setdefault(name, []).append(Change(version, boxes))
        self.last[name] = version
        self.latest = max(self.latest, version)
        self.count += 1

    def forget_old(self) -> None:
        """Keep the newer half where there are more than MAX_CHANGES."""
        if self.count <= MAX_CHANGES:
            return
        versions = sorted(change.version for changes in self.changes.values() for change in changes)
        self.horizon = versions[len(versions) // 2]
        kept = {name: [c for c in changes if c.version > self.horizon] for name, changes in self.changes.items()}
        self.changes = {name: changes for name, changes in kept.items() if changes}
        self.count = sum(map(len, self.changes.values()))

    def changed(self, tables: Iterable[str], since: int) -> bool:
        """Tell whether any of the tables has changed after version `since`, or `since` is of another database, or of
        another timeline of it: a standby that became the primary may lack the last that was numbered before.
        """
        if since > self.latest or since >> TIMELINE_BITS != self.latest >> TIMELINE_BITS:
            return True
        return any(self.last.get(name, 0) > since for name in tables)

    def affects(self, located: Iterable[str], anywhere: Iterable[str], box: Box, since: int) -> bool:
        """Tell whether what was rendered at version `since` may look different now within `box` (degrees).

        `located` are the tables whose rows are drawn where they are; any change in one of `anywhere` counts.
        """
        if self.changed(anywhere, since):
            return True
        return any(self.last.get(name, 0) > since and self._affects_rows(name, box, since) for name in located)

    def _affects_rows(self, name: str, box: Box, since: int) -> bool:
        if since < self.horizon:
            return True
        for change in reversed(self.changes.get(name, ())):
            if change.version <= since:
                return False
            if change.meets(box):
                return True
        return False


class ChangeLog:
    """Reads the change log on one connection and holds the lease. One per process; safe for threads."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self.using = using
        self.known = KnownChanges()
        self.queries = 0
        self._connection: Any = None
        self._read_at = 0.0
        self._lease_until = 0.0
        self._renew_from = 0.0
        self._retry_at = 0.0
        self._asked_at = math.inf
        """Since when the database is being asked; infinite while it is not."""
        self._lock = threading.Lock()

    def current(self) -> KnownChanges:
        """Return all that is committed at this moment. Raises Unreachable."""
        arrived = time.monotonic()
        if arrived < self._lease_until:
            if arrived < self._renew_from or not self._lock.acquire(blocking=False):
                return self.known
            # One request renews the lease before it ends, so that under steady load no other waits for the query.
            try:
                if arrived >= self._renew_from:
                    self._refresh()
            finally:
                self._lock.release()
            return self.known
        # A database that does not answer must not collect every thread of the process here.
        if arrived - self._asked_at > SLOW_S or not self._lock.acquire(timeout=SLOW_S):
            raise Unreachable
        try:
            # A request that waited for the lock may use the other's answer, if that query began after it arrived.
            if arrived > self._read_at and time.monotonic() >= self._lease_until:
                self._refresh()
        finally:
            self._lock.release()
        return self.known

    def close(self) -> None:
        """Close the connection; the next query opens a new one and reads everything again."""
        with self._lock:
            self._drop()
            self._retry_at = 0.0

    def _refresh(self) -> None:
        started = time.monotonic()
        if started < self._retry_at:
            raise Unreachable
        self._asked_at = started
        try:
            self._ask(started)
        finally:
            self._asked_at = math.inf

    def _ask(self, started: float) -> None:
        try:
            may_lease = self._connect() if self._connection is None else self._read_newer()
        except psycopg2.Error as error:
            self._drop()
            # A connection that was cut (the database was restarted) is made anew at once, but only once.
            try:
                may_lease = self._connect()
            except psycopg2.Error:
                self._drop()
                self._retry_at = time.monotonic() + RETRY_S
                raise Unreachable from error
        # Counted from before the query: a change announced after it commits only when the lease is over.
        self._read_at = started
        self._lease_until = started + LEASE_S if may_lease else 0.0
        self._renew_from = started + LEASE_S * RENEW_AFTER

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._read_at = self._lease_until = 0.0

    def _connect(self) -> bool:
        parameters = connection_parameters(settings.DIRECT_DATABASE or settings.READER_DATABASE, self.using)
        self._connection = psycopg2.connect(
            **{**parameters, "connect_timeout": 3, "application_name": "tiles-change-log"}
        )
        self._connection.autocommit = True
        # A database that hangs must not hang every request.
        with watching(self._connection, STATEMENT_S), self._connection.cursor() as cursor:
            cursor.execute(_PREPARE)
            cursor.execute("SELECT pg_advisory_lock_shared(%s)", [READERS_LOCK])
            self.known, may_lease = _all(cursor)
        self.queries += 1
        return may_lease

    def _read_newer(self) -> bool:
        """Read what is new; tell whether a lease may be taken."""
        with watching(self._connection, STATEMENT_S), self._connection.cursor() as cursor:
            may_lease, rows = _newer(cursor, self.known.latest)
            self.queries += 1
            if rows and _oldest(cursor) > self.known.latest:
                # While this process slept, more happened than is kept.
                self.known, may_lease = _all(cursor)
                return may_lease
        for row in rows:
            self.known.add(*row)
        self.known.forget_old()
        return may_lease


def _newer(cursor: Any, since: int) -> tuple[bool, list[tuple[str, int, list[float] | None]]]:
    cursor.execute("EXECUTE newer(%s)", [since])
    rows = cursor.fetchall()
    if rows and rows[0][1] is None:
        return False, rows[1:]
    return True, rows


def _oldest(cursor: Any) -> int:
    cursor.execute("SELECT coalesce(min(version), 0) FROM tiles_tablechange WHERE version IS NOT NULL")
    oldest: int = cursor.fetchone()[0]
    return oldest


def _all(cursor: Any) -> tuple[KnownChanges, bool]:
    """Read everything; tell whether a lease may be taken."""
    cursor.execute(_DATABASE)
    known = KnownChanges(database=cursor.fetchone()[0])
    # The last versions first: what commits between the two queries is then read twice, never missed.
    cursor.execute("SELECT name, version FROM tiles_tableversion")
    known.last = dict(cursor.fetchall())
    known.latest = max(known.last.values(), default=0)
    oldest = _oldest(cursor)
    known.horizon = oldest - 1 if oldest else known.latest
    may_lease, rows = _newer(cursor, known.horizon)
    for row in rows:
        known.add(*row)
    return known, may_lease


CHANGE_LOG = ChangeLog()
