"""`python -m tests.drills.scale`; `make scale-check` sets everything up before it.

Two web servers, one that reads, two workers, a primary and its standby, kept by Patroni, as processes of this machine.
While people report and read, the machine of the primary dies. The table says what was lost, how long nothing could be
written, how stale reads were. Exit code 1 when anything acknowledged is lost, the chain is not sound, or no standby
took over.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2

from ops import postgis
from tests.drills.scale import database, load, recovery
from tests.drills.scale.database import Database, Processes, until
from tests.drills.scale.site import READING, Site
from tests.drills.site import free_port
from tests.drills.writes import Writers


def main() -> int:
    options = _options()
    wanted = database.PROGRAMS | ({"pgbackrest": "pgbackrest"} if options.recover else {})
    if lacking := [package for program, package in wanted.items() if not shutil.which(program)]:
        sys.stderr.write(f"Not installed; as root: apt-get install --no-install-recommends {' '.join(lacking)}\n")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a plain kill, too, stops all that was started
    folder = Path(tempfile.mkdtemp(prefix="geo-portal-scale-"))
    folder.chmod(0o755)
    try:
        with _up(folder, options) as (servers, site):
            is_well = _check(servers, site, options)
            if options.recover:
                _say("recovered", recovery.recover(servers, free_port()))
            return int(not is_well)
    finally:
        if options.keep:
            _say("logs", str(folder))
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make scale-check", description="Kill the primary while people report and read."
    )
    parser.add_argument("--devices", type=int, default=3, help="that report at once")
    parser.add_argument("--writes", type=int, default=60, help="acknowledged before and after the fault")
    parser.add_argument(
        "--recover", action="store_true", help="afterwards, a server as it was a moment before (pgBackRest)"
    )
    parser.add_argument("--keep", action="store_true", help="leave the folder with all logs")
    return parser.parse_args()


@contextlib.contextmanager
def _up(folder: Path, options: argparse.Namespace) -> Iterator[tuple[Database, Site]]:
    processes = Processes(folder)
    try:
        began = time.monotonic()
        servers = Database(folder, processes, _ports(), archive=options.recover)
        if options.recover:
            recovery.prepare(servers)
        servers.start()
        _say("database", f"{servers.primary()} is the primary, {servers.standby()} its synchronous standby")
        site = Site(folder, processes, servers, free_port)
        site.migrate()
        _district(site)
        site.start()
        _say("up", f"2 webs, 1 web that reads, 2 workers, proxy, after {time.monotonic() - began:.0f} s")
        yield servers, site
    finally:
        processes.end()


def _ports() -> Callable[[], int]:
    """Ports that nobody else has: all are held until the last is given out."""
    held: list[socket.socket] = []

    def port() -> int:
        held.append(socket.socket())
        held[-1].bind(("127.0.0.1", 0))
        found = int(held[-1].getsockname()[1])
        return found

    numbers = [port() for _ in range(12)]
    for one in held:
        one.close()
    return numbers.pop


def _district(site: Site) -> None:
    """A small district. From here on this process asks past the pooler."""
    past = {"DATABASE_URL": site.database.address(postgis.APP, site.database.door), "DATABASE_DIRECT_URL": ""}
    os.environ.update(
        {**site.environ("prepare"), **past, "DJANGO_SETTINGS_MODULE": "geo_portal.settings", "LOG_LEVEL": "ERROR"}
    )
    import django

    django.setup()
    from tests.drills.district import make_district

    make_district()


def _check(servers: Database, site: Site, options: argparse.Namespace) -> bool:
    first = servers.primary()
    assert first
    looked_at = {"the web that reads": site.ports[READING], "the proxy": site.proxy}

    def connect() -> psycopg2.extensions.connection:
        return psycopg2.connect(
            host="127.0.0.1", port=servers.door, user=postgis.APP, dbname=postgis.DATABASE, connect_timeout=2
        )

    marker, readers = load.Marker(connect, looked_at), [load.Reader(site.proxy) for _ in range(3)]
    with Writers(site.proxy, options.devices) as writers, contextlib.ExitStack() as stack:
        for one in (marker, *readers):
            stack.enter_context(one)
        began = time.monotonic()
        writers.wait_for(options.writes, 300)
        dead = servers.kill_machine(first)
        _say(
            "killed",
            f"{first}: PostgreSQL and Patroni, by SIGKILL, after {writers.acknowledged()} acknowledged reports",
        )
        back = writers.back_after(dead, 180)
        writers.wait_for(options.writes, 300)
        ended = time.monotonic()
        servers.start_node(first)
        again = until(servers.is_synchronous, 180, "the old primary as standby")
        writers.wait_for(options.writes // 2, 300)
    return _report(
        servers, writers, readers, marker, {"began": began, "dead": dead, "ended": ended, "back": back, "again": again}
    )


def _report(
    servers: Database, writers: Writers, readers: list[load.Reader], marker: load.Marker, at: dict[str, float]
) -> bool:
    from tests.drills import audit

    found = audit.look(writers.reports)
    line = psycopg2.connect(host="127.0.0.1", port=servers.door, user=postgis.APP, dbname=postgis.DATABASE)
    with line.cursor() as cursor:
        cursor.execute("SELECT substr(name, 6)::int FROM accounts_area WHERE code = '330203100'")
        kept = cursor.fetchone()[0]
    heard = [one.heard_at for one in writers.reports if one.number]
    good = [moment for reader in readers for moment in reader.good_at]
    answers = sum((reader.statuses for reader in readers), readers[0].statuses.__class__())
    lost = found.acknowledged - found.found
    _say("primary now", f"{servers.primary()}; the old one follows again {at['again']:.0f} s after its start")
    marks = f"{max(0, marker.acknowledged - kept)} of {marker.acknowledged} marks"
    _say("lost", f"{lost} of {found.acknowledged} acknowledged reports, {marks}; half: {found.half}")
    _say("chain", "sound" if found.chain_is_sound else "NOT SOUND")
    _say(
        "without writes",
        f"{load.longest_gap(heard, at['dead'], at['ended']):.1f} s (a report sent after it: {at['back']:.1f} s)",
    )
    _say("without reads", f"{load.longest_gap(good, at['dead'], at['ended']):.1f} s; answers: {_counted(answers)}")
    for where in {look.where: None for look in marker.looks}:
        looks = [look for look in marker.looks if look.where == where]
        stale = [look.fresh_after for look in looks if look.is_stale]
        _say("stale", f"{where}: {len(stale)} of {len(looks)} tiles, for {max(stale, default=0) * 1000:.0f} ms at most")
    return found.is_well and marker.acknowledged <= kept


def _counted(answers: dict[int, int]) -> str:
    return ", ".join(f"{count} x {status or 'none'}" for status, count in sorted(answers.items()))


def _say(what: str, words: str) -> None:
    sys.stdout.write(f"{what:<16}{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
