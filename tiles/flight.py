"""One computation for a missing tile however many ask, a bounded number of them at once, and no endless waiting.

In a process the askers of one tile share one flight. The processes of a machine exclude each other by a lock on a
byte of one file, which the system takes back when a process dies. Processes on other machines compute for themselves.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import Busy
from tiles import leaving
from tiles.metrics import count

AT_ONCE = 4
"""Tile queries of one process at the same time."""
WAIT_S = 6.0
"""So long somebody waits for a place or for another's computation; just over the time limit of a query."""
CROWD = 8
"""When so many of a process wait already, the next ones wait only briefly, so that threads stay free for warm tiles:
with AT_ONCE fewer than the web server has in a process (`ops/run.py`)."""
BRIEF_S = 0.5
_WANTED = 1 << 61


def _busy() -> Busy:
    count("busy")
    return Busy(_("瓦片服务繁忙，请稍后重试。"), code="tiles-busy")


class Flight:
    """One computation under way, and who waits for it."""

    def __init__(self) -> None:
        self.askers: list[leaving.Asker | None] = []
        self.done = threading.Event()
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
        self._places = threading.BoundedSemaphore(at_once)
        self._flights: dict[Any, Flight] = {}
        self._lock = threading.Lock()

    def fly(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what `make` returns, made once for all who ask at the same time. Raises Busy, or what it raises."""
        with self._lock:
            flight = self._flights.get(key)
            mine = flight is None
            if flight is None:
                flight = self._flights[key] = Flight()
            flight.askers.append(leaving.present())
        if not mine:
            return self._passenger(flight)
        try:
            with leaving.making_for(flight.askers):
                flight.result = make()
        except Exception as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
            flight.done.set()
        return flight.result

    def _passenger(self, flight: Flight) -> Any:
        with self._patience() as seconds:
            if not flight.done.wait(seconds):
                raise _busy()
        return flight.land()

    def place(self) -> "Place":
        """Hold one of the few places for computations, in a `with`. Raises Busy when none comes free in time."""
        return Place(self)

    def take_place(self) -> None:
        """Wait for a place. Raises Busy."""
        if not self._places.acquire(blocking=False):
            with self._patience() as seconds:
                if not self._places.acquire(timeout=seconds):
                    raise _busy()

    def leave_place(self) -> None:
        self._places.release()

    @contextmanager
    def _patience(self) -> Iterator[float]:
        """Count somebody as waiting; the seconds she may."""
        with self._lock:
            self.waiting += 1
            crowded = self.waiting > self.crowd
        try:
            yield self.brief_s if crowded else self.wait_s
        finally:
            with self._lock:
                self.waiting -= 1


class Place:
    """One of a tower's places, for the length of a block. A class costs a fraction of `contextmanager`."""

    __slots__ = ("tower",)

    def __init__(self, tower: Tower) -> None:
        self.tower = tower

    def __enter__(self) -> None:
        self.tower.take_place()

    def __exit__(self, *_error: object) -> None:
        self.tower.leave_place()


@dataclass(slots=True)
class Held:
    """A lock that is held."""

    descriptor: int
    place: int
    waited: bool
    """Whether another process had it before."""

    def is_wanted(self) -> bool:
        """Tell whether another process waits for it now."""
        wanted = self.place + _WANTED
        if not _take(self.descriptor, wanted, fcntl.LOCK_EX):
            return True
        fcntl.lockf(self.descriptor, fcntl.LOCK_UN, 1, wanted)
        return False


class MachineLock:
    """Locks of names among the processes of a machine: each is a byte of one file, and a second byte says who waits."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1
        self._owner = 0
        self._opening = threading.Lock()

    def _descriptor(self) -> int:
        with self._opening:
            if self._owner != os.getpid():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                self._owner = os.getpid()
            return self._file

    @contextmanager
    def held(self, name: str, seconds: float) -> Iterator[Held]:
        """Hold the lock of a hexadecimal name. Raises Busy after `seconds`.

        The threads of a process do not exclude each other here: that is what flights are for.
        """
        place = int(name[:15], 16)
        descriptor = self._descriptor()
        waited = not _take(descriptor, place, fcntl.LOCK_EX)
        if waited:
            _wait(descriptor, place, seconds)
        try:
            yield Held(descriptor, place, waited)
        finally:
            fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, place)


def _wait(descriptor: int, place: int, seconds: float) -> None:
    """Ask again and again, and let the holder know that somebody does."""
    deadline = time.monotonic() + seconds
    pause = 0.0005
    _take(descriptor, place + _WANTED, fcntl.LOCK_SH)
    try:
        while not _take(descriptor, place, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise _busy()
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)
    finally:
        fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, place + _WANTED)


def _take(descriptor: int, place: int, kind: int) -> bool:
    try:
        fcntl.lockf(descriptor, kind | fcntl.LOCK_NB, 1, place)
    except OSError:
        return False
    return True
