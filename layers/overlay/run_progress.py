"""The progress of a run, written over a connection of its own; a cancelled run stops at its next step."""

from collections.abc import Callable, Iterator

from django.db import connection
from django.utils.translation import gettext as _

from layers.importing.job_progress import Cancelled
from layers.overlay.models import OverlayRun

FEWEST = 16
"""Zones taken at a time; more when there are thousands, so that a run has at most some two hundred steps."""
MOST_STEPS = 200

Report = Callable[[str, int, int | None], None]


class Steps:
    """Goes through numbered zones in portions, and reports how far it is."""

    def __init__(self, report: Report = lambda phase, done, total: None) -> None:
        self.report = report

    def over(self, count: int) -> Iterator[tuple[int, int]]:
        """First and last number of each portion, from 1."""
        size = max(FEWEST, -(-count // MOST_STEPS))
        for first in range(1, count + 1, size):
            self.report("measuring", first - 1, count)
            yield first, min(first + size - 1, count)


class RunProgress:
    """Writes to the run's row beside its transaction, which others cannot see until it ends."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self._line = connection.copy()

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        table = connection.ops.quote_name(OverlayRun._meta.db_table)
        with self._line.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET phase = %s, done = %s, total = %s WHERE id = %s RETURNING state",  # noqa: S608
                [phase, done, total, self.run_id],
            )
            row = cursor.fetchone()
        if row and row[0] == OverlayRun.State.CANCELLED:
            raise Cancelled(_("计算已取消。"))

    def close(self) -> None:
        self._line.close()
