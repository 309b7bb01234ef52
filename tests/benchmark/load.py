"""A small load generator: keep-alive connections on one epoll loop, the same for a server and its reference.

It runs as a process of its own (`python -m tests.benchmark.load`), reads what to do as JSON from stdin and prints what
it saw as JSON. Each connection asks again as soon as it has its answer. `busy` says how much of one core it
needed itself: near 1 it measures itself rather than the server.
"""

import json
import re
import select
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

READ = 1 << 16
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the generator saw. Times in milliseconds."""

    requests: int
    seconds: float
    median_ms: float
    p95_ms: float
    bytes: int
    busy: float
    statuses: dict[str, int]

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def run_load(
    port: int,
    paths: Sequence[str],
    connections: int,
    seconds: float,
    headers: dict[str, str] | None = None,
    *,
    once: bool = False,
) -> Seen:
    """Ask for `paths` in turn for `seconds`, or each of them `once`."""
    asked = {
        "port": port, "paths": list(paths), "connections": connections, "seconds": seconds,
        "headers": {"Accept-Encoding": "gzip", **(headers or {})}, "once": once,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmark.load"], input=json.dumps(asked), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"the load generator broke: {done.stderr[-500:]}")
    return Seen(**json.loads(done.stdout))


class Line:
    """One connection: a request on its way and the answer so far."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self.missing = -1  # bytes of the body still to come; -1 before the head is whole
        self.head = b""

    def ask(self, request: bytes) -> None:
        self.missing, self.head = -1, b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def hear(self) -> str:
        """Read what is there; the status when the answer is whole, else an empty string."""
        data = self.socket.recv(READ)
        if not data:
            raise ConnectionError("the server closed the connection")
        if self.missing < 0:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return ""
            self.missing = _body_length(self.head[:end]) - (len(self.head) - end - 4)
        else:
            self.missing -= len(data)
        return self.head[9:12].decode() if self.missing == 0 else ""


def _body_length(head: bytes) -> int:
    if head[9:12] in (b"304", b"204"):
        return 0
    found = _LENGTH.search(head)
    if found is None:
        raise ConnectionError(f"an answer without a length: {head[:200]!r}")
    return int(found[1])


def _main() -> None:
    asked = json.load(sys.stdin)
    fixed = "".join(f"{name}: {value}\r\n" for name, value in asked["headers"].items())
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{asked['port']}\r\n{fixed}\r\n".encode() for path in asked["paths"]
    ]
    poll = select.epoll()
    lines = {line.socket.fileno(): line for line in (Line(asked["port"]) for _ in range(asked["connections"]))}
    left = len(requests) if asked["once"] else sys.maxsize
    times: list[float] = []
    statuses: Counter[str] = Counter()
    count = total = open_lines = 0
    started, started_cpu = time.perf_counter(), time.process_time()
    end = started + asked["seconds"]
    for number, line in list(lines.items())[:left]:
        poll.register(number, select.EPOLLIN)
        line.ask(requests[count % len(requests)])
        count += 1
        open_lines += 1
    while open_lines:
        for number, _ in poll.poll():
            line = lines[number]
            status = line.hear()
            if not status:
                continue
            now = time.perf_counter()
            times.append(now - line.sent_at)
            statuses[status] += 1
            if now < end and count < left:
                line.ask(requests[count % len(requests)])
                count += 1
            else:
                open_lines -= 1
    seconds, cpu = time.perf_counter() - started, time.process_time() - started_cpu
    times.sort()
    seen = Seen(
        len(times), seconds, times[len(times) // 2] * 1000, times[int(len(times) * 0.95)] * 1000, total,
        cpu / seconds, dict(statuses),
    )  # fmt: skip
    json.dump(asdict(seen), sys.stdout)


if __name__ == "__main__":
    _main()
