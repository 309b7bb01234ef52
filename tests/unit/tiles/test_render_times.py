"""The slowest tile of late counts, and fades."""

import math

from tiles.cache.render_times import MOST_KINDS, Pace


def test_a_kind_that_nobody_knows_counts_as_slow():
    assert Pace().slowest("new") == math.inf


def test_one_slow_tile_counts_for_a_while_and_not_for_ever():
    pace = Pace()
    pace.took("kind", 1.0)
    for _ in range(10):
        pace.took("kind", 0.001)
    assert pace.slowest("kind") > 0.5
    for _ in range(200):
        pace.took("kind", 0.001)
    assert pace.slowest("kind") < 0.0011


def test_kinds_do_not_mix_and_do_not_pile_up():
    pace = Pace()
    pace.took("slow", 1.0)
    pace.took("quick", 0.001)
    assert (pace.slowest("slow"), pace.slowest("quick")) == (1.0, 0.001)
    for number in range(3 * MOST_KINDS):
        pace.took(number, 1.0)
    assert len(pace._seconds) <= MOST_KINDS
