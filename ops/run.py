"""`make run`: database, migrations, demo, worker and web server, up together and down together."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

from ops import environment, setup, system
from ops.environment import ROOT

HOST = "127.0.0.1"
READY_SECONDS = 90
STOP_SECONDS = 15
WEB_WORKERS = "2"
WEB_THREADS = "16"
"""More than may wait for tiles (`tiles/cache/single_flight.py`), so that pages are served meanwhile."""
DEMO_SIGN_INS = ("deputy", "officer", "officer2", "gis", "staff", "admin")


class CannotRun(Exception):
    """The start was given up; the message says why and what to do."""


class Interrupted(Exception):
    """Ctrl-C or SIGTERM."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]


def parse_port(text: str) -> int:
    """PORT as a number. CannotRun for anything that is no TCP port."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise CannotRun(f"PORT={text} is not a port number (1 to 65535).")


def check_port(port: int) -> None:
    """Raises CannotRun when something already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotRun(f"Port {port} is reserved for root. Choose another: make run PORT=8001") from None
        except OSError:
            raise CannotRun(f"Port {port} is taken. Choose another: make run PORT={port + 1}") from None


def main() -> None:
    started = time.monotonic()
    environ = os.environ.copy()
    port = parse_port(environ.get("PORT") or "8000")
    check_port(port)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    _die_with_parent()  # make may be killed without passing it on
    embedded = environment.uses_embedded(environ)
    environ.setdefault("LOG_LEVEL", "WARNING")  # the terminal is for the address and for what goes wrong
    try:
        system.ensure(system.needs(server=embedded, browser=False))
        # A database of somebody else's gets the demo only when asked for.
        environ.setdefault("DEMO", "1" if embedded else "0")
        if not environ.get("SECRET_KEY"):
            environ["SECRET_KEY"] = environment.secret_key(environment.var_dir(environ))
        setup.set_up(environ, tests=False)
        with environment.database(environ):
            setup.run(setup.PYTHON, "manage.py", "prepare", environ=environ)
            _serve(environ, port, started)
    except Interrupted:
        print("\nStopped.", flush=True)


def _interrupt(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # one is enough; the second must not cut the tidying short
    raise Interrupted


def is_demo(environ: dict[str, str]) -> bool:
    return environ.get("DEMO", "0").lower() in {"1", "true", "yes", "on"}


def _serve(environ: dict[str, str], port: int, started: float) -> None:
    children: list[Child] = []
    try:
        children.append(_spawn("web server", server_command(port, environ), environ))
        children.append(_spawn("worker", [str(setup.PYTHON), "manage.py", "work_jobs"], environ))
        _wait_ready(children, port)
        _announce(port, demo=is_demo(environ), seconds=time.monotonic() - started)
        while True:
            _raise_if_ended(children)
            time.sleep(0.5)
    finally:
        _stop(children)


def server_command(port: int, environ: dict[str, str]) -> list[str]:
    """Granian with two processes by default; each serves requests on threads of its own."""
    return [
        str(setup.PYTHON), "-m", "granian", "--interface", "wsgi", "geo_portal.wsgi:application",
        "--host", HOST, "--port", str(port),
        "--workers", environ.get("WEB_WORKERS", WEB_WORKERS),
        "--blocking-threads", environ.get("WEB_THREADS", WEB_THREADS),
        "--respawn-failed-workers", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip


def _spawn(name: str, command: Sequence[str], environ: dict[str, str]) -> Child:
    """A child in a session of its own, so that Ctrl-C reaches it through us alone, and gone when we are."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )
    return Child(name, process)


def _die_with_parent() -> None:
    """Linux: SIGTERM for this process when its parent vanishes, even by kill -9."""
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)


def _raise_if_ended(children: Sequence[Child]) -> None:
    for child in children:
        code = child.process.poll()
        if code is not None:
            raise CannotRun(f"The {child.name} ended by itself (code {code}); its last words stand above.")


def _wait_ready(children: Sequence[Child], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    answer = "no answer"
    while time.monotonic() < deadline:
        _raise_if_ended(children)
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5):
                return
        except urllib.error.HTTPError as error:
            answer = f"{error.code} {error.read(500).decode(errors='replace')}"
        except OSError as error:
            answer = str(error)
        time.sleep(0.1)
    raise CannotRun(f"/readyz was not ready within {READY_SECONDS} s: {answer}")


def _announce(port: int, *, demo: bool, seconds: float) -> None:
    print(f"\nReady after {seconds:.1f} s:  http://{HOST}:{port}/")
    if demo:
        print("Demo sign-ins (password is demo-<name>): " + ", ".join(DEMO_SIGN_INS))
    print("Ctrl-C stops everything.\n", flush=True)


def _stop(children: Sequence[Child]) -> None:
    """SIGTERM to all, then SIGKILL to the whole group of any that stays."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
