"""Upstream and downstream over a small network: a confluence in the middle of a reach, a fork, a lake, a loop."""

import pytest

from river_monitoring.network.graph import Link, Network

# 1 (1000 m) and 2 (500 m) join the middle of 3 (2000 m); 3 goes on as 4 (300 m) and forks at its middle into 5 (800 m).
LENGTHS = {1: 1000.0, 2: 500.0, 3: 2000.0, 4: 300.0, 5: 800.0, 9: 400.0}
LINKS = [Link(1, 3, joins_at=0.5), Link(2, 3, joins_at=0.5), Link(3, 4), Link(3, 5, leaves_at=0.5)]
PLACES = [(1, 0.25), (2, 0.9), (3, 0.25), (3, 0.75), (4, 0.5), (5, 0.5), (9, 0.5)]


@pytest.fixture
def network():
    return Network(LENGTHS, LINKS, PLACES)


def reached(found, but):
    return {place: metres for place, metres in found.items() if place in PLACES and place != but}


def test_downstream_follows_the_water_and_counts_metres_along_it(network):
    found = reached(network.downstream((1, 0.25)), (1, 0.25))
    assert found == {(3, 0.75): 750 + 500, (4, 0.5): 750 + 1000 + 150, (5, 0.5): 750 + 400}


def test_upstream_takes_in_what_joins_above_and_nothing_below(network):
    assert reached(network.upstream((3, 0.75)), (3, 0.75)) == {(3, 0.25): 1000, (1, 0.25): 1250, (2, 0.9): 550}
    assert reached(network.upstream((3, 0.25)), (3, 0.25)) == {}


def test_a_branch_that_leaves_above_is_not_upstream(network):
    assert (5, 0.5) not in network.upstream((4, 0.5))
    assert (3, 0.75) not in network.upstream((5, 0.5))


def test_a_reach_on_its_own_has_neither(network):
    assert reached(network.upstream((9, 0.5)), (9, 0.5)) == reached(network.downstream((9, 0.5)), (9, 0.5)) == {}


def test_a_place_outside_the_network_has_neither(network):
    assert network.upstream((77, 0.5)) == {}


def test_the_nearest_way_counts_where_two_lead_to_a_place():
    net = Network({1: 100, 2: 1000, 3: 200, 4: 100}, [Link(1, 2), Link(1, 3), Link(2, 4), Link(3, 4)], [(4, 1.0)])
    assert net.downstream((1, 0.0))[(4, 1.0)] == 100 + 200 + 100


def test_loops_are_named_and_a_tree_has_none(network):
    assert network.loops() == []
    assert Network(LENGTHS, [*LINKS, Link(4, 1)]).loops() == [[1, 3, 4]]


def test_links_to_reaches_that_are_gone_are_left_out():
    assert Network({1: 10.0}, [Link(1, 2), Link(3, 1)]).downstream((1, 0.0)) == {(1, 0.0): 0, (1, 1.0): 10}
