"""A track from single positions: which count, how long and how far it is. Pure, but for the ellipsoid.

Positions that cannot be true are set apart with their reason and stay in the record; none is dropped in silence. The
line is broken where the phone was silent, so that a straight line over a gap counts as nothing walked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from geokit.photo_claims import metres_between

CLOCK_AHEAD = timedelta(minutes=10)
"""How far a phone's clock may run ahead of the server's, or behind the start that it sent."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One position of a phone; WGS 84 degrees, metres."""

    number: int
    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None
    is_inside: bool = True
    """In the district."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a position must keep to; rules of the district (`patrols.*`)."""

    max_kmh: float = 60
    max_accuracy_m: float = 100
    gap_s: float = 300
    """Silence longer than this breaks the line."""
    least_move_m: float = 8
    """Less is the phone's own trembling while somebody stands."""


@dataclass(frozen=True)
class Track:
    """What counts of the positions: stretches of the line, metres and seconds, and the reason of each that does not."""

    stretches: list[list[Fix]]
    length_m: float
    recorded_s: int
    faults: dict[int, str] = field(default_factory=dict)
    """Number of the position -> reason (`TrackPoint.Fault`)."""

    @property
    def fault_counts(self) -> dict[str, int]:
        return dict(Counter(self.faults.values()))


def measure(fixes: Iterable[Fix], started_at: datetime, now: datetime, limits: Limits = Limits()) -> Track:
    """Set apart what cannot be true, and measure the rest in the order of its times."""
    faults: dict[int, str] = {}
    good: list[Fix] = []
    for fix in sorted(fixes, key=lambda each: (each.at, each.number)):
        fault = _fault(fix, good[-1] if good else None, started_at, now, limits)
        if fault:
            faults[fix.number] = fault
        else:
            good.append(fix)
    stretches = _stretches(good, limits)
    steady = [_steady(stretch, limits) for stretch in stretches]
    return Track(
        stretches=[stretch for stretch in steady if len(stretch) > 1],
        length_m=sum(_length(stretch) for stretch in steady),
        recorded_s=round(sum((each[-1].at - each[0].at).total_seconds() for each in stretches)),
        faults=faults,
    )


def _fault(fix: Fix, before: Fix | None, started_at: datetime, now: datetime, limits: Limits) -> str:
    if fix.at > now + CLOCK_AHEAD:
        return "future"
    if fix.at < started_at - CLOCK_AHEAD:
        return "early"
    if not fix.is_inside:
        return "outside"
    if fix.accuracy_m is not None and fix.accuracy_m > limits.max_accuracy_m:
        return "inaccurate"
    return "too-fast" if before and _kmh(before, fix) > limits.max_kmh else ""


def _kmh(before: Fix, fix: Fix) -> float:
    """Speed between two positions, less what both may be wrong by; two places at one moment are infinitely fast."""
    slack = (before.accuracy_m or 0) + (fix.accuracy_m or 0)
    metres = max(0.0, _metres(before, fix) - slack)
    seconds = (fix.at - before.at).total_seconds()
    if seconds <= 0:
        return float("inf") if metres > 0 else 0.0
    return metres / seconds * 3.6


def _stretches(fixes: Sequence[Fix], limits: Limits) -> list[list[Fix]]:
    found: list[list[Fix]] = []
    for fix in fixes:
        if found and (fix.at - found[-1][-1].at).total_seconds() <= limits.gap_s:
            found[-1].append(fix)
        else:
            found.append([fix])
    return found


def _steady(stretch: Sequence[Fix], limits: Limits) -> list[Fix]:
    """Only positions that are a real step from the one kept before."""
    kept: list[Fix] = []
    for fix in stretch:
        if not kept or _metres(kept[-1], fix) >= limits.least_move_m:
            kept.append(fix)
    return kept


def _length(stretch: Sequence[Fix]) -> float:
    return sum(_metres(before, fix) for before, fix in pairwise(stretch))


def _metres(before: Fix, fix: Fix) -> float:
    return metres_between(before.lon, before.lat, fix.lon, fix.lat)
