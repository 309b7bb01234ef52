"""Claiming and giving back. Every statement asks again whether the job is still the worker's own: a worker that was
thought dead changes nothing any more.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from jobs.lanes import ATTEMPTS, LEASE, Lane

MOST_SAID = 2000
# The database's clock alone decides: machines may disagree about the time.
_CLAIM = """
    UPDATE jobs_job SET worker = %(worker)s, attempts = attempts + 1,
        started = statement_timestamp(), leased_until = statement_timestamp() + %(lease)s
    WHERE id = (
        SELECT id FROM jobs_job
        WHERE finished IS NULL AND lane = %(lane)s AND due <= statement_timestamp() AND attempts < %(attempts)s
            AND (leased_until IS NULL OR leased_until < statement_timestamp())
        ORDER BY due, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, func, args, attempts
"""
_GIVE_UP = """
    UPDATE jobs_job SET finished = statement_timestamp(), succeeded = false, leased_until = NULL,
        said = 'its worker vanished ' || attempts || ' times'
    WHERE finished IS NULL AND lane = %(lane)s AND attempts >= %(attempts)s
        AND (leased_until IS NULL OR leased_until < statement_timestamp())
"""
_MINE = "WHERE id = %(id)s AND worker = %(worker)s AND attempts = %(attempt)s AND finished IS NULL"
_EXTEND = f"UPDATE jobs_job SET leased_until = statement_timestamp() + %(lease)s {_MINE}"  # noqa: S608 - constants of this module
_FINISH = f"""
    UPDATE jobs_job SET finished = statement_timestamp(), succeeded = %(succeeded)s, said = %(said)s,
        leased_until = NULL {_MINE}
"""  # noqa: S608
_RELEASE = f"""
    UPDATE jobs_job SET leased_until = NULL, worker = '', due = statement_timestamp() + %(after)s,
        attempts = attempts - (CASE WHEN %(counts)s THEN 0 ELSE 1 END) {_MINE}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in the hands of one worker, at one attempt."""

    id: int
    func: str
    args: list[Any]
    attempt: int
    worker: str

    def _mine(self) -> dict[str, Any]:
        return {"id": self.id, "worker": self.worker, "attempt": self.attempt}

    def extend(self, cursor: Any) -> bool:
        """Keep it for another lease; False when it is no longer this worker's. `cursor` is the heartbeat's."""
        cursor.execute(_EXTEND, {**self._mine(), "lease": LEASE})
        return bool(cursor.rowcount)

    def finish(self, *, succeeded: bool, said: str) -> bool:
        """Note the end; False when somebody else has it by now."""
        # PostgreSQL's text holds no NUL, and no half of a pair, which names of files in other encodings become.
        words = said.replace("\0", "").encode(errors="replace").decode()[:MOST_SAID]
        return _done(_FINISH, {**self._mine(), "succeeded": succeeded, "said": words})

    def release(self, after: timedelta = timedelta(0), *, counts: bool = False) -> bool:
        """Put it back for after a while; `counts` says whether this attempt was one."""
        return _done(_RELEASE, {**self._mine(), "after": after, "counts": counts})


def claim(lane: Lane, worker: str) -> Claim | None:
    """Take the job of a lane that has been due longest; None when there is none. Two workers never get the same."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"worker": worker, "lane": lane, "lease": LEASE, "attempts": ATTEMPTS}
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
    return Claim(row[0], row[1], _list(row[2]), row[3], worker) if row else None


def give_up(lane: Lane) -> int:
    """End as failed what has lost its worker too often; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_UP, {"lane": lane, "attempts": ATTEMPTS})
        return int(cursor.rowcount)


def _list(value: Any) -> list[Any]:
    """Django has the driver hand JSON over as text."""
    return list(json.loads(value)) if isinstance(value, str) else list(value)


def _done(sql: str, values: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount)
