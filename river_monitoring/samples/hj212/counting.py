"""Counts by address, in memory: strangers that keep knocking, and faults that come again and again. Bounded."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from river_monitoring.samples.hj212.limits import STRANGE, Cut, Log
from ui.network.addresses import household_of

logger = logging.getLogger(__name__)


def source_of(peer: str) -> str:
    """The address that counts: an IPv4 address as such, of IPv6 the network that one customer has.

    >>> source_of("::ffff:10.0.0.9"), source_of("2001:db8:1:2:3:4:5:6"), source_of("10.0.0.9")
    ('10.0.0.9', '2001:db8:1:2::', '10.0.0.9')
    """
    return household_of(peer).removesuffix("/64")


class Strangers:
    """How often strangers called from each address, and which addresses have a known station behind them."""

    def __init__(self, most: int, seconds: float, remembered: int) -> None:
        self._most, self._seconds, self._remembered = most, seconds, remembered
        self._calls: dict[str, tuple[float, int]] = {}
        self._trusted: dict[str, None] = {}

    def count(self, peer: str) -> None:
        began, calls = self._current(peer)
        self._calls[peer] = (began, calls + 1)
        _keep_newest(self._calls, self._remembered)

    def trust(self, peer: str) -> None:
        self._trusted.pop(peer, None)
        self._trusted[peer] = None
        _keep_newest(self._trusted, self._remembered)

    def are_shut_out(self, peer: str) -> bool:
        return peer not in self._trusted and self._current(peer)[1] >= self._most

    def _current(self, peer: str) -> tuple[float, int]:
        """When the running count began, and how far it is."""
        now = asyncio.get_running_loop().time()
        began, calls = self._calls.get(peer, (now, 0))
        return (began, calls) if now - began < self._seconds else (now, 0)


def _keep_newest(found: dict[str, object] | dict[str, None] | dict[str, tuple[float, int]], most: int) -> None:
    while len(found) > most:
        found.pop(next(iter(found)))


@dataclass(slots=True)
class _Note:
    """When a fault was logged, and what came since."""

    at: float
    cut: Cut
    since: int = 0


class Notes:
    """Logs cuts; one that is repeated every moment fills neither the log nor the database, but is counted."""

    def __init__(self, log: Log, quiet: float, remembered: int) -> None:
        self._log, self._quiet, self._remembered = log, quiet, remembered
        self._notes: dict[tuple[str, str, str], _Note] = {}

    async def note(self, cut: Cut) -> None:
        """Log this one, or count it when its like was logged a moment ago; log counts whose moment has passed."""
        now = asyncio.get_running_loop().time()
        await self.flush(before=now - self._quiet)
        # What a stranger calls itself is free text: counted by address only.
        key = (cut.peer, "" if cut.code in STRANGE else cut.mn, cut.code)
        if note := self._notes.get(key):
            note.since += cut.count
            return
        while len(self._notes) >= self._remembered:
            self._notes.pop(next(iter(self._notes)))
        self._notes[key] = _Note(now, cut)
        await self._write(cut)

    async def flush(self, before: float = float("inf")) -> None:
        """Log what was counted and not logged yet, of notes from before a moment of the loop's clock."""
        passed = {key: note for key, note in self._notes.items() if note.at <= before}
        for key in passed:
            del self._notes[key]
        for note in passed.values():
            if note.since:
                await self._write(replace(note.cut, count=note.since))

    async def _write(self, cut: Cut) -> None:
        logger.warning("station cut off: peer=%s mn=%s code=%s count=%d", cut.peer, cut.mn, cut.code, cut.count)
        try:
            await asyncio.to_thread(self._log, cut)
        except Exception:
            logger.exception("could not log the fault of %s", cut.peer)
