"""COPY into PostgreSQL in a second thread while the next rows are read."""

import io
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from django.db import connection
from psycopg2.errors import ProgramLimitExceeded

from layers.storage.columns import row_too_wide

CHUNK = 256 * 1024
Send = Callable[[str, bytes], None]


def send_now(statement: str, data: bytes) -> None:
    """COPY `data` over Django's connection and wait for the end."""
    connection.ensure_connection()
    _send(connection.connection, statement, data)


def _send(line: object, statement: str, data: bytes) -> None:
    try:
        with line.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.copy_expert(statement, io.BytesIO(data), CHUNK)
    except ProgramLimitExceeded as error:  # a row is longer than a page of the database
        raise row_too_wide() from error


class BackgroundCopy:
    """Sends one COPY while the caller prepares the next; never more than one is under way.

    It works on the caller's own connection (psycopg2 allows that from several threads), so that all is one transaction.
    Between the first call and `drain` the caller must not use the connection.
    """

    def __init__(self) -> None:
        connection.ensure_connection()
        self._line = connection.connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="copy")
        self._under_way: Future[None] | None = None

    def __call__(self, statement: str, data: bytes) -> None:
        self.drain()
        self._under_way = self._thread.submit(_send, self._line, statement, data)

    def drain(self) -> None:
        """Wait for what is under way. Raises what it raised."""
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            under_way.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.drain()
        self._thread.shutdown(wait=True)
