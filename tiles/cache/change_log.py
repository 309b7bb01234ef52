"""What this process knows of the changes of watched tables, and how long it may believe that it knows.

Each process asks the database on one connection of its own what is new. The answer is believed for `BELIEVED_S`, so a
thousand warm tiles cost one small question. No request is served stale for that: a commit that changes a watched
table first announces itself and then waits a little longer than anybody believes (`watch.sql`). Who asks meanwhile
is told so and asks again at every request until the commit is done. So there is no message that could be missed, and
every request that comes after a commit knows of it, in every process.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from django.db import DEFAULT_DB_ALIAS, connections

from tiles.cache.watched_tables import BELIEVED_S, READERS

RETRY_S = 0.5
"""So long an unreachable database is not asked again."""
RENEWED_AFTER = 0.8
"""The part of BELIEVED_S after which whoever comes asks anew."""
MANY_CHANGES = 20_000

Box = tuple[float, float, float, float]
# A database that was dropped and made again under the same name counts anew, so it must not pass for the old one.
_DATABASE = """
SELECT system_identifier::text || '.' || d.oid FROM pg_control_system(), pg_database d
WHERE d.datname = current_database()"""
_PREPARE = "SET statement_timeout = '2s'; PREPARE newer(bigint) AS SELECT name, version, boxes FROM tiles_newer($1)"


class Unreachable(Exception):
    """The database cannot be asked, so nobody knows what is fresh."""


@dataclass(frozen=True, slots=True)
class Change:
    """One transaction's change of one table. `boxes` None: anywhere."""

    version: int
    boxes: tuple[Box, ...] | None

    def meets(self, box: Box) -> bool:
        if self.boxes is None:
            return True
        west, south, east, north = box
        # Written so that a box with NaN meets everything.
        return any(not (e < west or w > east or n < south or s > north) for w, s, e, n in self.boxes)


@dataclass
class Known:
    """A picture of the journal. Whole above `horizon`; below it only each table's last number is known."""

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
        """Keep the younger half of what is too much."""
        if self.count <= MANY_CHANGES:
            return
        versions = sorted(change.version for changes in self.changes.values() for change in changes)
        self.horizon = versions[len(versions) // 2]
        kept = {name: [c for c in changes if c.version > self.horizon] for name, changes in self.changes.items()}
        self.changes = {name: changes for name, changes in kept.items() if changes}
        self.count = sum(map(len, self.changes.values()))

    def changed(self, tables: Iterable[str], since: int) -> bool:
        """Tell whether any of the tables has changed after number `since`, or `since` is of another database."""
        return since > self.latest or any(self.last.get(name, 0) > since for name in tables)

    def touched(self, places: Iterable[str], anywhere: Iterable[str], box: Box, since: int) -> bool:
        """Tell whether something that was made at number `since` may look different now within `box`.

        `places` are the tables whose rows are drawn where they are; any change in one of `anywhere` counts.
        """
        if self.changed(anywhere, since):
            return True
        return any(self.last.get(name, 0) > since and self._drawn(name, box, since) for name in places)

    def _drawn(self, name: str, box: Box, since: int) -> bool:
        if since < self.horizon:
            return True
        for change in reversed(self.changes.get(name, ())):
            if change.version <= since:
                return False
            if change.meets(box):
                return True
        return False


class Journal:
    """The connection that asks, and what it was told. One per process; safe for threads."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self.using = using
        self.known = Known()
        self.questions = 0
        self._connection: Any = None
        self._asked_at = 0.0
        self._believed_until = 0.0
        self._renewed_from = 0.0
        self._broken_until = 0.0
        self._lock = threading.Lock()

    def now(self) -> Known:
        """Return all that is committed at this moment. Raises Unreachable."""
        came = time.monotonic()
        if came < self._believed_until:
            if came < self._renewed_from or not self._lock.acquire(blocking=False):
                return self.known
            # One asks before the belief ends, so that under steady asking nobody ever waits for an answer.
            try:
                if came >= self._renewed_from:
                    self._ask()
            finally:
                self._lock.release()
            return self.known
        with self._lock:
            # Who waited while another asked has her answer too, if that question began after she came.
            if came > self._asked_at and time.monotonic() >= self._believed_until:
                self._ask()
            return self.known

    def close(self) -> None:
        """Let go of the connection; the next question makes a new one and reads all again."""
        with self._lock:
            self._drop()
            self._broken_until = 0.0

    def _ask(self) -> None:
        started = time.monotonic()
        if started < self._broken_until:
            raise Unreachable
        try:
            calm = self._connect() if self._connection is None else self._read_newer()
        except psycopg2.Error as error:
            self._drop()
            # A connection that was cut (the database was restarted) is made anew at once, but only once.
            try:
                calm = self._connect()
            except psycopg2.Error:
                self._drop()
                self._broken_until = time.monotonic() + RETRY_S
                raise Unreachable from error
        # Counted from before the question: what was announced after it commits only when this is over.
        self._asked_at = started
        self._believed_until = started + BELIEVED_S if calm else 0.0
        self._renewed_from = started + BELIEVED_S * RENEWED_AFTER

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._asked_at = self._believed_until = 0.0

    def _connect(self) -> bool:
        parameters = connections[self.using].get_connection_params()
        parameters.pop("cursor_factory", None)
        self._connection = psycopg2.connect(**{**parameters, "connect_timeout": 3, "application_name": "tiles-journal"})
        self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            # A database that hangs must not hang every request.
            cursor.execute(_PREPARE)
            cursor.execute("SELECT pg_advisory_lock_shared(%s)", [READERS])
            self.known, calm = _all(cursor)
        self.questions += 1
        return calm

    def _read_newer(self) -> bool:
        """Take in what is new; tell whether it may be believed for a while."""
        with self._connection.cursor() as cursor:
            calm, rows = _newer(cursor, self.known.latest)
            self.questions += 1
            if rows and _oldest(cursor) > self.known.latest:
                # While this process slept, more happened than is kept.
                self.known, calm = _all(cursor)
                return calm
        for row in rows:
            self.known.add(*row)
        self.known.forget_old()
        return calm


def _newer(cursor: Any, since: int) -> tuple[bool, list[tuple]]:
    cursor.execute("EXECUTE newer(%s)", [since])
    rows = cursor.fetchall()
    if rows and rows[0][1] is None:
        return False, rows[1:]
    return True, rows


def _oldest(cursor: Any) -> int:
    cursor.execute("SELECT coalesce(min(version), 0) FROM tiles_tablechange WHERE version IS NOT NULL")
    return cursor.fetchone()[0]


def _all(cursor: Any) -> tuple[Known, bool]:
    """Read everything; tell whether it may be believed for a while."""
    cursor.execute(_DATABASE)
    known = Known(database=cursor.fetchone()[0])
    # The numbers first: what commits between the questions is then read twice, never missed.
    cursor.execute("SELECT name, version FROM tiles_tableversion")
    known.last = dict(cursor.fetchall())
    known.latest = max(known.last.values(), default=0)
    oldest = _oldest(cursor)
    known.horizon = oldest - 1 if oldest else known.latest
    calm, rows = _newer(cursor, known.horizon)
    for row in rows:
        known.add(*row)
    return known, calm


JOURNAL = Journal()
