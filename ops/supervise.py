"""Keeping things up: what ended is started again, at once the first time and then after longer and longer waits.

Nothing here starts or asks a process; `ops/run.py` and the job runner hand in how that is done, and tests a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
"""Seconds between attempts; short, for people wait for whatever is down."""
STEADY_SECONDS = 30.0
"""What has run for so long is well again: its next end counts as the first."""


@dataclass
class Backoff:
    """When something that ended may start again. Times are seconds of one monotonic clock."""

    ends: int = 0
    """How often it has ended without having been steady in between."""
    started: float = 0.0
    due: float | None = None
    """When to start it; None while it runs."""

    def has_started(self, now: float) -> None:
        self.started, self.due = now, None

    def has_ended(self, now: float) -> float:
        """Note an end; the seconds to wait."""
        self.ends = 1 if now - self.started >= STEADY_SECONDS else self.ends + 1
        wait = 0.0 if self.ends == 1 else min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self.ends - 2))
        self.due = now + wait
        return wait


@dataclass
class Charge:
    """One thing that is kept up."""

    name: str
    start: Callable[[], None]
    """Start it, or raise."""
    ended: Callable[[], str | None]
    """How it ended ("code 1"); None while it runs."""
    backoff: Backoff = field(default_factory=Backoff)


class Supervisor:
    """Looks at its charges whenever it is told to; one that cannot be started never keeps it from the others."""

    def __init__(self, charges: Sequence[Charge], clock: Callable[[], float], say: Callable[[str], None]) -> None:
        self.charges = charges
        self._clock = clock
        self._say = say

    def start(self) -> None:
        """Start all, in order. Raises what a start raises: at the very beginning that is the caller's to report."""
        for charge in self.charges:
            charge.start()
            charge.backoff.has_started(self._clock())

    def look(self) -> None:
        """Note who has ended and start again whoever is due."""
        for charge in self.charges:
            if charge.backoff.due is None and (how := charge.ended()) is not None:
                self._ended(charge, f"ended ({how})")
            if charge.backoff.due is not None and self._clock() >= charge.backoff.due:
                self._start_again(charge)

    def _ended(self, charge: Charge, what: str) -> None:
        wait = charge.backoff.has_ended(self._clock())
        self._say(f"{charge.name} {what}; starting it again {f'in {wait:.1f} s' if wait else 'at once'}.")

    def _start_again(self, charge: Charge) -> None:
        try:
            charge.start()
        except Exception as error:
            self._ended(charge, f"does not start: {_first_line(error)}")
        else:
            charge.backoff.has_started(self._clock())


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
