"""Counters of this process about tiles, for `/metrics`.

Plain integers, not the counters of prometheus_client: those cost six times as much, and a warm tile counts once or
twice. `TileCollector` hands them over when somebody asks.
"""

import os
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

COUNTS: dict[str, int] = dict.fromkeys(
    ("fast", "not_modified", "memory", "store", "made", "timeout", "busy", "cancelled"), 0
)
"""fast: sent from memory in front of Django; not_modified: 304 there; memory, store: found behind it; made: rendered;
timeout, busy: refused with 503; cancelled: the query was cancelled because all its clients had disconnected."""
QUERY_SECONDS = [0.0]


def count(what: str) -> None:
    """Add one. Concurrent threads may lose a count now and then; nothing is decided by it."""
    COUNTS[what] += 1


def add_query_seconds(seconds: float) -> None:
    """Add the time of a tile's query."""
    QUERY_SECONDS[0] += seconds


class TileCollector(Collector):
    """The counters as Prometheus takes them. Each process counts for itself; the label tells them apart."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield the tiles by answer, and the time spent in queries."""
        process = str(os.getpid())
        tiles = CounterMetricFamily(
            "geo_portal_tiles", "Vector tiles by how they were answered", labels=["process", "answer"]
        )
        for what, number in COUNTS.items():
            tiles.add_metric([process, what], number)
        yield tiles
        seconds = CounterMetricFamily("geo_portal_tile_query_seconds", "Time spent in tile queries", labels=["process"])
        seconds.add_metric([process], QUERY_SECONDS[0])
        yield seconds
