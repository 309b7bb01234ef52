"""The TCP side of HJ 212: many stations at once on one thread, each bounded in bytes, faults and silence.

Knows sockets and no database: `store` gets whole messages in batches and returns an outcome for each. A message is
acknowledged only after it has been stored, so a station without an acknowledgement sends it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from river_monitoring.samples.hj212.frame import Fault, FrameReader, encode
from river_monitoring.samples.hj212.packet import Assembler, Packet, PacketRefused, answer_to, parse

logger = logging.getLogger(__name__)

Outcome = Literal["stored", "duplicate", "ignored", "unknown-station", "wrong-password", "refused", "unavailable"]
ACKNOWLEDGED: frozenset[Outcome] = frozenset({"stored", "duplicate", "ignored"})
HELD_AGAINST: frozenset[Outcome] = frozenset({"unknown-station", "wrong-password", "refused"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection and the whole listener may take; times in seconds."""

    idle: float = 900.0
    """A station reports at least every few minutes; one that is silent for longer has gone."""
    faults: int = 10
    """Faults in a row, without one good message between them, after which a station is cut off."""
    connections: int = 2_000
    per_address: int = 1_200
    """Stations share the addresses of their mobile network, so this cannot be small."""
    batch: int = 500
    gather: float = 0.1
    """How long a message may wait for others to share its transaction."""
    queued: int = 5_000
    quiet: float = 60.0
    """A fault of the same kind from the same address is noted once in this time."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A connection that was ended by us, for the log: who, why, and the last thing it sent."""

    peer: str
    mn: str
    code: str
    excerpt: str


Store = Callable[[Sequence[Packet]], Sequence[Outcome]]
Log = Callable[[Cut], None]
Waiting = tuple[Packet, "asyncio.Future[Outcome]"]


@dataclass(slots=True)
class _Conversation:
    """What is known of one connection."""

    peer: str
    reader: FrameReader = field(default_factory=FrameReader)
    assembler: Assembler = field(default_factory=Assembler)
    faults: int = 0
    mn: str = ""

    def fault(self, code: str, excerpt: str) -> Cut:
        self.faults += 1
        return Cut(self.peer, self.mn, code, excerpt)


class Listener:
    """Serves stations until it is stopped."""

    def __init__(self, store: Store, log: Log, limits: Limits | None = None) -> None:
        self._store, self._log = store, log
        self.limits = limits or Limits()
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(self.limits.queued)
        self._peers: dict[str, int] = {}
        self._noted: dict[tuple[str, str, str], float] = {}
        self._server: asyncio.Server | None = None
        self._writer: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port (useful when 0 was asked for)."""
        self._writer = asyncio.create_task(self._write_batches())
        self._server = await asyncio.start_server(self._serve, host, port, limit=16 * 1024)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no more, store what has been received whole, close."""
        if self._server:
            self._server.close()
        await self._queue.join()
        if self._server:
            self._server.close_clients()
        if self._writer:
            self._writer.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = str(writer.get_extra_info("peername")[0])
        full = sum(self._peers.values()) >= self.limits.connections
        if full or self._peers.get(peer, 0) >= self.limits.per_address:
            await self._note(Cut(peer, "", "too-many-connections", ""))
            writer.close()
            return
        self._peers[peer] = self._peers.get(peer, 0) + 1
        try:
            await self._converse(_Conversation(peer), reader, writer)
        except (ConnectionError, TimeoutError):
            pass  # the station has gone; it will call again
        finally:
            self._peers[peer] -= 1
            if not self._peers[peer]:
                del self._peers[peer]
            writer.close()

    async def _converse(self, talk: _Conversation, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while received := await asyncio.wait_for(reader.read(4096), self.limits.idle):
            for found in talk.reader.feed(received):
                cut = await self._hear(talk, found, writer)
                if cut and talk.faults >= self.limits.faults:
                    await self._note(cut)
                    return

    async def _hear(self, talk: _Conversation, found: bytes | Fault, writer: asyncio.StreamWriter) -> Cut | None:
        """Take in one frame; return what to hold against the station, if anything."""
        if isinstance(found, Fault):
            return talk.fault(found.code, found.excerpt.decode("latin-1"))
        try:
            packet = parse(found)
        except PacketRefused as refusal:
            return talk.fault(refusal.code, str(refusal))
        talk.mn = packet.mn
        whole = talk.assembler.add(packet)
        outcome = await self._submit(whole) if whole else "ignored"
        if outcome in HELD_AGAINST:
            return talk.fault(outcome, found[:80].decode("ascii"))
        if outcome in ACKNOWLEDGED:
            talk.faults = 0
            if packet.wants_answer:
                writer.write(encode(answer_to(packet)))
                await asyncio.wait_for(writer.drain(), self.limits.idle)
        return None

    async def _submit(self, packet: Packet) -> Outcome:
        stored: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        await self._queue.put((packet, stored))
        return await stored

    async def _write_batches(self) -> None:
        while True:
            batch = [await self._queue.get()]
            if self._queue.empty():
                await asyncio.sleep(self.limits.gather)
            while len(batch) < self.limits.batch and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            outcomes = await self._store_batch([packet for packet, _ in batch])
            for (_, stored), outcome in zip(batch, outcomes, strict=True):
                if not stored.done():
                    stored.set_result(outcome)
                self._queue.task_done()

    async def _store_batch(self, packets: list[Packet]) -> Sequence[Outcome]:
        try:
            return await asyncio.to_thread(self._store, packets)
        except Exception:
            # Nothing is acknowledged, so the stations keep the data and send it again.
            logger.exception("could not store %d packets", len(packets))
            return ["unavailable"] * len(packets)

    async def _note(self, cut: Cut) -> None:
        """Log a cut; one that is repeated every moment must fill neither the log nor the database."""
        now = asyncio.get_running_loop().time()
        self._noted = {key: at for key, at in self._noted.items() if now - at < self.limits.quiet}
        if (cut.peer, cut.mn, cut.code) in self._noted:
            return
        self._noted[cut.peer, cut.mn, cut.code] = now
        logger.warning("station cut off: peer=%s mn=%s code=%s", cut.peer, cut.mn, cut.code)
        try:
            await asyncio.to_thread(self._log, cut)
        except Exception:
            logger.exception("could not log the fault of %s", cut.peer)
