"""The connections on which tiles are made: a few per process, apart from Django's, each question one round trip.

They are set up once for what tiles need: autocommit and read-only, no JIT and no parallel workers (both cost more than
a tile), and a time limit. Inside an open transaction the question goes through Django's connection instead, so that
it sees what the transaction has written.
"""

import io
import os
import struct
import threading
import time
from collections.abc import Sequence
from typing import Any

import psycopg2
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.utils import OperationalError
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from geokit.refusal import Busy
from tiles import leaving
from tiles.metrics import count, took

SETTINGS = {
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "default_transaction_read_only": "on",
    "application_name": "tiles",
}
_HEADER = struct.Struct("!11sII")
_FIELD = struct.Struct("!hi")


class Pool:
    """Idle connections of this process; whoever holds a place (`flight.Tower`) may take one."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self.using = using
        self._idle: list[Any] = []
        self._limits: dict[int, int] = {}
        self._owner = os.getpid()
        self._lock = threading.Lock()

    def read_bytes(self, sql: str, params: Sequence[Any], timeout_ms: int) -> bytes:
        """Return the one bytea that `sql` selects. Raises Busy `tile-timeout` after `timeout_ms`."""
        if connections[self.using].in_atomic_block:
            return self._inside_transaction(sql, params, timeout_ms)
        started = time.perf_counter()
        try:
            return self._read(sql, params, timeout_ms)
        except QueryCanceled as error:
            raise _too_long() from error
        finally:
            took(time.perf_counter() - started)

    def close(self) -> None:
        """Let go of all idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
            self._limits.clear()
        for connection in idle:
            connection.close()

    def _read(self, sql: str, params: Sequence[Any], timeout_ms: int) -> bytes:
        connection = self._take()
        try:
            try:
                content = self._ask(connection, sql, params, timeout_ms)
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                if isinstance(error, QueryCanceled) or not connection.closed:
                    raise
                # It was cut while it lay idle: the database was restarted.
                connection = self._connect()
                content = self._ask(connection, sql, params, timeout_ms)
        finally:
            self._give_back(connection)
        return content

    def _ask(self, connection: Any, sql: str, params: Sequence[Any], timeout_ms: int) -> bytes:
        with connection.cursor() as cursor, leaving.watched(connection):
            if self._limits.get(id(connection)) != timeout_ms:
                cursor.execute("SET statement_timeout = %s", [timeout_ms])
                self._limits[id(connection)] = timeout_ms
            return copy_out(cursor, sql, params)

    def _inside_transaction(self, sql: str, params: Sequence[Any], timeout_ms: int) -> bytes:
        try:
            with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = %s", [timeout_ms])
                return copy_out(cursor.cursor, sql, params)
        except (OperationalError, QueryCanceled) as error:
            if isinstance(error, QueryCanceled) or isinstance(error.__cause__, QueryCanceled):
                raise _too_long() from error
            raise

    def _take(self) -> Any:
        with self._lock:
            if self._owner != os.getpid():
                # A connection must not be used by two processes.
                self._idle, self._owner = [], os.getpid()
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: Any) -> None:
        if connection.closed:
            self._limits.pop(id(connection), None)
            return
        with self._lock:
            self._idle.append(connection)

    def _connect(self) -> Any:
        parameters = connections[self.using].get_connection_params()
        parameters.pop("cursor_factory", None)
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        parameters["options"] = f"{parameters.get('options', '')} {options}"
        connection = psycopg2.connect(**parameters)
        connection.autocommit = True
        self._limits.pop(id(connection), None)
        return connection


def copy_out(cursor: Any, sql: str, params: Sequence[Any]) -> bytes:
    """Run a query of one bytea through COPY in binary: three times faster than bytea as text."""
    out = io.BytesIO()
    cursor.copy_expert(b"COPY (" + cursor.mogrify(sql, params) + b") TO STDOUT (FORMAT binary)", out)
    data = out.getbuffer()
    start = _HEADER.size + _HEADER.unpack_from(data)[2]
    fields, length = _FIELD.unpack_from(data, start)
    start += _FIELD.size
    return bytes(data[start : start + max(length, 0)]) if fields > 0 else b""


def _too_long() -> Busy:
    count("timeout")
    return Busy(_("瓦片计算超时，请稍后重试。"), code="tile-timeout")


POOL = Pool()
