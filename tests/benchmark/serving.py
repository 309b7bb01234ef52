"""Starts the site and bare handlers for the benchmarks of serving, and asks PostGIS itself for the same tiles."""

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connections

from ops.run import WEB_THREADS, WEB_WORKERS

Tile = tuple[int, int, int]
REFERENCE_CONNECTIONS = 4
PRIMED = 40
"""Tiles that each of them makes before anything is measured."""
BARE = """
import json, os
HEADERS, BODY = json.loads(os.environ["BARE_HEADERS"]), open(os.environ["BARE_BODY"], "rb").read()
HEADERS = [tuple(pair) for pair in HEADERS]
def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
"""


@dataclass(frozen=True, slots=True)
class Got:
    """An answer as a client has it."""

    status: int
    headers: dict[str, str]
    body: bytes


def get(port: int, path: str, **headers: str) -> Got:
    """Ask once, on a connection of its own."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    sent = {"Accept-Encoding": "gzip"} | {name.replace("_", "-"): value for name, value in headers.items()}
    line.request("GET", path, headers=sent)
    answer = line.getresponse()
    got = Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    line.close()
    return got


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def granian(application: str, environ: dict[str, str], probe: str, python: str = sys.executable) -> Iterator[int]:
    """Serve a WSGI application as `make run` does; the port."""
    port = free_port()
    command = [
        python, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1", "--port", str(port),
        "--workers", WEB_WORKERS, "--blocking-threads", WEB_THREADS, "--no-ws", "--log-level", "error",
    ]  # fmt: skip
    with started(command, environ, port, probe):
        yield port


@contextlib.contextmanager
def started(
    command: Sequence[str], environ: dict[str, str], port: int, probe: str, cwd: Path | None = None
) -> Iterator[None]:
    """Run a server for the length of the block, which begins when it answers `probe` with 200.

    Raises RuntimeError when it ends before, or does not answer within 30 s.
    """
    process = subprocess.Popen(command, env={**os.environ, **environ}, cwd=cwd)
    try:
        _wait(port, probe, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int, probe: str, process: subprocess.Popen[bytes]) -> None:
    last = "no answer"
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            status = get(port, probe).status
            if status == 200:
                return
            last = f"status {status}"
        time.sleep(0.1)
    raise RuntimeError(f"the server did not come up within 30 s: {last}")


@contextlib.contextmanager
def site(tiles_folder: Path) -> Iterator[int]:
    """The whole site with nothing kept: empty memory, empty store."""
    shutil.rmtree(tiles_folder, ignore_errors=True)
    with granian("geo_portal.wsgi:application", {"PYTHONWARNINGS": "ignore"}, "/healthz") as port:
        yield port


@contextlib.contextmanager
def bare(answer: Got) -> Iterator[int]:
    """A handler that does nothing but return the same bytes under the same headers."""
    headers = [pair for pair in answer.headers.items() if pair[0] not in ("date", "server", "connection")]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bare_handler.py").write_text(BARE)
        Path(folder, "body").write_bytes(answer.body)
        told = {"BARE_HEADERS": json.dumps(headers), "BARE_BODY": f"{folder}/body", "PYTHONPATH": folder}
        with granian("bare_handler:application", told, "/") as port:
            yield port


Ask = Callable[[Sequence[Tile]], tuple[list[float], float]]
"""Makes tiles; gives the seconds of each, and those of all."""


@contextlib.contextmanager
def prepared(table: str, columns: Sequence[str], primers: Sequence[Tile]) -> Iterator[Ask]:
    """Make tiles by a prepared ST_AsMVT on bare connections, each of which has made some of `primers` before.

    The query is what tile servers send (martin, pg_tileserv): transform, clip, encode.
    """
    named = "".join(f", {column}" for column in columns)
    query = (
        "PREPARE tile(int, int, int) AS SELECT ST_AsMVT(t, 'layer', 4096, 'geom', 'id') FROM (SELECT"
        f" ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope($1, $2, $3), 4096, 64, true) AS geom, id{named}"
        f" FROM {table} WHERE geom && ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096), 4326)) AS t"
        " WHERE geom IS NOT NULL"
    )
    lines = [_line(query) for _ in range(REFERENCE_CONNECTIONS)]
    for line in lines:
        _work(line, list(primers[:PRIMED]), [])

    def ask(tiles: Sequence[Tile]) -> tuple[list[float], float]:
        waiting, times = list(reversed(tiles)), []
        threads = [threading.Thread(target=_work, args=(line, waiting, times)) for line in lines]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return times, time.perf_counter() - started

    try:
        yield ask
    finally:
        for line in lines:
            line.close()


def _work(line: Any, waiting: list[Tile], times: list[float]) -> None:
    with line.cursor() as cursor:
        while waiting:
            try:
                tile = waiting.pop()
            except IndexError:  # another connection was quicker
                return
            started = time.perf_counter()
            cursor.execute("EXECUTE tile(%s, %s, %s)", tile)
            bytes(cursor.fetchone()[0])
            times.append(time.perf_counter() - started)


def _line(query: str) -> Any:
    parameters = connections["default"].get_connection_params()
    parameters.pop("cursor_factory", None)
    line = psycopg2.connect(**parameters)
    line.autocommit = True
    with line.cursor() as cursor:
        cursor.execute("SET jit = off; SET max_parallel_workers_per_gather = 0")
        cursor.execute(query)
    return line
