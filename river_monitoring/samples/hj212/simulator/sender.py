"""Sends the reports of stations over TCP and waits for their acknowledgement, with the faults that lines have."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from random import Random

from river_monitoring.samples.hj212.frame import FrameReader
from river_monitoring.samples.hj212.packet import DATA_ANSWER
from river_monitoring.samples.hj212.simulator.reports import Report, Station, frames

ATTEMPTS = 3
"""How often a report is sent before it is given up."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Chances, 0 to 1, of what goes wrong with a report; and the longest packet, so that one can ask for split ones."""

    unsound: float = 0.0
    cut: float = 0.0
    wrong_crc: float = 0.0
    repeat: float = 0.0
    most_bytes: int = 1024


@dataclass(slots=True)
class Tally:
    """What became of the reports of one station."""

    reports: int = 0
    acknowledged: int = 0
    late: int = 0
    cut: int = 0
    wrong_crc: int = 0
    repeated: int = 0
    given_up: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(slots=True)
class Line:
    """The connection of one station, made when it is needed and after each break."""

    host: str
    port: int
    timeout: float
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    answers: FrameReader = field(default_factory=FrameReader)

    async def send(self, data: bytes) -> None:
        if self.streams is None:
            self.answers = FrameReader()
            self.streams = await asyncio.wait_for(asyncio.open_connection(self.host, self.port), self.timeout)
        self.streams[1].write(data)
        await asyncio.wait_for(self.streams[1].drain(), self.timeout)

    async def answer(self) -> bytes:
        """The next answer. Raises ConnectionError when the other side has closed, TimeoutError when it says nothing."""
        if self.streams is None:
            raise ConnectionError("not connected")
        while received := await asyncio.wait_for(self.streams[0].read(4096), self.timeout):
            for found in self.answers.feed(received):
                if isinstance(found, bytes):
                    return found
        raise ConnectionError("the listener has closed the connection")

    async def close(self) -> None:
        streams, self.streams = self.streams, None
        if streams:
            streams[1].close()
            with suppress(ConnectionError):
                await streams[1].wait_closed()


class Sender:
    """One station that sends its reports one after the other."""

    def __init__(self, station: Station, line: Line, faults: Faults, chance: Random) -> None:
        self.station, self.line, self.faults = station, line, faults
        self.tally = Tally()
        self._chance = chance

    async def send_all(self, reports: Iterable[Report]) -> None:
        for report in reports:
            await self.send(report)

    async def send(self, report: Report) -> None:
        """Send a report until it is acknowledged or given up."""
        self.tally.reports += 1
        self.tally.late += report.is_late
        whole = frames(self.station, report, self.tally.reports, self.faults.unsound, self.faults.most_bytes)
        await self._disturb(whole[0])
        for _ in range(ATTEMPTS):
            if await self._try(whole):
                self.tally.acknowledged += 1
                break
        else:
            self.tally.given_up += 1
            return
        if self._happens(self.faults.repeat):
            self.tally.repeated += await self._try(whole)

    async def _try(self, whole: list[bytes]) -> bool:
        try:
            for frame in whole:
                await self.line.send(frame)
                if f"CN={DATA_ANSWER}".encode() not in await self.line.answer():
                    return False
        except (OSError, TimeoutError):
            await self.line.close()
            return False
        return True

    async def _disturb(self, frame: bytes) -> None:
        """What goes wrong before a report gets through: half a packet and a broken line, or a damaged packet."""
        with suppress(OSError, TimeoutError):
            if self._happens(self.faults.cut):
                self.tally.cut += 1
                await self.line.send(frame[: len(frame) // 2])
                await self.line.close()
            if self._happens(self.faults.wrong_crc):
                self.tally.wrong_crc += 1
                await self.line.send(frame[:-6] + (b"0000" if frame[-6:-2] != b"0000" else b"FFFF") + frame[-2:])

    def _happens(self, chance: float) -> bool:
        return self._chance.random() < chance
