"""The network of reaches as a directed graph: what lies upstream and downstream of a place, how far along the water.

Pure Python over networkx. A place is a reach and a position on it, 0 at its source end, 1 at its mouth end; every edge
follows the water and weighs its metres, so distances are along the stream and the nearest way counts where it forks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

Place = tuple[int, float]
"""Reach and position on it."""


@dataclass(frozen=True, slots=True)
class Link:
    """Water leaves `upstream` at `leaves_at` and joins `downstream` at `joins_at`, shares of their length."""

    upstream: int
    downstream: int
    leaves_at: float = 1.0
    joins_at: float = 0.0


class Network:
    """Reaches with their lengths in metres, the links between them, and the places that are asked about.

    >>> net = Network({1: 1000.0, 2: 500.0, 3: 2000.0}, [Link(1, 3), Link(2, 3, joins_at=0.5)], [(3, 0.75), (2, 0.2)])
    >>> net.downstream((2, 0.2))[(3, 0.75)]
    900.0
    >>> (3, 0.75) in net.downstream((3, 0.9)), (2, 0.2) in net.upstream((3, 0.25))
    (False, False)
    """

    def __init__(self, lengths: Mapping[int, float], links: Iterable[Link], places: Iterable[Place] = ()) -> None:
        self._graph: nx.DiGraph[Place] = nx.DiGraph()
        stops: dict[int, set[float]] = defaultdict(lambda: {0.0, 1.0})
        joints = [link for link in links if link.upstream in lengths and link.downstream in lengths]
        for link in joints:
            stops[link.upstream].add(link.leaves_at)
            stops[link.downstream].add(link.joins_at)
        for reach, position in places:
            stops[reach].add(position)
        for reach, length in lengths.items():
            for here, there in pairwise(sorted(stops[reach])):
                self._graph.add_edge((reach, here), (reach, there), weight=(there - here) * length)
        for link in joints:
            self._graph.add_edge((link.upstream, link.leaves_at), (link.downstream, link.joins_at), weight=0.0)

    def downstream(self, place: Place) -> dict[Place, float]:
        """Every joint and place that water from `place` comes to, with the metres to it; `place` itself at 0."""
        return _distances(self._graph, place)

    def upstream(self, place: Place) -> dict[Place, float]:
        """Every joint and place whose water comes to `place`, with the metres from it; `place` itself at 0."""
        return _distances(self._graph.reverse(copy=False), place)

    def loops(self) -> list[list[int]]:
        """Reaches that flow into themselves by way of others: what no stream does, so an error of the links."""
        found = (sorted({reach for reach, _ in part}) for part in nx.strongly_connected_components(self._graph))
        return sorted(reaches for reaches in found if len(reaches) > 1)


def _distances(graph: nx.DiGraph[Place], place: Place) -> dict[Place, float]:
    if place not in graph:
        return {}
    return dict(nx.single_source_dijkstra_path_length(graph, place))
