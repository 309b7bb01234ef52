"""A real site for a real browser: granian, a worker, PostGIS and the demo district, all of their own.

Nothing here uses Django's test database: the site runs as `make run` starts it, on a database that is made
for this process and dropped after it. Tests share it, so each takes a point or project of its own.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import BrowserContext, Page, expect

from ledger.roles.connections import as_owner
from ops.run import server_command
from tests import demo_database, template_database
from tests.demo_database import SCHEDULES_FROM_NOW, Demo, run_as_owner

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Software rendering draws WebGL without a graphics card; the rest keeps the browser off the network.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # Debian turns it on; without a graphics card it draws each page twice as slowly as Skia does by itself.
    "--disable-gpu-rasterization",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
START_SECONDS = int(os.environ.get("E2E_START_SECONDS", "180"))
# Software WebGL on two busy cores is slow to draw, not wrong.
PATIENCE_MS = int(os.environ.get("E2E_PATIENCE_MS", "30000"))

SESSION_COOKIE = settings.SESSION_COOKIE_NAME

Sql = Callable[..., list[tuple]]


@dataclass(frozen=True)
class Site:
    """A running site."""

    url: str
    environ: dict[str, str]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run manage.py against this site's database."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environ, capture_output=True, text=True
        )


@pytest.fixture(scope="session")
def demo(django_db_blocker: Any) -> Demo:
    """The demo district, loaded once for all processes that test on it."""
    return demo_database.ensure(_migrated(django_db_blocker))


def _migrated(blocker: Any) -> str:
    """The name of the migrated database; asked in a thread of its own, for this one may have a browser's event loop."""

    def ask() -> str:
        with blocker.unblock():
            try:
                with as_owner():
                    return template_database.ensure(connection)
            finally:
                connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(ask).result()


@pytest.fixture(scope="session")
def database(demo: Demo) -> Iterator[str]:
    """The name of this process's own copy of the demo district's database."""
    with demo_database.copy_of(demo, "e2e") as name:
        yield name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url: str, processes: list[subprocess.Popen]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for process in processes:
            assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        with contextlib.suppress(urllib.error.URLError, TimeoutError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError(f"{url} did not answer within {START_SECONDS} s")


@pytest.fixture(scope="session")
def site(database: str, demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port = _free_port()
    folder = shutil.copytree(demo.folder, tmp_path_factory.mktemp("site") / "var")
    (folder / "static").symlink_to(settings.STATIC_ROOT)  # collected before the tests
    environ = demo_database.environ(database, folder) | {"SITE_URL": f"http://localhost:{port}"}
    with _serving(environ, port) as running:
        yield running


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Site]:
    """A site that nobody has set up: migrated, and nothing in it."""
    name, folder = f"e2e_empty_{os.getpid()}", tmp_path_factory.mktemp("empty") / "var"
    folder.mkdir()
    (folder / "static").symlink_to(settings.STATIC_ROOT)
    run_as_owner(f'CREATE DATABASE "{name}" TEMPLATE "{_migrated(django_db_blocker)}"')
    run_as_owner(SCHEDULES_FROM_NOW, name)
    environ = demo_database.environ(name, folder) | {"DEMO": "0", "TRIAL": "1"}
    try:
        with _serving(environ, _free_port()) as running:
            yield running
    finally:
        run_as_owner(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def _serving(environ: dict[str, str], port: int) -> Iterator[Site]:
    """Web server and worker, up while somebody asks."""
    site = Site(f"http://127.0.0.1:{port}", environ)
    commands = [server_command(port, environ), [sys.executable, "manage.py", "work_jobs"]]
    processes = [subprocess.Popen(command, cwd=ROOT, env=environ) for command in commands]
    try:
        _wait(site.url + "/readyz", processes)
        yield site
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    """Where the browser's relative addresses begin."""
    return site.url


@pytest.fixture(scope="session")
def sql(database: str) -> Iterator[Sql]:
    """Ask the site's database, to choose what to test on and to see what was stored."""
    with contextlib.closing(psycopg2.connect(demo_database.owners_address(database))) as connection:
        connection.autocommit = True

        def ask(statement: str, *values: object) -> list[tuple]:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall()

        yield ask


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """Also for tests that open a context of their own: they may be the first of their process."""
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
        "reduced_motion": "reduce",
    }


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; one that throws, or breaks its own content security policy, fails the test that opened it."""
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if _is_fault(message.text) else None)
    yield page
    assert problems == []


def _is_fault(text: str) -> bool:
    return bool(re.search(r"Content.Security.Policy|Refused to|Uncaught", text))


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """The session cookie of everybody who has signed in, by name."""
    return {}


@pytest.fixture
def sign_in(page: Page, sessions: dict[str, Any]) -> Callable[[str], None]:
    """Sign in through the form, as a person would; whoever has done so in this process comes with the same session."""

    def enter(name: str) -> None:
        if name in sessions:
            page.context.add_cookies([sessions[name]])
            return
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(name)
        page.locator("input[name=password]").fill(f"demo-{name}")
        page.locator("form:has(input[name=password]) button").click()
        page.wait_for_url("**/work/")
        (sessions[name],) = (cookie for cookie in page.context.cookies() if cookie["name"] == SESSION_COOKIE)

    return enter


@pytest.fixture
def map_ready(page: Page) -> Callable[[], None]:
    """Wait until the map has drawn everything it asked for, on a busy machine for minutes. Never sleeps."""

    def wait() -> None:
        page.wait_for_function(
            "() => window.__map && window.__map.loaded() && window.__map.areTilesLoaded()", timeout=4 * PATIENCE_MS
        )

    return wait
