"""`make run`: database, migrations, demo, worker and web server, up together, kept up, and down together."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ops import backups, environment, port_holder, postgis, setup, system, variables
from ops.environment import ROOT
from ops.forks import die_with_parent
from ops.supervise import Charge, Supervisor

HOST = "127.0.0.1"
READY_SECONDS = 90
STOP_SECONDS = 15
LOOK_SECONDS = 0.5
STARTS = 5
"""What ends so often before the site was ever up is a mistake of the set-up, not an accident."""
WEB_WORKERS = "2"
WEB_THREADS = "96"
"""More than all kinds of requests take together (`geo_portal/concurrency.py`), so that `/healthz` finds one free."""
DEMO_SIGN_INS = ("deputy", "officer", "officer2", "gis", "staff", "admin")


class CannotRun(Exception):
    """The start was given up; the message says why and what to do."""


class Interrupted(Exception):
    """Ctrl-C or SIGTERM."""


@dataclass
class Child:
    """A program that is started, and started again, in a session of its own: Ctrl-C reaches it through us alone."""

    name: str
    command: Sequence[str]
    environ: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what an earlier one left behind (it may hold the port) is killed first."""
        self._kill_group()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def ended(self) -> str | None:
        """How it ended; None while it runs."""
        code = self.process.poll() if self.process else None
        if code is None:
            return None
        return f"signal {-code}" if code < 0 else f"code {code}"

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def stop(self, seconds: float) -> None:
        """Wait so long for its end, then kill it and all it has started."""
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            self._kill_group()
            self.process.wait()

    def _kill_group(self) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def parse_port(text: str) -> int:
    """PORT as a number. CannotRun for anything that is no TCP port."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise CannotRun(f"PORT={text} is not a port number (1 to 65535).")


def reserve_port(port: int) -> socket.socket:
    """Keep every other `make run` of this machine off the port while the socket that comes back is open.

    Granian's processes share their port among each other, and would share it with those of another site without a
    word: each visitor then gets now this one, now that. Raises CannotRun, naming whoever has the port.
    """
    check_port(port)
    reserved = socket.socket(socket.AF_UNIX)
    try:
        reserved.bind(f"\0geo-portal-port-{port}")  # a name, not a file: it goes with the process
    except OSError:
        reserved.close()
        raise CannotRun(_taken(port, "another `make run`, which is starting")) from None
    return reserved


def _taken(port: int, otherwise: str = "") -> str:
    who = port_holder.describe(port) or otherwise
    return f"Port {port} is taken{f' by {who}' if who else ''}. Choose another: make run PORT={port + 1}"


def check_port(port: int) -> None:
    """Raises CannotRun when something already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotRun(f"Port {port} is reserved for root. Choose another: make run PORT=8001") from None
        except OSError:
            raise CannotRun(_taken(port)) from None


def main() -> None:
    started = time.monotonic()
    environ = os.environ.copy()
    port = parse_port(environ.get("PORT") or "8000")
    embedded = environment.uses_embedded(environ)
    # A database of somebody else's gets the demo only when asked for.
    environ.setdefault("DEMO", "1" if embedded and not environ.get("DISTRICT") else "0")
    # Whoever sets a district up on her own machine needs no public address yet.
    environ.setdefault("TRIAL", "1" if embedded else "0")
    if sentence := variables.refusal(environ, but=frozenset({"SECRET_KEY"})):  # it makes one itself
        raise CannotRun(sentence)
    reserved = reserve_port(port)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    die_with_parent()  # make may be killed without passing it on
    environ.setdefault("LOG_LEVEL", "WARNING")  # the terminal is for the address and for what goes wrong
    try:
        system.ensure(system.needs(server=embedded, browser=False))
        if not environ.get("SECRET_KEY"):
            environ["SECRET_KEY"] = environment.secret_key(environment.var_dir(environ))
        setup.set_up(environ, tests=False)
        with environment.database(environ):
            setup.run(setup.PYTHON, "manage.py", "prepare", *district_flags(environ), environ=environ)
            backups.remember(environ)
            _serve(environ, port, started)
    except Interrupted:
        print("\nStopped.", flush=True)
    finally:
        reserved.close()


