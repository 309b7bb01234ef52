"""Stops a tile's query when nobody waits for it any more.

WSGI does not tell an application that its client has gone, and granian names no socket. But the process can look at
its own sockets: while a request is under way, its socket is one that is connected to the asker's address and on
which nothing has been sent since the request came in. When there is none left, the client has gone for certain.
Another connection of the same address that also waits keeps the query alive, so the look errs only toward
letting a query run on to its time limit. HTTP/2, which shares a socket among requests, is left alone, and so is
every system without Linux's TCP_INFO.
"""

import logging
import os
import socket
import stat
import struct
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tiles.cache.metrics import count

logger = logging.getLogger(__name__)
LOOK_AFTER_S = 0.1
"""Most tiles are done before anybody looks."""
LOOK_EVERY_S = 0.1
TOLERANCE_S = 0.05
_ESTABLISHED = 1
# struct tcp_info (linux/tcp.h): state, then from byte 44 on milliseconds since data was last sent and received.
_STATE = struct.Struct("=B")
_AGES = struct.Struct("=III")
_AGES_AT = 44


@dataclass(slots=True)
class Asker:
    """Who waits for an answer: the address of the connection's other end, and since when (monotonic)."""

    address: str
    since: float


class Here(threading.local):
    """For whom this thread works. Whoever sets it puts it back: a missing tile comes by so often that `with` would cost
    more than all the rest of this."""

    asker: Asker | None = None
    """Who asked for what this thread answers."""
    askers: list[Asker | None] | None = None
    """All who wait for what this thread makes; the list may grow meanwhile."""


here = Here()


@dataclass(eq=False, slots=True)
class Running:
    """A query under way and those who wait for it."""

    connection: Any
    askers: list[Asker | None]
    since: float


def asker_of(environ: dict[str, Any]) -> Asker | None:
    """Return who waits for the answer to a request; None when it cannot be told when she leaves."""
    if sys.platform != "linux" or not str(environ.get("SERVER_PROTOCOL", "")).startswith("HTTP/1"):
        return None
    address = environ.get("REMOTE_ADDR")
    return Asker(address, time.monotonic()) if address else None


class Watch:
    """One thread per process, awake while queries run."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """Forget everything: a child has neither its parent's thread nor her queries."""
        self._running: list[Running] = []
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, connection: Any) -> Running | None:
        """From now on cancel the query of `connection` when all who wait for what this thread makes have left.

        Return what `remove` wants; None when it cannot be told who leaves.
        """
        askers = here.askers
        if not askers or None in askers:
            return None
        running = Running(connection, askers, time.monotonic())
        with self._lock:
            self._running.append(running)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tiles-leaving", daemon=True)
                self._thread.start()
        if not self._something.is_set():
            self._something.set()
        return running

    def remove(self, running: Running) -> None:
        """The query is over. Under the lock: none that comes later on its connection may be hit."""
        with self._lock:
            if running in self._running:
                self._running.remove(running)

    def _work(self) -> None:
        while True:
            self._something.wait()
            time.sleep(LOOK_EVERY_S)
            try:
                self._look()
            except Exception:
                logger.exception("could not see who has left")

    def _look(self) -> None:
        with self._lock:
            if not self._running:
                self._something.clear()
            slow = [one for one in self._running if time.monotonic() - one.since > LOOK_AFTER_S]
            sockets = list(own_sockets()) if slow else []
            for one in slow:
                if all(asker is not None and not waits(asker, sockets) for asker in list(one.askers)):
                    self._running.remove(one)
                    count("cancelled")
                    one.connection.cancel()


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of one of this process's connections."""

    address: str
    is_open: bool
    sent_ago_s: float
    received_ago_s: float


def waits(asker: Asker, sockets: list[Peer]) -> bool:
    """Tell whether one of the connections may be hers, still open and without an answer."""
    waiting_s = time.monotonic() - asker.since
    return any(
        peer.is_open
        and peer.address == asker.address
        and peer.sent_ago_s >= waiting_s - TOLERANCE_S
        and peer.received_ago_s <= peer.sent_ago_s
        for peer in sockets
    )


def own_sockets() -> Iterator[Peer]:
    """Yield the TCP connections of this process."""
    for name in os.listdir("/proc/self/fd"):
        try:
            number = int(name)
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            # A copy: the original belongs to the server and may close at any moment.
            with socket.socket(fileno=os.dup(number)) as copy:
                if copy.family not in (socket.AF_INET, socket.AF_INET6) or copy.type != socket.SOCK_STREAM:
                    continue
                address = copy.getpeername()[0]
                info = copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _AGES_AT + _AGES.size)
        except OSError:
            continue
        sent_ms, _, received_ms = _AGES.unpack_from(info, _AGES_AT)
        is_open = _STATE.unpack_from(info)[0] == _ESTABLISHED
        yield Peer(address.removeprefix("::ffff:"), is_open, sent_ms / 1000, received_ms / 1000)


WATCH = Watch()
os.register_at_fork(after_in_child=WATCH.start_anew)
