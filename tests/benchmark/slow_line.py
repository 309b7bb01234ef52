"""A slow line to a server of this machine: all that a browser asks goes through it, its workers' requests too."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

CHUNK = 1460
"""Bytes of a packet."""


class SlowLine:
    """Passes TCP on to `port`: `bytes_per_s` for all connections together, `delay_s` for each way there and back."""

    def __init__(self, port: int, *, bytes_per_s: float, delay_s: float) -> None:
        self.port = port
        self.bytes_per_s = bytes_per_s
        self.delay_s = delay_s
        self._free_at = 0.0

    async def serve(self, ready: asyncio.Future[int]) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        ready.set_result(server.sockets[0].getsockname()[1])
        async with server:
            await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.delay_s)  # the handshake
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(self._pass_on(reader, back, slow=False), self._pass_on(there, writer, slow=True))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, slow: bool) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            idle = True
            while data := await reader.read(CHUNK):
                if slow:
                    await self._wait_turn(len(data), idle)
                writer.write(data)
                await writer.drain()
                idle = len(data) < CHUNK
        writer.close()

    async def _wait_turn(self, size: int, idle: bool) -> None:
        """Packets follow one another; the first of an answer is a round trip late."""
        loop = asyncio.get_running_loop()
        if idle:
            await asyncio.sleep(self.delay_s)
        start = max(loop.time(), self._free_at)
        self._free_at = start + size / self.bytes_per_s
        await asyncio.sleep(self._free_at - loop.time())


@contextlib.contextmanager
def slow_line(port: int, *, bytes_per_s: float, delay_s: float) -> Iterator[int]:
    """The port at which the slow line to `port` begins, for the length of the block."""
    loop = asyncio.new_event_loop()
    ready: asyncio.Future[int] = loop.create_future()
    line = SlowLine(port, bytes_per_s=bytes_per_s, delay_s=delay_s)
    began = threading.Event()

    def run() -> None:
        asyncio.set_event_loop(loop)
        task = loop.create_task(line.serve(ready))
        ready.add_done_callback(lambda _: began.set())
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    began.wait(10)
    try:
        yield ready.result()
    finally:
        loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
        thread.join(5)
