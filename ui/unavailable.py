"""Which errors mean that the database or the disk is away or full: they pass, and the same request works later."""

import errno

import psycopg2
from django.conf import settings
from django.db import Error
from django.utils.translation import gettext as _

from geokit.refusal import Unavailable

AWAY_SECONDS, SLOW_SECONDS, FULL_SECONDS = 5, 3, 60
"""`Retry-After`: a restart takes seconds; a full disk waits for somebody."""
READS_ONLY_CODE = "reads-only"
FULL = {errno.ENOSPC, errno.EDQUOT}
BROKEN_DISK = {errno.EROFS, errno.EIO}
OUT_OF_FILES = {errno.EMFILE, errno.ENFILE}
# SQLSTATE, whole or by class (PostgreSQL's appendix A).
TOO_SLOW = ("57014", "55P03", "40001", "40P01")
"""Cancelled by a time limit, a lock not given in time, two transactions in each other's way."""
DATABASE_FULL = ("53100",)
READ_ONLY = "25006"
AWAY = ("08", "53", "57P", "58030", READ_ONLY)
"""Connections, resources, shutting down or starting, its disk, a standby that is not yet the primary."""


def unavailable(error: BaseException) -> Unavailable | None:
    """Return the refusal for an error that will pass; None for every other, which is a defect of ours."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, OSError):
        return _of_disk(error.errno)
    driver = error.__cause__ if isinstance(error, Error) else error
    return _of_database(driver) if isinstance(driver, psycopg2.Error) else None


def _of_disk(number: int | None) -> Unavailable | None:
    if number in FULL | BROKEN_DISK:
        return disk_full()
    return database_away() if number in OUT_OF_FILES else None


def _of_database(error: psycopg2.Error) -> Unavailable | None:
    state = error.pgcode
    if state is None:
        # Said by the client's library, not by a server: no connection, or one that broke.
        is_away = type(error) in (psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.DatabaseError)
        return database_away() if is_away else None
    if state.startswith(DATABASE_FULL):
        return disk_full()
    if state == READ_ONLY and settings.READS_ONLY:
        return reads_only()
    if state.startswith(TOO_SLOW):
        return too_slow()
    return database_away() if state.startswith(AWAY) else None


def database_away() -> Unavailable:
    return Unavailable(_("数据库暂时没有回应，网站正在恢复。"), code="database-away", retry_after=AWAY_SECONDS)


def reads_only() -> Unavailable:
    """Said by a web process on a standby; the proxy asks another instead (`geo_portal/middleware/replica.py`)."""
    return Unavailable(_("这台服务器只供查阅，不能办理。"), code=READS_ONLY_CODE, retry_after=AWAY_SECONDS)


def disk_full() -> Unavailable:
    return Unavailable(_("服务器的存储空间暂时写不进去。"), code="disk-full", retry_after=FULL_SECONDS)


def too_slow() -> Unavailable:
    return Unavailable(_("这一步等得太久，已经停下。"), code="too-slow", retry_after=SLOW_SECONDS)