def district_flags(environ: dict[str, str]) -> list[str]:
    """What `prepare` is told of DISTRICT=<folder>. CannotRun for a folder without DISTRICT.toml."""
    if not (named := environ.get("DISTRICT")):
        return []
    folder = Path(named).expanduser().resolve()
    if not (folder / "DISTRICT.toml").is_file():
        raise CannotRun(f"DISTRICT={named}: there is no DISTRICT.toml in that folder (docs/a-new-district.md).")
    return ["--district", str(folder)]


def _interrupt(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # one is enough; the second must not cut the tidying short
    raise Interrupted


def is_demo(environ: dict[str, str]) -> bool:
    return environ.get("DEMO", "0").lower() in {"1", "true", "yes", "on"}


def _serve(environ: dict[str, str], port: int, started: float) -> None:
    children = [
        *web_servers(port, environ),
        Child("The worker", [str(setup.PYTHON), "manage.py", "work_jobs"], environ),
    ]
    charges = [Charge(child.name, child.start, child.ended) for child in children]
    if environment.uses_embedded(environ):
        charges.insert(0, _database_charge(environ))
    supervisor = Supervisor(charges, time.monotonic, _say)
    try:
        supervisor.start()
        _wait_ready(supervisor, port)
        _announce(port, demo=is_demo(environ), seconds=time.monotonic() - started)
        while True:
            supervisor.look()
            time.sleep(LOOK_SECONDS)
    finally:
        _stop(children)


def _database_charge(environ: dict[str, str]) -> Charge:
    """PostgreSQL of this VAR_DIR: no child of ours, for others may have started it, but ours to keep up."""
    folder = environment.var_dir(environ)

    def ended() -> str | None:
        return None if postgis.is_running(folder) else "its server is gone"

    return Charge("The database", lambda: postgis.revive(folder), ended)


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def web_servers(port: int, environ: dict[str, str]) -> list[Child]:
    """Two by default, which share the port: while what keeps one up loads again the other serves."""
    count = int(environ.get("WEB_WORKERS") or WEB_WORKERS)
    names = ["The web server", *(f"Web server {number}" for number in range(2, count + 1))]
    return [Child(name, server_command(port, environ), environ) for name in names]


def server_command(port: int, environ: dict[str, str]) -> list[str]:
    """What loads the site and keeps one server up that is a fork of it (`geo_portal/web_server.py`)."""
    return [
        str(setup.PYTHON), "-m", "geo_portal.web_server", "--host", HOST, "--port", str(port),
        "--threads", environ.get("WEB_THREADS", WEB_THREADS),
    ]  # fmt: skip


def _wait_ready(supervisor: Supervisor, port: int) -> None:
    """Until the site says that it is ready. Raises CannotRun when it does not, or when something never stays up."""
    deadline = time.monotonic() + READY_SECONDS
    while (answer := _what_is_not_ready(port)) is not None:
        if time.monotonic() >= deadline:
            raise CannotRun(f"/readyz was not ready within {READY_SECONDS} s: {answer}")
        time.sleep(0.1)
        supervisor.look()
        _give_up_on_who_never_stays(supervisor)


def _what_is_not_ready(port: int) -> str | None:
    """What /readyz answers, or why there is no answer; None once it is ready."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5):
            return None
    except urllib.error.HTTPError as error:
        with error:
            return f"{error.code} {error.read(500).decode(errors='replace')}"
    except OSError as error:
        return str(error)


def _give_up_on_who_never_stays(supervisor: Supervisor) -> None:
    for charge in supervisor.charges:
        if charge.backoff.ends >= STARTS:
            raise CannotRun(f"{charge.name} ended {STARTS} times before the site was up; its last words stand above.")


def _announce(port: int, *, demo: bool, seconds: float) -> None:
    print(f"\nReady after {seconds:.1f} s:  http://{HOST}:{port}/")
    if demo:
        print("Demo sign-ins (password is demo-<name>): " + ", ".join(DEMO_SIGN_INS))
    print("Ctrl-C stops everything.\n", flush=True)


def _stop(children: Sequence[Child]) -> None:
    """SIGTERM to all, then SIGKILL to the whole group of any that stays."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.stop(max(0.1, deadline - time.monotonic()))
