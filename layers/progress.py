"""Progress of a running import, written beside its transaction so that others see it while it runs."""

import time

from django.db import connection

from geokit.refusal import Refusal
from layers.models import ImportJob

EVERY_SECONDS = 0.5


class Cancelled(Refusal):
    """Somebody asked the import to stop; nothing has been changed."""

    default_code = "cancelled"


class JobProgress:
    """Writes rows done to the job over a connection of its own; stops the load when it was cancelled.

    The load's own transaction is not visible to others until it ends, hence the second connection.
    It must not be used once that transaction has written to the job's row.
    """

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self._line = connection.copy()
        self._last = 0.0
        self._phase = ""

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if phase == self._phase and now - self._last < EVERY_SECONDS:
            return
        self._phase, self._last = phase, now
        table = connection.ops.quote_name(ImportJob._meta.db_table)
        with self._line.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET phase = %s, rows_done = %s, rows_total = %s WHERE id = %s RETURNING state",  # noqa: S608
                [phase, done, total, self.job_id],
            )
            row = cursor.fetchone()
        if row and row[0] == ImportJob.State.CANCELLED:
            raise Cancelled("导入已取消，没有改动任何数据。")

    def close(self) -> None:
        self._line.close()
