"""Taking over what an earlier release left in django-q2's tables, so that an upgrade loses no job and no schedule.

Plain SQL on those tables where they exist: the package itself is gone. Its payloads are pickles that this site signed
with its own key; none that is not is opened.
"""

import ast
import datetime as dt
import json
import logging
import pickle
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone

log = logging.getLogger(__name__)
SALT = "geo_portal"
LANES = (("layers.importing.worker.", "imports"), ("accounts.notices.delivery.", "mail"))
MINUTES = {"H": 60, "W": 7 * 24 * 60}
_JOBS = "SELECT id, payload FROM django_q_ormq ORDER BY id FOR UPDATE SKIP LOCKED"
_SCHEDULES = "SELECT name, func, args, kwargs, schedule_type, minutes, next_run FROM django_q_schedule ORDER BY id"
_NEW_JOB = """
    INSERT INTO jobs_job (lane, func, args, queued, due, schedule, worker, attempts, said)
    VALUES (%s, %s, %s, statement_timestamp(), statement_timestamp(), '', '', 0, '')
"""
_NEW_SCHEDULE = """
    INSERT INTO jobs_schedule (name, func, args, lane, daily_at, minutes, next_run) VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (name) DO NOTHING
"""


class _Pickle:
    """What `signing.loads` is to read with, once the signature is right."""

    def dumps(self, obj: Any) -> bytes:
        raise NotImplementedError  # nothing is written any more

    def loads(self, data: bytes) -> Any:
        return pickle.loads(data)  # noqa: S301 - signed with our own key


def take_over_jobs(connection: Any) -> int:
    """Move waiting jobs here; how many. An old web process may queue there until it is stopped, so workers do this too
    when they start. A row that cannot be read stays, and the log says so.
    """
    if not _has(connection, "django_q_ormq"):
        return 0
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(_JOBS)
        return sum(_take_job(cursor, *row) for row in cursor.fetchall())


def _take_job(cursor: Any, pk: int, payload: str) -> int:
    try:
        task = signing.loads(payload, salt=SALT, serializer=_Pickle)
        values = [_lane(task["func"], "exports"), task["func"], json.dumps(list(task["args"]))]
    except (signing.BadSignature, pickle.UnpicklingError, LookupError, TypeError, ValueError) as error:
        log.error("row %s of the former queue cannot be read and stays: %s", pk, error)
        return 0
    cursor.execute(_NEW_JOB, values)
    cursor.execute("DELETE FROM django_q_ormq WHERE id = %s", [pk])
    return 1


def take_over_schedules(connection: Any) -> int:
    """Copy schedules as an administrator may have set them; how many. Theirs stay, should the old release come back."""
    if not _has(connection, "django_q_schedule"):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_SCHEDULES)
        return sum(_take_schedule(cursor, *row) for row in cursor.fetchall())


def _take_schedule(
    cursor: Any, name: str, func: str, args: str, kwargs: str, kind: str, minutes: int, next_run: dt.datetime
) -> int:
    at = timezone.localtime(next_run).time().replace(microsecond=0) if kind == "D" and next_run else None
    every = minutes if kind == "I" else MINUTES.get(kind)
    if kwargs or next_run is None or not (at or every):
        log.error("schedule %s (%s) of the former queue is of a kind that is not kept", name or func, kind)
        return 0
    words = json.dumps(list(ast.literal_eval(f"({args},)")) if args else [])
    cursor.execute(_NEW_SCHEDULE, [name or func, func, words, _lane(func, "clocks"), at, every, next_run])
    return 1


def _lane(func: str, otherwise: str) -> str:
    return next((lane for start, lane in LANES if func.startswith(start)), otherwise)


def _has(connection: Any, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return bool(cursor.fetchone()[0])
