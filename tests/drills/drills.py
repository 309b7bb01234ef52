"""What is done to the site while people report. A drill hurts it and returns how long it took to come back."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg2

from ops.locations import locate
from tests.drills import imports
from tests.drills.site import Site
from tests.drills.writes import Writers, ask

type Drill = Callable[[Site, Writers], float]
"""Hurts the site; returns the seconds until something is acknowledged again, from the end of what was done to it."""


CLOCK = "clock"
"""A folder that is none: the site's clock can be moved (`libfaketime`)."""
CACHE = "cache"


@dataclass(frozen=True)
class Entry:
    """A drill by name."""

    name: str
    run: Drill
    quick: bool = False
    """Of the small selection."""
    needs: str = ""
    """A folder of the site that must be a small disk of its own, CACHE or CLOCK."""
    most_s: float = 5.0
    """Longer than this to come back is marked, and with `--strict` a failure: it says something only where the machine
    does nothing else."""


def kill(*pids: int) -> float:
    """SIGKILL; the moment after."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return time.monotonic()


def web(site: Site, writers: Writers) -> float:
    return writers.back_after(kill(site.web_servers()[0]))


def web_all(site: Site, writers: Writers) -> float:
    """Nothing is left that listens."""
    return writers.back_after(kill(*site.web_processes()))


def web_keeper(site: Site, writers: Writers) -> float:
    return writers.back_after(kill(site.web_keepers()[0]))


def web_whole(site: Site, writers: Writers) -> float:
    """Nothing is left of it, so this is how long it takes to load."""
    return writers.back_after(kill(*site.web_keepers(), *site.web_processes()))


def web_process(site: Site, writers: Writers) -> float:
    return writers.back_after(kill(site.web_processes()[-1]))


def web_thrice(site: Site, writers: Writers) -> float:
    """A server each time, in turn, three in five seconds."""
    began, fault = time.monotonic(), 0.0
    for number in range(3):
        while time.monotonic() < began + number * 2.4:
            time.sleep(0.02)
        fault = kill(*site.web_servers()[-1:] if number % 2 else site.web_servers()[:1])
    return writers.back_after(fault)


def worker(site: Site, writers: Writers) -> float:
    return writers.back_after(kill(*site.workers()))


def runner(site: Site, writers: Writers) -> float:
    fault = kill(site.runner())
    back = writers.back_after(fault)
    while site.status("/readyz") != 200:
        if time.monotonic() > fault + 90:
            raise TimeoutError("the runner did not come back")
        time.sleep(0.1)
    return max(back, 0.0)


def backend(site: Site, writers: Writers) -> float:
    """PostgreSQL restarts all of its processes when one of them is killed."""
    return writers.back_after(kill(site.backends()[0]))


def postmaster(site: Site, writers: Writers) -> float:
    return writers.back_after(kill(site.postmaster()))


def paused(site: Site, writers: Writers) -> float:
    with site.database_paused():
        _stays_alive(site, 8)
    return writers.back_after(time.monotonic())


def locked(site: Site, writers: Writers) -> float:
    """The table that every report writes to."""
    line = psycopg2.connect(host=str(locate(site.var_dir).sockets), dbname="geo_portal", user="postgres")
    line.cursor().execute("SET statement_timeout = '60s'; LOCK TABLE supervision_finding IN ACCESS EXCLUSIVE MODE")
    _stays_alive(site, 8)
    line.rollback()
    fault = time.monotonic()
    line.close()
    return writers.back_after(fault)


def _stays_alive(site: Site, seconds: float) -> None:
    """Raises AssertionError when health or a static file has to wait, whatever else does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in ("/healthz", "/static/icon.svg"):
            began = time.monotonic()
            status = ask(site.port, path)
            took = time.monotonic() - began
            assert status == 200 and took < 5, f"{path}: {status} after {took:.1f} s"
        time.sleep(0.2)


def full_disk(folder: str) -> Drill:
    def run(site: Site, writers: Writers) -> float:
        with _filled(site, folder):
            time.sleep(6)
        return writers.back_after(time.monotonic())

    return run


@contextlib.contextmanager
def _filled(site: Site, folder: str) -> Iterator[None]:
    place = locate(site.var_dir).home if folder == "postgis" else site.var_dir / folder
    ballast = place / "ballast"
    try:
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        yield
    finally:
        ballast.unlink(missing_ok=True)


def many(site: Site, writers: Writers) -> float:
    """300 clients read and report at once; each is answered or told to come again."""
    said: Counter[int] = Counter()
    until = time.monotonic() + 15

    def client() -> None:
        while time.monotonic() < until:
            for path in ("/findings/", "/tiles/findings/12/3427/1690.mvt", "/api/v1/areas/"):
                said[ask(site.port, path)] += 1

    threads = [threading.Thread(target=client, daemon=True) for _ in range(300)]
    for thread in threads:
        thread.start()
    _stays_alive(site, 12)
    for thread in threads:
        thread.join(120)
    strange = {status: count for status, count in said.items() if status not in (200, 204, 302, 304, 404, 429, 503)}
    assert not strange, f"of {said.total()} answers: {strange}"
    return writers.back_after(time.monotonic())


def cache_gone(site: Site, writers: Writers) -> float:
    assert site.cache is not None
    site.cache.kill()
    site.cache.wait()
    _stays_alive(site, 4)
    for path in ("/", "/api/v1/areas/", "/findings/"):
        status = site.status(path, 30)
        assert status in (200, 302), f"{path}: {status} without the cache"
    return writers.back_after(time.monotonic())


def clock_moved(seconds: int) -> Drill:
    """The clocks of the web and the workers, not that of the database: so they disagree as well."""

    def run(site: Site, writers: Writers) -> float:
        site.move_clock(seconds)
        fault = time.monotonic()
        back = writers.back_after(fault)
        time.sleep(3)
        return back

    return run


DRILLS = (
    Entry("a web server killed", web, quick=True),
    Entry("a web process killed", web_process),
    Entry("web killed three times in 5 s", web_thrice),
    Entry("every web process killed", web_all),
    Entry("what keeps a web server up killed", web_keeper),
    Entry("the web killed with all that keeps it up", web_whole, most_s=30),
    Entry("workers killed", worker, quick=True),
    Entry("runner of the workers killed", runner),
    Entry("a database session killed", backend, quick=True),
    Entry("the database killed", postmaster),
    Entry("the database stopped for 8 s", paused, quick=True),
    Entry("a table locked for 8 s", locked),
    Entry("disk full under media", full_disk("media"), needs="media", quick=True),
    Entry("disk full under the database", full_disk("postgis"), needs="postgis"),
    Entry("the cache killed", cache_gone, needs=CACHE),
    Entry("300 clients", many),
    Entry("imports killed in each phase", imports.killed, most_s=90),
    Entry("clock an hour ahead", clock_moved(3600), needs=CLOCK),
    Entry("clock a day ahead", clock_moved(86_400), needs=CLOCK),
    Entry("clock an hour behind", clock_moved(-3600), needs=CLOCK),
)


def can_mount() -> bool:
    """A small disk of its own is a tmpfs in a namespace of mounts that ends with the drill."""
    return os.geteuid() == 0 and shutil.which("unshare") is not None
