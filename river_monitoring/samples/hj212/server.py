"""The TCP side of HJ 212: many stations at once on one thread, each bounded in bytes, faults and silence.

Knows sockets and no database: `store` gets whole messages in batches and returns an outcome for each. A message is
acknowledged only after it has been stored, so a station without an acknowledgement sends it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from river_monitoring.samples.hj212.counting import Notes, Strangers, source_of
from river_monitoring.samples.hj212.dialects import DIALECTS, Dialects
from river_monitoring.samples.hj212.frame import Fault, FrameReader, encode
from river_monitoring.samples.hj212.limits import ACKNOWLEDGED, SHUT_OUT, STRANGE, Cut, Limits, Log, Outcome
from river_monitoring.samples.hj212.packet import Assembler, Packet, PacketRefused, answer_to, masked, parse

logger = logging.getLogger(__name__)

Store = Callable[[Sequence[Packet]], Sequence[Outcome]]
Waiting = tuple[Packet, "asyncio.Future[Outcome]"]


@dataclass(slots=True)
class _Conversation:
    """What is known of one connection: its address, what it counts as (`source_of`), who speaks."""

    address: str
    source: str
    reader: FrameReader = field(default_factory=FrameReader)
    assembler: Assembler = field(default_factory=Assembler)
    faults: int = 0
    mn: str = ""
    is_known: bool = False

    def fault(self, code: str, excerpt: str) -> Cut:
        self.faults += 1
        return Cut(self.source, self.mn if self.is_known else "", code, excerpt)


class Listener:
    """Serves stations until it is stopped."""

    def __init__(self, store: Store, log: Log, limits: Limits | None = None, dialects: Dialects = DIALECTS) -> None:
        self._store, self._dialects = store, dialects
        self.limits = limits or Limits()
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(self.limits.queued)
        self._peers: dict[str, int] = {}
        self._notes = Notes(log, self.limits.quiet, self.limits.remembered)
        self._strangers = Strangers(self.limits.strangers, self.limits.shut_out, self.limits.remembered)
        self._server: asyncio.Server | None = None
        self._writer: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port (useful when 0 was asked for)."""
        self._writer = asyncio.create_task(self._write_batches())
        self._server = await asyncio.start_server(self._serve, host, port, limit=16 * 1024)
        return int(self._server.sockets[0].getsockname()[1])

    def trust(self, addresses: Iterable[str]) -> None:
        """Never shut these out: stations reported from them, and strangers may share them."""
        for address in addresses:
            self._strangers.trust(source_of(address))

    async def stop(self) -> None:
        """Take no more, store what has been received whole, close."""
        if self._server:
            self._server.close()
        await self._queue.join()
        if self._server:
            self._server.close_clients()
        if self._writer:
            self._writer.cancel()
        await self._notes.flush()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = str(writer.get_extra_info("peername")[0])
        peer = source_of(address)
        if code := self._reason_against(peer):
            await self._notes.note(Cut(peer, "", code, ""))
            writer.close()
            return
        self._peers[peer] = self._peers.get(peer, 0) + 1
        try:
            await self._converse(_Conversation(address, peer), reader, writer)
        except (ConnectionError, TimeoutError):
            pass  # the station has gone; it will call again
        finally:
            self._peers[peer] -= 1
            if not self._peers[peer]:
                del self._peers[peer]
            writer.close()

    def _reason_against(self, peer: str) -> str:
        """Why nobody is let in from this address now; "" when somebody may be."""
        if self._strangers.are_shut_out(peer):
            return SHUT_OUT
        full = sum(self._peers.values()) >= self.limits.connections
        return "too-many-connections" if full or self._peers.get(peer, 0) >= self.limits.per_address else ""

    async def _converse(self, talk: _Conversation, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        began = asyncio.get_running_loop().time()
        while received := await asyncio.wait_for(reader.read(4096), self._patience(talk, began)):
            for found in talk.reader.feed(received):
                cut = await self._hear(talk, found, writer)
                if cut and (talk.faults >= self.limits.faults or cut.code in STRANGE):
                    await self._notes.note(cut)
                    return

    def _patience(self, talk: _Conversation, began: float) -> float:
        """Seconds until a connection that says nothing is given up; a stranger has only so long altogether."""
        if talk.is_known:
            return self.limits.idle
        left = began + self.limits.introduction - asyncio.get_running_loop().time()
        return min(self.limits.idle, max(left, 0.001))

    async def _hear(self, talk: _Conversation, found: bytes | Fault, writer: asyncio.StreamWriter) -> Cut | None:
        """Take in one frame; return what to hold against the station, if anything."""
        if isinstance(found, Fault):
            return talk.fault(found.code, masked(found.excerpt.decode("latin-1")))
        try:
            packet = replace(parse(found, self._dialects), peer=talk.address)
        except PacketRefused as refusal:
            return talk.fault(refusal.code, str(refusal))
        outcome = await self._submit(packet)
        if outcome in STRANGE:
            self._strangers.count(talk.source)
            return talk.fault(outcome, masked(found[:80].decode("ascii")))
        if outcome != "unavailable":
            self._introduce(talk, packet)
            whole = talk.assembler.add(packet) if packet.is_part else None
            outcome = await self._submit(whole) if whole else outcome
        return await self._answer(talk, packet, outcome, writer)

    def _introduce(self, talk: _Conversation, packet: Packet) -> None:
        talk.mn, talk.is_known = packet.mn, True
        self._strangers.trust(talk.source)

    async def _answer(
        self, talk: _Conversation, packet: Packet, outcome: Outcome, writer: asyncio.StreamWriter
    ) -> Cut | None:
        if outcome == "refused":
            return talk.fault(outcome, f"CN={packet.cn}")
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
        if len(packets) == 1:
            return ["unavailable"]
        # One that cannot be stored must not keep the others of its batch from being stored.
        return [(await self._store_batch([packet]))[0] for packet in packets]
