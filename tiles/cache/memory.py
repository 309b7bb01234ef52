"""Tiles in this process's memory, ready to send, and whether they are still fresh."""

import contextlib
import logging
import os
import queue
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from tiles.cache.change_log import Box, KnownChanges
from tiles.cache.content_encoding import (
    BEST_COMPRESSION,
    COMPRESS,
    GZIP,
    SMALL,
    decompress,
    negotiated,
    negotiated_small,
)

logger = logging.getLogger(__name__)
MEMORY_BYTES = 128 * 1024 * 1024
RECOMPRESS_AFTER = 8
"""A tile that was requested so often is worth compressing better."""
OVERHEAD_BYTES = 2_000
"""Approximate size of an entry beside its bodies."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The tables that a tileset is made from, for one audience."""

    located: tuple[str, ...]
    """Tables whose rows are drawn where they lie: a change counts within its boxes."""
    anywhere: tuple[str, ...]
    """Tables whose rows may show anywhere: any change counts."""


@dataclass(eq=False, slots=True, weakref_slot=True)
class Entry:
    """One finished tile. `bodies` holds each content encoding that was requested; gzip is always there."""

    etag: str
    bodies: dict[str, bytes]
    sources: Sources
    bounds: Callable[[], Box]
    """Returns the bounds (degrees) within which a change counts; called only when one comes, for most tiles never."""
    checked: int
    """The version up to which no change met this tile."""
    used: bool = False
    requests: int = 0
    size: int = field(default=0)
    tag: str = field(init=False)
    """The ETag: weak, because the same tile is sent in several encodings."""
    responses: dict[str, tuple[list[tuple[str, str]], bytes]] = field(default_factory=dict)
    """Headers and body ready to send, by the client's Accept-Encoding."""

    def __post_init__(self) -> None:
        self.tag = f'W/"{self.etag}"'

    @property
    def is_empty(self) -> bool:
        return not self.bodies[GZIP]

    def is_fresh(self, known: KnownChanges) -> bool:
        """Tell whether nothing that this tile is made from has changed within its bounds."""
        if self.checked == known.latest:
            return True
        latest = known.latest  # read first: what comes meanwhile is checked next time
        behind = self.sources
        if known.changed((*behind.located, *behind.anywhere), self.checked) and known.affects(
            behind.located, behind.anywhere, self.bounds(), self.checked
        ):
            return False
        self.checked = latest
        return True

    def for_client(self, accepted: str) -> tuple[str, bytes]:
        """Return the encoding for an Accept-Encoding header, and the bytes in it."""
        encoding = (negotiated if len(self.bodies[GZIP]) > SMALL else negotiated_small)(accepted)
        return encoding, self.body(encoding)

    def body(self, encoding: str) -> bytes:
        """Return the bytes in an encoding; compressed at the first request, and kept."""
        body = self.bodies.get(encoding)
        if body is None:
            body = self.bodies[encoding] = COMPRESS[encoding](decompress(self.bodies[GZIP]))
        return body


class Recompressor:
    """Compresses tiles better, one after the other, on a thread of low priority."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Entry] = queue.Queue(maxsize=200)
        self._thread: threading.Thread | None = None
        self._owner = 0
        self._starting = threading.Lock()

    def submit(self, entry: Entry) -> None:
        """Queue an entry for better compression; when the queue is full it stays as it is."""
        with self._starting:
            if self._thread is None or self._owner != os.getpid():
                self._owner = os.getpid()
                self._thread = threading.Thread(target=self._work, name="tiles-recompressor", daemon=True)
                self._thread.start()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(entry)

    def _work(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)
        while True:
            entry = self._waiting.get()
            try:
                recompress(entry)
            except Exception:
                logger.exception("tile %s could not be recompressed", entry.etag)


def recompress(entry: Entry) -> None:
    """Compress the entry's bodies again, smaller. The ETag is weak, so it stays."""
    for encoding, body in list(entry.bodies.items()):
        if body and encoding in BEST_COMPRESSION:
            tight = BEST_COMPRESSION[encoding](decompress(entry.bodies[GZIP]))
            if len(tight) < len(body):
                entry.bodies[encoding] = tight
    entry.responses.clear()


RECOMPRESSOR = Recompressor()


class Memory:
    """A cache of entries, bounded in bytes. Those not requested since the last sweep go first (CLOCK).

    Reading takes no lock: a dictionary's `get` is atomic, and any thread may set `used`.
    """

    def __init__(self, max_bytes: int = MEMORY_BYTES) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._entries: dict[Hashable, Entry] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Entry | None:
        entry = self._entries.get(key)
        if entry is not None:
            self.touch(entry)
        return entry

    def touch(self, entry: Entry) -> None:
        """Count a request for an entry."""
        entry.used = True
        entry.requests += 1
        if entry.requests == RECOMPRESS_AFTER:
            RECOMPRESSOR.submit(entry)

    def put(self, key: Hashable, entry: Entry) -> None:
        """Keep an entry. Room is reckoned for a second packing, which may come later."""
        entry.size = OVERHEAD_BYTES + 2 * sum(map(len, entry.bodies.values()))
        with self._lock:
            self._drop(key)
            self._entries[key] = entry
            self.bytes += entry.size
            while self.bytes > self.max_bytes and len(self._entries) > 1:
                self._make_room()

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.bytes = 0

    def _drop(self, key: Hashable) -> None:
        old = self._entries.pop(key, None)
        if old is not None:
            self.bytes -= old.size

    def _make_room(self) -> None:
        key, entry = next(iter(self._entries.items()))
        if entry.used:
            # A second chance, at the end of the queue.
            entry.used = False
            self._entries[key] = self._entries.pop(key)
        else:
            self._drop(key)


MEMORY = Memory()
