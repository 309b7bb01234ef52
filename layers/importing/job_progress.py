"""Progress of a running import, written over a second connection so that others see it while it runs.

The load's own transaction is not visible to others until it ends, hence a connection of its own. A thread goes on
writing while the load waits for the database (sorting, building indexes): it keeps the heartbeat, says how far the
index is, and on cancellation stops the very statement that the load is waiting for.
"""

import contextlib
import threading
import time
from typing import Any

import psycopg2
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import Refusal
from layers.importing.states import State

EVERY_SECONDS = 0.5
CANCEL_AGAIN_SECONDS = 2.0

# The state is asked again by the row itself: a write that had to wait for the load's commit must change nothing.
_WRITE = """
    UPDATE layers_importjob SET heartbeat = now(), phase = %s, phase_started = %s, phase_share = %s,
        rows_done = %s, rows_total = %s
    WHERE id = %s AND state IN ('inspecting', 'loading')
"""
_INDEX = """
    SELECT max(blocks_done::float / nullif(blocks_total, 0)) FROM pg_stat_progress_create_index WHERE pid = %s
"""


class Cancelled(Refusal):
    """Somebody asked the import to stop; nothing has been changed."""

    default_code = "cancelled"


def cancelled_message() -> str:
    return _("导入已取消，没有改动任何数据。")


class JobProgress:
    """Called by a load with its progress; raises Cancelled there once the job has been cancelled."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.cancelled = False
        connection.ensure_connection()
        self._main = connection.connection
        self._line = connection.copy()
        self._line.connect()
        self._turn = threading.Lock()
        self._last = 0.0
        self._phase, self._phase_started = "", timezone.now()
        self._done: int = 0
        self._total: int | None = None
        self._asked_to_stop = 0.0
        self._end = threading.Event()
        self._beat = threading.Thread(target=self._keep_beating, name=f"import-{job_id}", daemon=True)
        self._beat.start()

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if phase != self._phase:
            self._phase_started, self._last = timezone.now(), 0.0
        self._phase, self._done, self._total = phase, done, total
        if now - self._last >= EVERY_SECONDS:
            self._last = now
            self._write()
        if self.cancelled:
            raise Cancelled(cancelled_message())

    @property
    def connection_lost(self) -> bool:
        """Whether the load's own connection has gone; Django may have opened another since."""
        return bool(self._main.closed)

    def close(self) -> None:
        """Stop telling; the load's transaction must have ended."""
        self._end.set()
        self._beat.join()
        self._line.close()

    def _keep_beating(self) -> None:
        while not self._end.wait(EVERY_SECONDS or 0.05):
            # A lost connection is the load's to report; without a heartbeat the job will be found.
            with contextlib.suppress(psycopg2.Error):
                self._write()
                self._stop_the_database()

    def _write(self) -> None:
        with self._turn, self._raw().cursor() as cursor:
            values = (self._phase, self._phase_started, self._index_share(cursor), self._done, self._total)
            cursor.execute(_WRITE, [*values, self.job_id])
            if cursor.rowcount == 0:
                cursor.execute("SELECT state FROM layers_importjob WHERE id = %s", [self.job_id])
                row = cursor.fetchone()
                # A row that this line cannot see yet (its maker has not committed) is no cancellation.
                self.cancelled = row is not None and row[0] == State.CANCELLED

    def _raw(self) -> Any:
        return self._line.connection

    def _index_share(self, cursor: Any) -> float | None:
        if self._phase != "indexing":
            return None
        cursor.execute(_INDEX, [self._main.info.backend_pid])
        share: float | None = cursor.fetchone()[0]
        return share

    def _stop_the_database(self) -> None:
        """Cancel the statement the load waits for; again after a while, should another have begun just then."""
        now = time.monotonic()
        if self.cancelled and now - self._asked_to_stop > CANCEL_AGAIN_SECONDS:
            self._asked_to_stop = now
            self._main.cancel()
