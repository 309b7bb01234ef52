"""One computation for a missing tile however many ask, a bounded number of them at once, and no endless waiting.

Within a process the requests for one tile share one call (single flight). The processes of a machine exclude each
other by a lock on one byte of a shared file, which the kernel releases when a process dies. Processes on other
machines compute for themselves.
"""

import contextlib
import fcntl
import mmap
import os
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import Busy
from tiles.cache import disconnects
from tiles.cache.metrics import count

MAX_CONCURRENT = 4
"""Tile queries of one process at the same time."""
WAIT_S = 6.0
"""Seconds a request waits for a permit or for another's computation; just over the time limit of a query."""
MANY_WAITING = 8
"""When so many requests of a process wait already, the next ones wait only SHORT_WAIT_S, so that threads stay free for
warm tiles: together with MAX_CONCURRENT fewer than the threads of a web process (`ops/run.py`)."""
SHORT_WAIT_S = 0.5
LOCK_NUMBERS = 1 << 60
"""Locks are numbered; every number is below this."""
_FLAG_BYTES = 1 << 16


def _busy() -> Busy:
    count("busy")
    return Busy(_("瓦片服务繁忙，请稍后重试。"), code="tiles-busy")


class Call:
    """One computation under way, its result, and the clients that wait for it."""

    __slots__ = ("clients", "done", "error", "result")

    def __init__(self) -> None:
        self.clients: list[disconnects.WaitingClient | None] = []
        self.done: threading.Event | None = None
        """Created when a second request waits; most calls have one client only."""
        self.result: Any = None
        self.error: Exception | None = None

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.result


class SingleFlight:
    """The calls under way in a process, and the permits that bound how many run at once."""

    def __init__(
        self,
        max_concurrent: int = MAX_CONCURRENT,
        many_waiting: int = MANY_WAITING,
        wait_s: float = WAIT_S,
        short_wait_s: float = SHORT_WAIT_S,
    ):
        self.many_waiting, self.wait_s, self.short_wait_s = many_waiting, wait_s, short_wait_s
        self.waiting = 0
        self.max_concurrent = max_concurrent
        self.permit = Permit(self)
        """One of the permits to compute, for the length of a `with` block."""
        # Under load every second tile waits here; the semaphores of `threading` are written in Python and cost more.
        self.free: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _permit in range(max_concurrent):
            self.free.put(None)
        self._calls: dict[Any, Call] = {}
        self._lock = threading.Lock()

    def run[T](self, key: Any, make: Callable[[], T]) -> T:
        """Return what `make` returns, called once for all concurrent requests of `key`. Raises Busy, or its error."""
        with self._lock:
            call, finished = self._calls.get(key), None
            if call is None:
                call = self._calls[key] = Call()
            else:
                finished = call.done = call.done or threading.Event()
            call.clients.append(disconnects.thread.client)
        if finished is not None:
            shared: T = self._await_result(call, finished)
            return shared
        try:
            disconnects.thread.clients = call.clients
            result = call.result = make()
        except Exception as error:
            call.error = error
            raise
        finally:
            disconnects.thread.clients = None
            with self._lock:
                del self._calls[key]
            if call.done is not None:
                call.done.set()
        return result

    def _await_result(self, call: Call, done: threading.Event) -> Any:
        try:
            if not done.wait(self._start_waiting()):
                raise _busy()
        finally:
            self._stop_waiting()
        return call.outcome()

    @property
    def permits_in_use(self) -> int:
        """How many permits are in use at this moment."""
        return self.max_concurrent - self.free.qsize()

    def wait_for_permit(self) -> None:
        """Wait until a permit comes free, and take it. Raises Busy."""
        try:
            self.free.get(timeout=self._start_waiting())
        except queue.Empty:
            raise _busy() from None
        finally:
            self._stop_waiting()

    def _start_waiting(self) -> float:
        """Count one more waiting request, until `_stop_waiting`; return how many seconds it may wait."""
        with self._lock:
            self.waiting += 1
            return self.short_wait_s if self.waiting > self.many_waiting else self.wait_s

    def _stop_waiting(self) -> None:
        with self._lock:
            self.waiting -= 1


class Permit:
    """A permit to compute, for the length of a block. Raises Busy when none comes free in time.

    A class costs a fraction of `contextmanager`; it has no state of its own, so one instance serves all.
    """

    __slots__ = ("single_flight",)

    def __init__(self, single_flight: SingleFlight) -> None:
        self.single_flight = single_flight

    def __enter__(self) -> None:
        try:
            self.single_flight.free.get_nowait()
        except queue.Empty:
            self.single_flight.wait_for_permit()

    def __exit__(self, *_error: object) -> None:
        self.single_flight.free.put(None)


class HeldLock:
    """A lock for the length of a block."""

    __slots__ = ("lock", "number", "seconds", "waited")

    def __init__(self, lock: "InterProcessLock", number: int, seconds: float) -> None:
        self.lock, self.number, self.seconds = lock, number, seconds
        self.waited = False
        """Whether another process held it when this one asked."""

    def __enter__(self) -> "HeldLock":
        lock = self.lock
        try:
            fcntl.lockf(lock.file or lock.open(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self.number)
        except OSError:
            self.waited = True
            lock.wait(self.number, self.seconds)
        return self

    def __exit__(self, *_error: object) -> None:
        fcntl.lockf(self.lock.file, fcntl.LOCK_UN, 1, self.number)

    def is_contended(self) -> bool:
        """Tell whether a process has waited since the last call, perhaps for another lock that shares the flag."""
        flags, flag = self.lock.flags, self.number % _FLAG_BYTES
        if not flags[flag]:
            return False
        flags[flag] = 0
        return True


class InterProcessLock:
    """Locks of numbers among the processes of a machine.

    Each lock is one byte of a file, locked with fcntl. A waiting process sets a flag in the file's first bytes, which
    all processes map into memory: every missing tile reads its flag, and two more system calls would cost as much as
    the lock. Several locks share a flag, so it may be set for another lock, but it is never missing for long: a waiting
    process keeps setting it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = 0
        self.flags: mmap.mmap
        self._opening = threading.Lock()

    def held(self, number: int, seconds: float) -> HeldLock:
        """Hold the lock of a number below LOCK_NUMBERS, in a `with`. Raises Busy after `seconds`.

        The threads of a process do not exclude each other here: `SingleFlight` does that. A forked child inherits no
        locks, and may go on using its parent's file.
        """
        return HeldLock(self, number, seconds)

    def open(self) -> int:
        """Open the file once; return its descriptor."""
        with self._opening:
            if not self.file:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                os.ftruncate(file, _FLAG_BYTES)
                self.flags = mmap.mmap(file, _FLAG_BYTES)
                self.file = file
            return self.file

    def wait(self, number: int, seconds: float) -> None:
        """Wait for a lock that another process holds, and set its flag meanwhile. Raises Busy."""
        deadline = time.monotonic() + seconds
        pause = 0.0005
        while True:
            self.flags[number % _FLAG_BYTES] = 1
            with contextlib.suppress(OSError):
                fcntl.lockf(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
                return
            if time.monotonic() > deadline:
                raise _busy()
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)
