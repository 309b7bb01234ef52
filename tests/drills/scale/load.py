"""What is asked while a machine dies: tiles and pages of the public, and a name that is written and looked for."""

from __future__ import annotations

import gzip
import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import psycopg2

TILE = "/tiles/areas/10/857/422.mvt"
READS = (TILE, "/tiles/areas/12/3428/1690.mvt", "/river/points/", "/projects/", "/api/v1/areas/")
MARK = re.compile(rb"mark-(\d+)")


def fetch(port: int, path: str, timeout: float = 10) -> tuple[int, bytes]:
    """Status and body, unpacked; 0 for no answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        line.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = line.getresponse()
        body = answer.read()
        return answer.status, gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        line.close()


class Thread:
    """Work that goes on until the end of a `with` block."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._on, daemon=True)

    def __enter__(self) -> Thread:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._thread.join(60)

    def _on(self) -> None:
        while not self.stopping.is_set():
            self.step()

    def step(self) -> None:
        raise NotImplementedError


class Reader(Thread):
    """A visitor behind the proxy."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port, self.statuses, self._next = port, Counter[int](), 0
        self.good_at: list[float] = []
        """When a read was answered well."""

    def step(self) -> None:
        self._next += 1
        status, _body = fetch(self.port, READS[self._next % len(READS)])
        self.statuses[status] += 1
        if status in (200, 204, 304):
            self.good_at.append(time.monotonic())
        time.sleep(0.02)


@dataclass
class Look:
    """One tile that was asked for right after a commit was acknowledged."""

    where: str
    is_stale: bool
    fresh_after: float
    """Seconds from the acknowledgement until a tile had it."""


class Marker(Thread):
    """Writes a number into the name of a town, and looks when tiles have it."""

    def __init__(self, connect: Callable[[], psycopg2.extensions.connection], ports: dict[str, int]) -> None:
        super().__init__()
        self._connect, self._ports, self._line = connect, ports, None
        self.acknowledged = 0
        self.looks: list[Look] = []

    def step(self) -> None:
        number = self.acknowledged + 1
        try:
            self._line = self._line or self._connect()
            self._line.autocommit = True
            with self._line.cursor() as cursor:
                cursor.execute("UPDATE accounts_area SET name = %s WHERE code = '330203100'", [f"mark-{number}"])
        except psycopg2.Error:
            self._line = None
            time.sleep(0.2)
            return
        self.acknowledged, moment = number, time.monotonic()
        for where, port in self._ports.items():
            self._look(where, port, number, moment)
        time.sleep(0.1)

    def _look(self, where: str, port: int, number: int, moment: float) -> None:
        asked = 0
        while not self.stopping.is_set():
            status, body = fetch(port, TILE)
            if status != 200:
                return
            asked += 1
            found = MARK.search(body)
            if found and int(found[1]) >= number:
                self.looks.append(Look(where, asked > 1, time.monotonic() - moment if asked > 1 else 0.0))
                return


def longest_gap(moments: list[float], since: float, until: float) -> float:
    """The longest time without one of them."""
    inside = [since, *sorted(one for one in moments if since <= one <= until), until]
    return max(later - earlier for earlier, later in pairwise(inside))
