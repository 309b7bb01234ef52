"""Cancels a tile's query when every client that waited for it has disconnected.

WSGI does not report a disconnected client, and granian does not expose the socket. But a process can inspect its own
sockets: while a request is under way, its socket is one that is connected to the client's address and on which
nothing has been sent since the request came in. When there is no such socket left, the client has gone for certain.
Another waiting connection from the same address keeps the query alive, so the check errs only toward letting a query
run to its time limit. HTTP/2, which shares a socket among requests, is not watched, nor is any system without
Linux's TCP_INFO.
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
"""Seconds before a query is first checked; most tiles are done by then."""
LOOK_EVERY_S = 0.1
TOLERANCE_S = 0.05
_ESTABLISHED = 1
# struct tcp_info (linux/tcp.h): state, then from byte 44 on milliseconds since data was last sent and received.
_STATE = struct.Struct("=B")
_AGES = struct.Struct("=III")
_AGES_AT = 44


@dataclass(slots=True)
class WaitingClient:
    """A client that waits for an answer: address of the connection's other end, and since when (monotonic seconds)."""

    address: str
    since: float


class ThreadState(threading.local):
    """The clients that this thread works for. Set and reset by hand at every missing tile: a `with` block would cost
    more than all the rest of this module."""

    client: WaitingClient | None = None
    """The client of the request that this thread answers."""
    clients: list[WaitingClient | None] | None = None
    """All clients that wait for the tile this thread renders; the list may grow meanwhile."""


thread = ThreadState()


@dataclass(eq=False, slots=True)
class RunningQuery:
    """A query under way and the clients that wait for it."""

    connection: Any
    clients: list[WaitingClient | None]
    since: float


def client_of(environ: dict[str, Any]) -> WaitingClient | None:
    """Return the client of a request; None when its disconnect cannot be detected."""
    if sys.platform != "linux" or not str(environ.get("SERVER_PROTOCOL", "")).startswith("HTTP/1"):
        return None
    address = environ.get("REMOTE_ADDR")
    return WaitingClient(address, time.monotonic()) if address else None


class DisconnectWatcher:
    """One thread per process, awake while queries run."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start empty: a forked child has neither its parent's thread nor its queries."""
        self._running: list[RunningQuery] = []
        self._lock = threading.Lock()
        self._has_queries = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, connection: Any) -> RunningQuery | None:
        """Watch the query of `connection`: cancel it when all clients of this thread's tile have disconnected.

        Return what `remove` takes; None when a disconnect cannot be detected.
        """
        clients = thread.clients
        if not clients or None in clients:
            return None
        running = RunningQuery(connection, clients, time.monotonic())
        with self._lock:
            self._running.append(running)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tiles-disconnects", daemon=True)
                self._thread.start()
        if not self._has_queries.is_set():
            self._has_queries.set()
        return running

    def remove(self, running: RunningQuery) -> None:
        """End the watch of a finished query. Under the lock, so that no later query on its connection is cancelled."""
        with self._lock:
            if running in self._running:
                self._running.remove(running)

    def _work(self) -> None:
        while True:
            self._has_queries.wait()
            time.sleep(LOOK_EVERY_S)
            try:
                self._look()
            except Exception:
                logger.exception("the clients' sockets could not be checked")

    def _look(self) -> None:
        with self._lock:
            if not self._running:
                self._has_queries.clear()
            slow_queries = [query for query in self._running if time.monotonic() - query.since > LOOK_AFTER_S]
            sockets = list(own_sockets()) if slow_queries else []
            for query in slow_queries:
                if all(client is not None and not is_waiting(client, sockets) for client in list(query.clients)):
                    self._running.remove(query)
                    count("cancelled")
                    query.connection.cancel()


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of one of this process's connections."""

    address: str
    is_open: bool
    sent_ago_s: float
    received_ago_s: float


def is_waiting(client: WaitingClient, sockets: list[Peer]) -> bool:
    """Tell whether one of the connections may be this client's, still open and without an answer."""
    waiting_s = time.monotonic() - client.since
    return any(
        peer.is_open
        and peer.address == client.address
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


WATCHER = DisconnectWatcher()
os.register_at_fork(after_in_child=WATCHER.reset)
