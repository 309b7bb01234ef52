"""A site of its own for drills: `make run` itself on an own VAR_DIR and port, and the processes that can be hurt."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ops import postgis
from ops.environment import ROOT
from ops.locations import locate
from tests.drills import writes

UP_SECONDS = 400
MAIL_AWAY = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "9", "EMAIL_SSL": "0"}
"""All the time: nothing that is acknowledged waits for a mail server."""

# All of `make run` but packing static files, which takes longer than a drill; `__main__` has collected them.
_RUN = "from ops import run, setup; setup.collect_static = lambda *_, **__: None; run.main()"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """The running site."""

    def __init__(self, var_dir: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.var_dir, self.port, self.process = var_dir, port, process
        self.cache: subprocess.Popen[bytes] | None = None

    def move_clock(self, seconds: int) -> None:
        """Of every process that was started under `faketime()`."""
        (self.var_dir / "clock").write_text(f"{seconds:+d}\n")

    def web_keepers(self) -> list[int]:
        """What has loaded the site, and keeps servers up that are forks of it."""
        return self._children(self.process.pid, b"web_server")

    def web_servers(self) -> list[int]:
        return [pid for keeper in self.web_keepers() for pid in self._children(keeper, b"")]

    def web_processes(self) -> list[int]:
        """The servers and the processes in which they serve."""
        servers = self.web_servers()
        return [*servers, *(pid for server in servers for pid in self._children(server, b""))]

    def runner(self) -> int:
        return self._children(self.process.pid, b"work_jobs")[0]

    def workers(self) -> list[int]:
        return self._children(self.runner(), b"work_jobs")

    def postmaster(self) -> int:
        found = postgis._postmaster_pid(locate(self.var_dir))
        assert found, "PostgreSQL does not run"
        return found

    def backends(self) -> list[int]:
        """Server processes that hold a session."""
        places = locate(self.var_dir)
        orphans = postgis._orphans(places)
        return [pid for pid in orphans if b"[local]" in postgis._command_line(pid)[0]]

    def database_processes(self) -> list[int]:
        return [self.postmaster(), *postgis._orphans(locate(self.var_dir))]

    @contextlib.contextmanager
    def database_paused(self) -> Iterator[None]:
        pids = self.database_processes()
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def status(self, path: str, timeout: float = 10) -> int:
        return writes.ask(self.port, path, timeout)

    @staticmethod
    def _children(parent: int, word: bytes) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                of = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if of == parent and word in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        return sorted(found)


def faketime(var_dir: Path) -> dict[str, str] | None:
    """The environment under which processes read their clock's offset from a file; None without `libfaketime`."""
    found = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if found is None:
        return None
    (var_dir / "clock").write_text("+0\n")
    return {
        "LD_PRELOAD": str(found), "FAKETIME_TIMESTAMP_FILE": str(var_dir / "clock"), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip


@contextlib.contextmanager
def valkey(var_dir: Path) -> Iterator[tuple[subprocess.Popen[bytes], str] | None]:
    """A shared cache of its own and its address; None where `valkey-server` is not installed."""
    program = shutil.which("valkey-server")
    if program is None:
        yield None
        return
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(var_dir)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield process, f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running(var_dir: Path, **more: str) -> Iterator[Site]:
    """Serve for the length of the block. The database of `var_dir` must be migrated and have its district."""
    port = free_port()
    environ = {**os.environ, "VAR_DIR": str(var_dir), "PORT": str(port), "DEMO": "0", **MAIL_AWAY, **more}
    log = (var_dir / "site.log").open("ab")
    command = [sys.executable, "-c", _RUN]
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(process, port, var_dir)
        yield Site(var_dir, port, process)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.kill()
        process.wait()
        log.close()


def _wait(process: subprocess.Popen[bytes], port: int, var_dir: Path) -> None:
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the site ended with code {process.returncode}; see {var_dir / 'site.log'}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            if writes.ask(port, "/readyz", 5) == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the site was not ready within {UP_SECONDS} s; see {var_dir / 'site.log'}")
