"""The database connections that render tiles: a few per process, apart from Django's; one round trip per query.

They are set up once for what tiles need: autocommit and read-only, no JIT and no parallel workers (both cost more than
a tile), and a time limit. From zoom 6 on a query is prepared on its connection, because planning it would take longer
than running it. Inside an open transaction the query goes through Django's connection instead, so that it sees what the
transaction has written.
"""

import io
import os
import struct
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.utils import OperationalError
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled
from psycopg2.extensions import AsIs

from geokit.refusal import Busy
from tiles.cache import disconnects
from tiles.cache.metrics import add_query_seconds, count
from tiles.grids.address import TileAddress
from tiles.query.tile_parameters import SqlTemplate, TileFrame, TileParameter, bind, parameter_values
from ui.deadlines import GRACE_SECONDS, WATCH

SETTINGS = {
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "default_transaction_read_only": "on",
    # A prepared tile is small by its zoom: the plan that fits all of them is the index scan that each would get.
    "plan_cache_mode": "force_generic_plan",
    "application_name": "tiles",
}
PREPARED_FROM_ZOOM = 6
"""Below, one plan does not fit all tiles: some hold a quarter of the table."""
KEPT_PREPARED = 60
LARGE_BYTES = 150_000
"""A tile of this size comes faster through COPY, planned or not: psycopg2 reads bytea as text."""
_HEADER = struct.Struct("!11sII")
_FIELD = struct.Struct("!hi")


@dataclass(slots=True)
class Prepared:
    """A query prepared on a connection."""

    compiled: SqlTemplate
    name: str
    parameters: dict[TileParameter, None]
    """In the order of its parameters."""
    is_large: bool = False

    def call(self, frame: TileFrame, tile: TileAddress) -> str:
        """Return the SQL that runs it for a tile."""
        if not self.parameters:
            return f"EXECUTE {self.name}"
        found = parameter_values(frame, tile, self.parameters.keys())
        # Quoted, PostgreSQL reads them as what they are; bare, as numeric first, which costs more than the index.
        values = "', '".join([repr(found[parameter]) for parameter in self.parameters])
        return f"EXECUTE {self.name} ('{values}')"


@dataclass(eq=False, slots=True)
class PreparedConnection:
    """One connection, its prepared queries and its time limit."""

    connection: Any
    cursor: Any
    timeout_ms: int = 0
    prepared: OrderedDict[int, Prepared] = field(default_factory=OrderedDict)
    made: int = 0

    def limit(self, cursor: Any, timeout_ms: int) -> None:
        cursor.execute("SET statement_timeout = %s", [timeout_ms])
        self.timeout_ms = timeout_ms

    def prepare(self, cursor: Any, compiled: SqlTemplate) -> Prepared:
        """Return the query prepared on this connection; the least recently used ones are deallocated."""
        found = self.prepared.get(id(compiled))
        if found is not None:
            self.prepared.move_to_end(id(compiled))
            return found
        while len(self.prepared) >= KEPT_PREPARED:
            _, old = self.prepared.popitem(last=False)
            cursor.execute(f"DEALLOCATE {old.name}")
        self.made += 1
        parameters = dict.fromkeys(value for value in compiled.params if isinstance(value, TileParameter))
        found = Prepared(compiled, f"tile_{self.made}", parameters)
        types = ", ".join(
            "int" if parameter in (TileParameter.X, TileParameter.Y) else "float8" for parameter in parameters
        )
        marks = {parameter: AsIs(f"${number}") for number, parameter in enumerate(parameters, 1)}
        params = [marks[value] if isinstance(value, TileParameter) else value for value in compiled.params]
        query = cursor.mogrify(compiled.sql, params)
        cursor.execute(f"PREPARE {found.name} ({types}) AS ".encode() + query)
        self.prepared[id(compiled)] = found
        return found


class Pool:
    """Idle connections of this process; a thread with a permit (`cache/single_flight.py`) may take one."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self.using = using
        self._idle: list[PreparedConnection] = []

    def read_tile(self, compiled: SqlTemplate, frame: TileFrame, tile: TileAddress, timeout_ms: int) -> bytes:
        """Return the bytes that the query selects for `tile`. Raises Busy `tile-timeout` after `timeout_ms`."""
        if connections[self.using].in_atomic_block:
            return self._inside_transaction(*bind(compiled, frame, tile), timeout_ms)
        return self.read_committed(compiled, frame, tile, timeout_ms)

    def read_committed(self, compiled: SqlTemplate, frame: TileFrame, tile: TileAddress, timeout_ms: int) -> bytes:
        """Do the same where it is known that no transaction of Django's is open."""
        started = time.perf_counter()
        try:
            conn = self._idle.pop()
        except IndexError:
            conn = self._connect()
        try:
            try:
                return _run(conn, compiled, frame, tile, timeout_ms)
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                if isinstance(error, QueryCanceled) or not conn.connection.closed:
                    raise
                # It was cut while it lay idle: the database was restarted.
                conn = self._connect()
                return _run(conn, compiled, frame, tile, timeout_ms)
        except QueryCanceled as error:
            raise _too_long() from error
        finally:
            if not conn.connection.closed:
                self._idle.append(conn)
            add_query_seconds(time.perf_counter() - started)

    def close(self) -> None:
        """Close all idle connections."""
        idle, self._idle = self._idle, []
        for conn in idle:
            conn.connection.close()

    def forget(self) -> None:
        """Drop connections that belong to the parent process."""
        self._idle = []

    def _inside_transaction(self, sql: str, params: Sequence[Any], timeout_ms: int) -> bytes:
        try:
            with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = %s", [timeout_ms])
                return copy_out(cursor.cursor, sql, params)
        except (OperationalError, QueryCanceled) as error:
            if isinstance(error, QueryCanceled) or isinstance(error.__cause__, QueryCanceled):
                raise _too_long() from error
            raise

    def _connect(self) -> PreparedConnection:
        parameters = connections[self.using].get_connection_params()
        parameters.pop("cursor_factory", None)
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        parameters["options"] = f"{parameters.get('options', '')} {options}"
        connection = psycopg2.connect(**parameters)
        connection.autocommit = True
        return PreparedConnection(connection, connection.cursor())


def _run(
    conn: PreparedConnection, compiled: SqlTemplate, frame: TileFrame, tile: TileAddress, timeout_ms: int
) -> bytes:
    cursor = conn.cursor
    running = disconnects.WATCHER.add(conn.connection)
    watched = WATCH.begin(lambda: (conn.connection,), timeout_ms / 1000 + GRACE_SECONDS)
    try:
        if conn.timeout_ms != timeout_ms:
            conn.limit(cursor, timeout_ms)
        if tile.z < PREPARED_FROM_ZOOM:
            return copy_out(cursor, *bind(compiled, frame, tile))
        prepared = conn.prepare(cursor, compiled)
        if prepared.is_large:
            content = copy_out(cursor, *bind(compiled, frame, tile))
        else:
            cursor.execute(prepared.call(frame, tile))
            content = bytes(cursor.fetchone()[0] or b"")
        prepared.is_large = len(content) > LARGE_BYTES
        return content
    finally:
        WATCH.end(watched)
        if running is not None:
            disconnects.WATCHER.remove(running)


def copy_out(cursor: Any, sql: str, params: Sequence[Any]) -> bytes:
    """Run a query of one bytea through COPY in binary: three times faster than bytea as text, when it is large."""
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
os.register_at_fork(after_in_child=POOL.forget)
