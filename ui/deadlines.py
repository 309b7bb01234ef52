"""How long a request may take: its own code asks `check()`, its statements are asked before each, and a connection on
which a server does not answer at all (stopped, unplugged) is broken from here, which ends the wait with an error.

A time limit of the database itself (`statement_timeout`) does not help with a database that stands still.
"""

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ui.unavailable import too_slow

log = logging.getLogger(__name__)
GRACE_SECONDS = 2.0
"""What a server's own time limit is given before its connection is broken."""
LOOK_SECONDS = 0.25
_OURS = ("ROLLBACK", "SAVEPOINT", "RELEASE")
"""Django's own statements: a transaction must be able to end after the time is up."""


class _Thread(threading.local):
    deadline: float | None = None
    request: "Deadline | None" = None
    """The one that this thread began last."""


_thread = _Thread()


@dataclass(eq=False, slots=True)
class Watched:
    """Connections that must have answered by a moment (monotonic seconds)."""

    connections: Callable[[], Iterable[Any]]
    until: float


class Watch:
    """One thread per process, awake while something is watched."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start empty: a forked child has neither its parent's thread nor its connections."""
        self._watched: dict[int, Watched] = {}
        self._lock = threading.Lock()
        self._has_some = threading.Event()
        self._work_thread: threading.Thread | None = None

    def begin(self, of: Callable[[], Iterable[Any]], seconds: float) -> Watched:
        """Break the driver's connections that `of` returns, unless `end` comes within `seconds`."""
        watched = Watched(of, time.monotonic() + seconds)
        self._watched[id(watched)] = watched
        if self._work_thread is None:
            self._start()
        if not self._has_some.is_set():
            self._has_some.set()
        return watched

    def end(self, watched: Watched) -> None:
        """Under the lock, so that no later use of its connections is broken."""
        with self._lock:
            self._watched.pop(id(watched), None)

    def _start(self) -> None:
        with self._lock:
            if self._work_thread is None:
                self._work_thread = threading.Thread(target=self._work, name="deadlines", daemon=True)
                self._work_thread.start()

    def _work(self) -> None:
        while True:
            self._has_some.wait()
            time.sleep(LOOK_SECONDS)
            try:
                self._look()
            except Exception:
                log.exception("overdue connections could not be broken")

    def _look(self) -> None:
        if not self._watched:
            self._has_some.clear()
            if not self._watched:
                return
            self._has_some.set()  # one came in between
        now = time.monotonic()
        for watched in list(self._watched.values()):
            if now < watched.until:
                continue
            with self._lock:
                if self._watched.pop(id(watched), None) is not None:
                    for connection in watched.connections():
                        break_off(connection)


def break_off(connection: Any) -> None:
    """Shut the socket under a driver's connection: whoever waits on it gets an OperationalError at once."""
    with contextlib.suppress(OSError, psycopg2.Error), socket.socket(fileno=os.dup(connection.fileno())) as copy:
        log.warning("no answer in time: a database connection is broken off")
        copy.shutdown(socket.SHUT_RDWR)


WATCH = Watch()
os.register_at_fork(after_in_child=WATCH.reset)


@contextlib.contextmanager
def watching(connection: Any, seconds: float) -> Iterator[None]:
    """Break this connection of the driver when the block takes longer than `seconds` and a grace."""
    watched = WATCH.begin(lambda: (connection,), seconds + GRACE_SECONDS)
    try:
        yield
    finally:
        WATCH.end(watched)


class Deadline:
    """The time that the request of this thread has, from now.

    What was before it in this thread has no more to do with the thread's connections: its answer may still be on its
    way by another thread, and would break those of this request when its own time is up.
    """

    def __init__(self, seconds: float) -> None:
        if _thread.request is not None:
            _thread.request.let_go()
        wrappers = [connections[alias] for alias in connections]
        for wrapper in wrappers:
            if _in_time not in wrapper.execute_wrappers:
                wrapper.execute_wrappers.insert(0, _in_time)
        _thread.deadline = time.monotonic() + seconds
        self._watched = WATCH.begin(lambda: _open(wrappers), seconds + GRACE_SECONDS)
        _thread.request = self

    def end(self) -> None:
        """May be called more than once, and by another thread that sends the rest of an answer."""
        _thread.deadline = None
        self.let_go()

    def let_go(self) -> None:
        """Break no connection any more."""
        WATCH.end(self._watched)


def check() -> None:
    """Raises Unavailable `too-slow` when the request's time is up. For loops that run long."""
    deadline = _thread.deadline
    if deadline is not None and time.monotonic() > deadline:
        raise too_slow()


def _in_time(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not str(sql).startswith(_OURS):
        check()
    return execute(sql, params, many, context)


def _open(wrappers: Iterable[BaseDatabaseWrapper]) -> list[Any]:
    return [wrapper.connection for wrapper in wrappers if wrapper.connection is not None]
