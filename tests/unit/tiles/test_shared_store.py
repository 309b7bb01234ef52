"""What is kept for other processes: tiles that take long, those that somebody waits for, and no others."""

import subprocess
import sys

import pytest

from tiles.cache import lookup as cache
from tiles.cache.change_log import KnownChanges
from tiles.cache.memory import Memory
from tiles.cache.render_times import RenderTimes
from tiles.cache.shared_store import FileStore
from tiles.cache.single_flight import InterProcessLock
from tiles.grids.address import TileAddress

ORIGIN = cache.Origin("0123456789abcdef" * 2)
TILES = [TileAddress(14, 1000 + index, 7) for index in range(5)]


class Store(FileStore):
    asked = 0

    def get(self, *args, **named):
        self.asked += 1
        return super().get(*args, **named)


class Process:
    """What a process has for itself, and one store for all of them."""

    def __init__(self, monkeypatch, tmp_path):
        self.monkeypatch, self.made, self.lock = monkeypatch, [], tmp_path / "lock"
        self.store = Store(tmp_path / "tiles", {})
        monkeypatch.setattr(cache, "caches", {"tiles": self.store})
        self.restart()

    def restart(self):
        for name, fresh in {
            "MEMORY": Memory(),
            "RENDER_TIMES": RenderTimes(),
            "TILE_LOCKS": InterProcessLock(self.lock),
        }.items():
            self.monkeypatch.setattr(cache, name, fresh)

    def find(self, tile, content=b"tile"):
        return cache.find(ORIGIN, tile, lambda: self.made.append(tile) or content, KnownChanges())


@pytest.fixture
def process(monkeypatch, tmp_path):
    return Process(monkeypatch, tmp_path)


def test_what_took_long_is_there_after_a_restart(process, monkeypatch):
    monkeypatch.setattr(cache, "STORE_FROM_S", 0.0)
    tag = process.find(TILES[0]).tag
    process.restart()
    assert process.find(TILES[0], b"another").tag == tag
    assert process.made == [TILES[0]]


def test_what_was_quick_is_neither_written_down_nor_looked_for(process, monkeypatch):
    monkeypatch.setattr(cache, "STORE_FROM_S", 60.0)
    for tile in TILES:
        process.find(tile)
    assert process.made == TILES
    assert process.store.asked == 1, "for the first of its kind"
    assert not process.store._files()


def test_after_a_slow_one_the_next_of_its_kind_are_looked_for_too(process, monkeypatch):
    monkeypatch.setattr(cache, "STORE_FROM_S", 0.5)
    cache.RENDER_TIMES.record((ORIGIN.key, 14), 1.0)
    for tile in TILES:
        process.find(tile)
    assert process.store.asked == len(TILES)
    process.find(TileAddress(13, 1, 1))
    process.find(TileAddress(13, 1, 2))
    assert process.store.asked == len(TILES) + 1, "another zoom is another kind"


def test_what_somebody_waits_for_is_written_down_however_quick(process, monkeypatch):
    monkeypatch.setattr(cache, "STORE_FROM_S", 60.0)
    process.find(TILES[0])
    assert not process.store._files()
    cache.TILE_LOCKS.flags[cache._lock_number(ORIGIN, TILES[1]) % len(cache.TILE_LOCKS.flags)] = 1
    process.find(TILES[1])
    assert len(process.store._files()) == 1
    process.find(TILES[1])
    process.find(TILES[2])
    assert len(process.store._files()) == 1, "the flag is gone"


def test_the_lock_of_a_tile_is_the_same_in_every_process(process):
    # Python's hash of texts is not: it is salted anew at every start.
    assert cache._lock_number(ORIGIN, TILES[0]) == hash((0x0123456789ABCDEF0123456789ABCDEF, 14, 1000, 7)) % (1 << 60)
    assert len({cache._lock_number(ORIGIN, tile) for tile in TILES}) == len(TILES)


OTHER = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, int(sys.argv[2]))
"""


def lock_elsewhere(path, place):
    """Whether another process gets a lock, which is no question that a process can ask about its own."""
    done = subprocess.run([sys.executable, "-c", OTHER, path, str(place)], capture_output=True, text=True)
    assert done.returncode == 0 or "BlockingIOError" in done.stderr
    return done.returncode == 0


def test_a_tile_is_locked_while_it_is_made_and_not_after(process):
    free = []

    def make():
        free.append([lock_elsewhere(process.lock, cache._lock_number(ORIGIN, tile)) for tile in TILES[:2]])
        return b"tile"

    cache.find(ORIGIN, TILES[0], make, KnownChanges())
    assert free == [[False, True]]
    assert lock_elsewhere(process.lock, cache._lock_number(ORIGIN, TILES[0]))
