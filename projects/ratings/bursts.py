"""Bursts: many unverified answers from one network within a short time. They stay counted, apart and marked."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

type Arrival = tuple[str, datetime]
"""The network's digest and when the answer came."""


def count_in_bursts(arrivals: Iterable[Arrival], least: int, within: timedelta) -> int:
    """Return how many answers lie in a span of `within` that holds `least` or more of one network.

    >>> noon = datetime(2026, 1, 1, 12)
    >>> came = [("a", noon + timedelta(minutes=m)) for m in (0, 1, 2, 300)] + [("b", noon)]
    >>> count_in_bursts(came, 3, timedelta(hours=1)), count_in_bursts(came, 4, timedelta(hours=1))
    (3, 0)
    """
    by_network: dict[str, list[datetime]] = defaultdict(list)
    for network, at in arrivals:
        if network:
            by_network[network].append(at)
    return sum(_marked(sorted(times), least, within) for times in by_network.values())


def _marked(times: list[datetime], least: int, within: timedelta) -> int:
    """Count the times that are in any such span; the first `end` of them are decided already."""
    marked = first = end = 0
    for last, at in enumerate(times):
        while times[first] < at - within:
            first += 1
        if last - first + 1 >= least:
            marked += last + 1 - max(end, first)
            end = last + 1
    return marked
