"""What is kept in memory stays within its bound, and the most asked for stays longest."""

import gzip
import os
import time
from pathlib import Path

import pytest

from tiles.cache.change_log import Change, KnownChanges
from tiles.cache.content_encoding import COMPRESS, SMALL, decompress, negotiated
from tiles.cache.memory import OVERHEAD_BYTES, RECOMPRESS_AFTER, RECOMPRESSOR, Entry, Memory, Sources, recompress
from tiles.cache.shared_store import FileStore
from tiles.cache.watched_tables import TIMELINE_BITS

HERE = (0.0, 0.0, 1.0, 1.0)


def here():
    return HERE


def entry(size=1000, checked=0, **sources):
    behind = Sources(sources.get("located", ("rows",)), sources.get("anywhere", ()))
    return Entry("tag", {"gzip": b"x" * size}, behind, here, checked)


def known(*changes):
    """`changes`: table, number, boxes."""
    change_log = KnownChanges()
    for table, number, boxes in changes:
        change_log.add(table, number, boxes)
    return change_log


def test_memory_keeps_to_its_bound():
    memory = Memory(max_bytes=50_000)
    for index in range(100):
        memory.put(index, entry())
    assert memory.bytes <= 50_000
    assert 10 < len(memory) < 20
    assert memory.get(99) is not None
    assert memory.get(0) is None


def test_what_is_asked_for_gets_a_second_chance():
    memory = Memory(max_bytes=50_000)
    memory.put("asked", entry())
    for index in range(30):
        memory.get("asked")
        memory.put(index, entry())
    assert memory.get("asked") is not None
    assert memory.get(0) is None


def test_putting_the_same_again_counts_once():
    memory = Memory(max_bytes=50_000)
    for _ in range(10):
        memory.put("same", entry())
    assert (len(memory), memory.bytes) == (1, OVERHEAD_BYTES + 2 * 1000)


def test_a_tile_larger_than_the_bound_is_kept_alone():
    memory = Memory(max_bytes=1000)
    memory.put("a", entry())
    memory.put("b", entry(5000))
    assert (memory.get("a"), len(memory)) == (None, 1)


@pytest.mark.parametrize(
    ("change", "fresh"),
    [
        (("rows", 5, [0.5, 0.5, 0.6, 0.6]), False),
        (("rows", 5, [1.0, 1.0, 2.0, 2.0]), False),
        (("rows", 5, [2.0, 2.0, 3.0, 3.0]), True),
        (("rows", 5, [2.0, 2.0, 3.0, 3.0, -5.0, -5.0, 5.0, 5.0]), False),
        (("rows", 5, None), False),
        (("rows", 5, []), True),
        (("rows", 5, [float("nan")] * 4), False),
        (("areas", 5, [2.0, 2.0, 3.0, 3.0]), False),
        (("others", 5, None), True),
    ],
)
def test_a_tile_is_fresh_until_a_change_meets_it(change, fresh):
    tile = entry(checked=4, anywhere=("areas",))
    assert tile.is_fresh(known(change)) is fresh


def test_where_a_tile_lies_is_worked_out_only_when_its_tables_change():
    def unasked():
        raise AssertionError("asked")

    tile = Entry("tag", {"gzip": b"x"}, Sources(("rows",), ()), unasked, 4)
    assert tile.is_fresh(known(("others", 5, [0.5, 0.5, 0.6, 0.6])))
    with pytest.raises(AssertionError, match="asked"):
        tile.is_fresh(known(("rows", 6, [0.5, 0.5, 0.6, 0.6])))


def test_a_change_that_a_tile_already_has_does_not_count():
    assert entry(checked=5).is_fresh(known(("rows", 5, None)))


def test_a_tile_of_another_history_is_not_fresh():
    assert not entry(checked=9).is_fresh(known(("rows", 5, [])))


def test_after_a_failover_nothing_that_was_made_before_is_fresh():
    """The old primary had numbered a change that never came to the new one, and a tile was made with it."""
    lost, first = (1 << TIMELINE_BITS) + 105, (2 << TIMELINE_BITS) + 137
    before = known(("rows", (1 << TIMELINE_BITS) + 104, None))
    assert not entry(checked=lost).is_fresh(before), "the new primary has not come so far"
    after = known(("rows", (1 << TIMELINE_BITS) + 104, None), ("others", first, None))
    assert not entry(checked=lost).is_fresh(after)
    assert entry(checked=first).is_fresh(after)


def test_what_is_forgotten_counts_as_met():
    change_log = known(("rows", 5, [2.0, 2.0, 3.0, 3.0]))
    change_log.horizon = 5
    assert not entry(checked=4).is_fresh(change_log)
    assert entry(checked=4, located=("others",)).is_fresh(change_log)


def test_old_changes_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr("tiles.cache.change_log.MAX_CHANGES", 10)
    change_log = known(*(("rows", number, [2.0, 2.0, 3.0, 3.0]) for number in range(1, 20)))
    change_log.forget_old()
    assert change_log.count == len(change_log.changes["rows"]) <= 10
    assert not entry(checked=1).is_fresh(change_log)
    assert entry(checked=change_log.horizon).is_fresh(change_log)


