"""A worker's heartbeat: a thread that says it lives, keeps the lease of its job, and ends a process that hangs.

It writes on a connection of its own, so a long statement of the job does not silence it.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

from django.db import Error, connection

from jobs.claims import Claim
from jobs.lanes import BEAT_SECONDS, LEASE, Lane

log = logging.getLogger(__name__)
HANGING_SECONDS = 60.0
STATEMENT_MS = 5000
_ALIVE = """
    INSERT INTO jobs_worker (name, host, lane, started, heartbeat)
    VALUES (%s, %s, %s, statement_timestamp(), statement_timestamp())
    ON CONFLICT (name) DO UPDATE SET heartbeat = statement_timestamp()
"""
EXIT_LOST, EXIT_HANGS = 3, 4


class Heart:
    """`looking()` by the main loop at each turn, `holding(claim)` around each job."""

    def __init__(self, name: str, host: str, lane: Lane) -> None:
        self._who = (name, host, lane)
        self._turn = threading.Lock()
        self._claim: Claim | None = None
        self._overdue = self._kept = time.monotonic() + HANGING_SECONDS
        self._line: Any = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heart", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Say no more; the worker leaves in order."""
        self._ended.set()
        self._thread.join(2 * STATEMENT_MS / 1000)
        with contextlib.suppress(Error), connection.cursor() as cursor:
            cursor.execute("DELETE FROM jobs_worker WHERE name = %s", [self._who[0]])

    def looking(self) -> None:
        """The main loop is well."""
        self._overdue = time.monotonic() + HANGING_SECONDS

    @contextlib.contextmanager
    def holding(self, claim: Claim, limit: float) -> Iterator[None]:
        """Keep the lease for the length of the block, which is expected to end within `limit` seconds."""
        self._overdue = time.monotonic() + limit + HANGING_SECONDS
        self._kept = time.monotonic()
        self._claim = claim
        try:
            yield
        finally:
            with self._turn:
                self._claim = None
            self.looking()

    def _beat_on(self) -> None:
        while True:
            try:
                self._beat()
            except Error:
                self._forget_line()
            self._end_if_useless()
            if self._ended.wait(BEAT_SECONDS):
                self._forget_line()
                return

    def _beat(self) -> None:
        with self._turn, self._cursor() as cursor:
            # For this transaction alone: behind a pooler the session is another's afterwards.
            cursor.execute("BEGIN; SET LOCAL statement_timeout = %s", [STATEMENT_MS])
            cursor.execute(_ALIVE, self._who)
            if self._claim and not self._claim.extend(cursor):
                self._end(EXIT_LOST, f"job {self._claim.id} belongs to another worker by now")
            cursor.execute("COMMIT")
            self._kept = time.monotonic()

    def _end_if_useless(self) -> None:
        now = time.monotonic()
        if self._claim and now - self._kept > LEASE.total_seconds():
            self._end(EXIT_LOST, f"the lease of job {self._claim.id} could not be kept")
        if now > self._overdue:
            self._end(EXIT_HANGS, "the main loop hangs")

    def _end(self, code: int, why: str) -> None:
        """No half-dead worker goes on with work that is given to another."""
        log.error("worker %s ends itself: %s", self._who[0], why)
        os._exit(code)

    def _cursor(self) -> Any:
        if self._line is None:
            self._line = connection.copy()
        return self._line.cursor()

    def _forget_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(Error):
                line.close()
