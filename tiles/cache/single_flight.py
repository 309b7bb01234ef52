"""One computation for a missing tile however many ask, a bounded number of them at once, and no endless waiting.

In a process the askers of one tile share one flight. The processes of a machine exclude each other by a lock on a
byte of one file, which the system takes back when a process dies. Processes on other machines compute for themselves.
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

AT_ONCE = 4
"""Tile queries of one process at the same time."""
WAIT_S = 6.0
"""So long somebody waits for a place or for another's computation; just over the time limit of a query."""
CROWD = 8
"""When so many of a process wait already, the next ones wait only briefly, so that threads stay free for warm tiles:
with AT_ONCE fewer than the web server has in a process (`ops/run.py`)."""
BRIEF_S = 0.5
PLACES = 1 << 60
"""Names of locks are whole numbers below this."""
_MARKS = 1 << 16


def _busy() -> Busy:
    count("busy")
    return Busy(_("瓦片服务繁忙，请稍后重试。"), code="tiles-busy")


class Flight:
    """One computation under way, and who waits for it."""

    __slots__ = ("askers", "done", "error", "result")

    def __init__(self) -> None:
        self.askers: list[disconnects.Asker | None] = []
        self.done: threading.Event | None = None
        """There is one as soon as somebody waits; most fly alone."""
        self.result: Any = None
        self.error: Exception | None = None

    def land(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.result


class Tower:
    """Keeps the flights of a process."""

    def __init__(self, at_once: int = AT_ONCE, crowd: int = CROWD, wait_s: float = WAIT_S, brief_s: float = BRIEF_S):
        self.crowd, self.wait_s, self.brief_s = crowd, wait_s, brief_s
        self.waiting = 0
        self.at_once = at_once
        self.place = Place(self)
        """One of the few places for computations, in a `with`."""
        # In a crowd every second tile waits here, and all other ways to wait are written in Python.
        self.free: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _place in range(at_once):
            self.free.put(None)
        self._flights: dict[Any, Flight] = {}
        self._lock = threading.Lock()

    def fly(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what `make` returns, made once for all who ask at the same time. Raises Busy, or what it raises."""
        with self._lock:
            flight, landing = self._flights.get(key), None
            if flight is None:
                flight = self._flights[key] = Flight()
            else:
                landing = flight.done = flight.done or threading.Event()
            flight.askers.append(disconnects.here.asker)
        if landing is not None:
            return self._passenger(flight, landing)
        try:
            disconnects.here.askers = flight.askers
            flight.result = make()
        except Exception as error:
            flight.error = error
            raise
        finally:
            disconnects.here.askers = None
            with self._lock:
                del self._flights[key]
            if flight.done is not None:
                flight.done.set()
        return flight.result

    def _passenger(self, flight: Flight, done: threading.Event) -> Any:
        try:
            if not done.wait(self._patience()):
                raise _busy()
        finally:
            self._waits_no_more()
        return flight.land()

    @property
    def taken(self) -> int:
        """How many places are taken at this moment."""
        return self.at_once - self.free.qsize()

    def wait_for_place(self) -> None:
        """Wait until one of the places comes free, and take it. Raises Busy."""
        try:
            self.free.get(timeout=self._patience())
        except queue.Empty:
            raise _busy() from None
        finally:
            self._waits_no_more()

    def _patience(self) -> float:
        """Count somebody as waiting, until `_waits_no_more`; the seconds she may."""
        with self._lock:
            self.waiting += 1
            return self.brief_s if self.waiting > self.crowd else self.wait_s

    def _waits_no_more(self) -> None:
        with self._lock:
            self.waiting -= 1


class Place:
    """One of a tower's places, for the length of a block. Raises Busy when none comes free in time.

    A class costs a fraction of `contextmanager`, and it holds nothing, so one serves all.
    """

    __slots__ = ("tower",)

    def __init__(self, tower: Tower) -> None:
        self.tower = tower

    def __enter__(self) -> None:
        try:
            self.tower.free.get_nowait()
        except queue.Empty:
            self.tower.wait_for_place()

    def __exit__(self, *_error: object) -> None:
        self.tower.free.put(None)


class Held:
    """A lock for the length of a block."""

    __slots__ = ("lock", "number", "seconds", "waited")

    def __init__(self, lock: "MachineLock", number: int, seconds: float) -> None:
        self.lock, self.number, self.seconds = lock, number, seconds
        self.waited = False
        """Whether another process had it before."""

    def __enter__(self) -> "Held":
        lock = self.lock
        try:
            fcntl.lockf(lock.file or lock.open(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self.number)
        except OSError:
            self.waited = True
            lock.wait(self.number, self.seconds)
        return self

    def __exit__(self, *_error: object) -> None:
        fcntl.lockf(self.lock.file, fcntl.LOCK_UN, 1, self.number)

    def is_wanted(self) -> bool:
        """Tell whether somebody has waited since this was last asked, perhaps for another lock of the same mark."""
        marks, mark = self.lock.marks, self.number % _MARKS
        if not marks[mark]:
            return False
        marks[mark] = 0
        return True


class MachineLock:
    """Locks of numbers among the processes of a machine.

    Each is a byte of one file, locked by the system. Who waits says so by a mark in the file's first bytes, which all
    map into memory: every missing tile asks for its mark, and two more questions to the system would cost as much as
    the lock. Several locks share a mark, so it can be there for another's sake, and never missing for long: who waits
    keeps setting it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = 0
        self.marks: mmap.mmap
        self._opening = threading.Lock()

    def held(self, number: int, seconds: float) -> Held:
        """Hold the lock of a number below PLACES, in a `with`. Raises Busy after `seconds`.

        The threads of a process do not exclude each other here: that is what flights are for. A child gets no locks
        from its parent, and may go on using her file.
        """
        return Held(self, number, seconds)

    def open(self) -> int:
        """Open the file, once; its descriptor."""
        with self._opening:
            if not self.file:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                os.ftruncate(file, _MARKS)
                self.marks = mmap.mmap(file, _MARKS)
                self.file = file
            return self.file

    def wait(self, number: int, seconds: float) -> None:
        """Wait for a lock that another process holds, and say so. Raises Busy."""
        deadline = time.monotonic() + seconds
        pause = 0.0005
        while True:
            self.marks[number % _MARKS] = 1
            with contextlib.suppress(OSError):
                fcntl.lockf(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
                return
            if time.monotonic() > deadline:
                raise _busy()
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)