def test_change_meets_what_it_touches():
    assert Change(1, ((0, 0, 1, 1),)).meets((1, 1, 2, 2))
    assert not Change(1, ((0, 0, 1, 1),)).meets((1.1, 0, 2, 1))


def test_each_packing_is_made_once(monkeypatch):
    calls = []
    tile = Entry("tag", {"gzip": COMPRESS["gzip"](b"content")}, Sources((), ()), here, 0)
    monkeypatch.setitem(COMPRESS, "zstd", lambda content: calls.append(content) or b"packed")
    assert [tile.body("zstd") for _ in range(3)] == [b"packed"] * 3
    assert calls == [b"content"]
    assert tile.body("") == b"content"


CONTENT = "".join(f"water point {n * 7919 % 1009} class {n % 6} of town {n * n % 17};" for n in range(3000)).encode()


def test_tighter_is_smaller_and_the_same():
    tile = Entry("tag", {"gzip": COMPRESS["gzip"](CONTENT)}, Sources((), ()), here, 0)
    before = {name: len(tile.body(name)) for name in ("gzip", "zstd", "br")}
    recompress(tile)
    assert all(len(tile.bodies[name]) <= before[name] for name in before)
    assert sum(len(tile.bodies[name]) for name in before) < sum(before.values())
    assert decompress(tile.bodies["gzip"]) == CONTENT


def test_a_tile_asked_for_often_is_handed_over_once(monkeypatch):
    handed = []
    monkeypatch.setattr(RECOMPRESSOR, "submit", handed.append)
    memory = Memory()
    memory.put("tile", entry())
    for _ in range(3 * RECOMPRESS_AFTER):
        memory.get("tile")
    assert len(handed) == 1


def test_the_tightener_works_behind_everybodys_back():
    tile = Entry("tag", {"gzip": COMPRESS["gzip"](CONTENT)}, Sources((), ()), here, 0)
    loose = len(tile.bodies["gzip"])
    RECOMPRESSOR.submit(tile)
    deadline = time.monotonic() + 5
    while len(tile.bodies["gzip"]) == loose and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(tile.bodies["gzip"]) < loose
    assert decompress(tile.bodies["gzip"]) == CONTENT


def test_an_empty_tile_stays_empty():
    tile = Entry("tag", {"gzip": b""}, Sources((), ()), here, 0)
    recompress(tile)
    assert tile.bodies == {"gzip": b""}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=1.0", "gzip"),
        ("identity", ""),
        ("", ""),
        ("gzip;q=0", ""),
        ("zstd;q=nonsense, gzip", "gzip"),
        ("*", "zstd"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
    ],
)
def test_the_encoding_is_the_clients_choice(accepted, encoding):
    assert negotiated(accepted) == encoding


@pytest.mark.parametrize("size", [1, SMALL, SMALL + 1, 5_000])
def test_every_size_is_valid_gzip_and_the_same_each_time(size):
    content = CONTENT[:size]
    packed = COMPRESS["gzip"](content)
    assert gzip.decompress(packed) == content
    assert packed == COMPRESS["gzip"](content)
    assert len(packed) <= size + 30


@pytest.mark.parametrize(
    ("size", "accepted", "encoding"),
    [
        (SMALL // 2, "gzip, deflate, br, zstd", "gzip"),
        (SMALL // 2, "br", "br"),
        (SMALL // 2, "gzip;q=0, br", "br"),
        (SMALL // 2, "", ""),
        (5_000, "gzip, deflate, br, zstd", "zstd"),
    ],
)
def test_a_small_tile_goes_out_as_it_lies_there(size, accepted, encoding):
    tile = Entry("tag", {"gzip": COMPRESS["gzip"](os.urandom(size))}, Sources((), ()), here, 0)
    assert tile.for_client(accepted) == (encoding, tile.bodies[encoding])


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "tiles", {"OPTIONS": {"MOST_BYTES": 10_000}})


def test_the_store_gives_back_what_it_was_given(store):
    assert store.get("ab12") is None
    store.set("ab12", ("tag", b"body", 7), 60)
    assert store.get("ab12") == ("tag", b"body", 7)
    assert store.delete("ab12") is True
    assert store.get("ab12", "gone") == "gone"


def test_half_a_file_is_nothing(store):
    store.set("ab12", "x" * 500)
    path = Path(store._path("ab12", None))
    path.write_bytes(path.read_bytes()[:100])
    assert store.get("ab12") is None


def test_the_store_sweeps_down_to_its_bound(store):
    for index in range(40):
        store.set(f"{index:04x}", b"x" * 500)
    store.sweep()
    files = list(store.folder.glob("*/*"))
    assert 0 < sum(path.stat().st_size for path in files) <= 9_000


def test_a_store_that_cannot_write_is_only_a_cold_one(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = FileStore(tmp_path / "file", {})
    store.set("ab12", 1)
    assert store.get("ab12") is None
