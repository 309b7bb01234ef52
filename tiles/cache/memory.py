"""Tiles in this process's memory, ready to send, and what tells whether they are still right."""

import contextlib
import logging
import os
import queue
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from tiles.cache.change_log import Box, Known
from tiles.cache.content_encoding import GZIP, PACK, SMALL, TIGHT, chosen, chosen_small, unpack

logger = logging.getLogger(__name__)
MEMORY_BYTES = 128 * 1024 * 1024
OFTEN = 8
"""A tile that was asked for so often is worth packing tighter."""
OVERHEAD_BYTES = 2_000
"""What an entry costs beside its bodies, about."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The tables that a tileset is made from, for one audience."""

    places: tuple[str, ...]
    """Their rows are drawn where they are: a change counts where its boxes are."""
    anywhere: tuple[str, ...]
    """Their rows may show anywhere: any change counts."""


@dataclass(eq=False, slots=True, weakref_slot=True)
class Entry:
    """One finished tile. `bodies` holds each packing that was asked for; gzip is always there."""

    etag: str
    bodies: dict[str, bytes]
    sources: Sources
    box: Callable[[], Box]
    """Gives the bounds (degrees) within which a change counts; asked only when one comes, for most tiles never."""
    checked: int
    """The number up to which no change met this tile."""
    used: bool = False
    asked: int = 0
    size: int = field(default=0)
    tag: str = field(init=False)
    """The ETag: weak, because the same tile goes out in several packings."""
    outgoing: dict[str, tuple[list[tuple[str, str]], bytes]] = field(default_factory=dict)
    """Headers and body that are ready to send, by what the client takes."""

    def __post_init__(self) -> None:
        self.tag = f'W/"{self.etag}"'

    @property
    def is_empty(self) -> bool:
        return not self.bodies[GZIP]

    def is_fresh(self, known: Known) -> bool:
        """Tell whether nothing that this tile is made from has changed within its bounds."""
        if self.checked == known.latest:
            return True
        latest = known.latest  # before the look: what comes during it is looked at next time
        behind = self.sources
        if known.changed((*behind.places, *behind.anywhere), self.checked) and known.touched(
            behind.places, behind.anywhere, self.box(), self.checked
        ):
            return False
        self.checked = latest
        return True

    def for_client(self, accepted: str) -> tuple[str, bytes]:
        """Return the encoding for an Accept-Encoding header, and the bytes in it."""
        encoding = (chosen if len(self.bodies[GZIP]) > SMALL else chosen_small)(accepted)
        return encoding, self.body(encoding)

    def body(self, encoding: str) -> bytes:
        """Return the bytes in an encoding; packed when it is first asked for, and kept."""
        body = self.bodies.get(encoding)
        if body is None:
            body = self.bodies[encoding] = PACK[encoding](unpack(self.bodies[GZIP]))
        return body


class Tightener:
    """Packs tiles tighter, one after the other, on a thread of low priority: nobody waits for it."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Entry] = queue.Queue(maxsize=200)
        self._thread: threading.Thread | None = None
        self._owner = 0
        self._starting = threading.Lock()

    def submit(self, entry: Entry) -> None:
        """Ask for an entry to be packed tighter; when too many wait it stays as it is."""
        with self._starting:
            if self._thread is None or self._owner != os.getpid():
                self._owner = os.getpid()
                self._thread = threading.Thread(target=self._work, name="tiles-tightener", daemon=True)
                self._thread.start()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(entry)

    def _work(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)
        while True:
            entry = self._waiting.get()
            try:
                tighten(entry)
            except Exception:
                logger.exception("tile %s could not be packed tighter", entry.etag)


def tighten(entry: Entry) -> None:
    """Pack what is there again, smaller. The ETag is weak and of the content, so it stays."""
    for encoding, body in list(entry.bodies.items()):
        if body and encoding in TIGHT:
            tight = TIGHT[encoding](unpack(entry.bodies[GZIP]))
            if len(tight) < len(body):
                entry.bodies[encoding] = tight
    entry.outgoing.clear()


TIGHTENER = Tightener()


class Memory:
    """Entries up to a number of bytes. Those not asked for since the last sweep go first.

    Reading takes no lock: a dictionary's `get` is atomic, and `used` may be set by anybody.
    """

    def __init__(self, most_bytes: int = MEMORY_BYTES) -> None:
        self.most_bytes = most_bytes
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
        """Count an entry as asked for."""
        entry.used = True
        entry.asked += 1
        if entry.asked == OFTEN:
            TIGHTENER.submit(entry)

    def put(self, key: Hashable, entry: Entry) -> None:
        """Keep an entry. Room is reckoned for a second packing, which may come later."""
        entry.size = OVERHEAD_BYTES + 2 * sum(map(len, entry.bodies.values()))
        with self._lock:
            self._drop(key)
            self._entries[key] = entry
            self.bytes += entry.size
            while self.bytes > self.most_bytes and len(self._entries) > 1:
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
