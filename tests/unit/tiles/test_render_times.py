"""The slowest tile of late counts, and fades."""

import math

from tiles.cache.render_times import MAX_KINDS, RenderTimes


def test_a_kind_that_nobody_knows_counts_as_slow():
    assert RenderTimes().slowest("new") == math.inf


def test_one_slow_tile_counts_for_a_while_and_not_for_ever():
    render_times = RenderTimes()
    render_times.record("kind", 1.0)
    for _ in range(10):
        render_times.record("kind", 0.001)
    assert render_times.slowest("kind") > 0.5
    for _ in range(200):
        render_times.record("kind", 0.001)
    assert render_times.slowest("kind") < 0.0011


def test_kinds_do_not_mix_and_do_not_pile_up():
    render_times = RenderTimes()
    render_times.record("slow", 1.0)
    render_times.record("quick", 0.001)
    assert (render_times.slowest("slow"), render_times.slowest("quick")) == (1.0, 0.001)
    for number in range(3 * MAX_KINDS):
        render_times.record(number, 1.0)
    assert len(render_times._seconds) <= MAX_KINDS
