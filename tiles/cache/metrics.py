"""Counters of this process about tiles, for `/metrics`."""

import os

COUNTS: dict[str, int] = dict.fromkeys(
    ("fast", "not_modified", "memory", "store", "made", "timeout", "busy", "cancelled"), 0
)
"""fast: sent from memory in front of Django; not_modified: 304 there; memory, store: found behind it; made: rendered;
timeout, busy: refused with 503; cancelled: the query was cancelled because all its clients had disconnected."""
MADE_SECONDS = [0.0]


def count(what: str) -> None:
    """Add one. Concurrent threads may lose a count now and then; nothing is decided by it."""
    COUNTS[what] += 1


def add_query_seconds(seconds: float) -> None:
    """Add the time of a tile's query."""
    MADE_SECONDS[0] += seconds


def lines() -> list[str]:
    """Return Prometheus lines. Each process counts for itself; the label tells them apart."""
    process = os.getpid()
    return [
        "# HELP geo_portal_tiles_total Vector tiles by how they were answered",
        "# TYPE geo_portal_tiles_total counter",
        *(f'geo_portal_tiles_total{{process="{process}",answer="{what}"}} {number}' for what, number in COUNTS.items()),
        "# HELP geo_portal_tile_query_seconds_total Time spent in tile queries",
        "# TYPE geo_portal_tile_query_seconds_total counter",
        f'geo_portal_tile_query_seconds_total{{process="{process}"}} {MADE_SECONDS[0]:.6f}',
    ]
