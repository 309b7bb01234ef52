"""Real servers on a real socket: several processes tell one truth, and are kind under load."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection, transaction

from accounts.models import Area
from ledger.roles.connections import address
from ops.run import WEB_THREADS
from tests import roles

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TILE = "/tiles/places/9/428/211.mvt"
OTHER = "/tiles/places/9/271/241.mvt"


@dataclass
class Server:
    """One granian with one worker process."""

    port: int
    process: subprocess.Popen
    children: list[int] = field(default_factory=list)

    def get(self, path=TILE, timeout=20, **headers):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        line.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        answer.content = answer.read()
        line.close()
        return answer

    def counted(self, what):
        text = self.get("/metrics").content.decode()
        return int(re.search(rf'geo_portal_tiles_total{{answer="{what}",process="\d+"}} (\d+)', text)[1])

    def signal(self, number):
        """SIGSTOP, SIGCONT or SIGKILL for the server and its process for requests, not for what keeps them up."""
        for pid in self.children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def start(var_dir):
    """Start a server; it may take a while until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        **os.environ, "DATABASE_URL": address(), "READER_DATABASE_URL": address(settings.READER_DATABASE),
        "VAR_DIR": str(var_dir), "SECRET_KEY": "for this test", "DEMO": "1",
        "TILE_TIMEOUT_MS": "1500", "PYTHONWARNINGS": "ignore", "DJANGO_SETTINGS_MODULE": "geo_portal.settings",
        "ALLOWED_HOSTS": "127.0.0.1", "CACHE_URL": "",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "geo_portal.web_server", "--port", str(port), "--threads", WEB_THREADS],
        env=environ, start_new_session=True,
    )  # fmt: skip
    return Server(port, process)


def wait_ready(server):
    """Wait until the server answers, however busy the machine is; a process that has ended never will."""
    deadline = time.monotonic() + 300
    while not answers(server):
        code = server.process.poll()
        assert code is None, f"the server ended by itself (code {code})"
        assert time.monotonic() < deadline, "the server neither answers nor ends"
        time.sleep(0.1)
    server.children = descendants(server.process.pid)


def descendants(pid):
    """The server, a fork of what has loaded all, and its own process for requests."""
    with contextlib.suppress(FileNotFoundError):
        children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [*children, *(one for child in children for one in descendants(child))]
    return []


def answers(server):
    with contextlib.suppress(OSError):
        return server.get("/healthz").status == 200
    return False


def stop(server):
    """End the server and its workers, also one that is stopped or does not listen."""
    server.signal(signal.SIGCONT)
    server.process.terminate()
    try:
        server.process.wait(20)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()


@pytest.fixture(scope="module")
def pair(django_db_setup, tmp_path_factory):
    """Two processes on one database, with one folder for what they share."""
    folder = tmp_path_factory.mktemp("shared")
    with contextlib.ExitStack() as running:
        servers = []
        for _ in range(2):
            servers.append(start(folder))
            running.callback(stop, servers[-1])  # before anything can fail, so that none is left behind
        for server in servers:
            wait_ready(server)
        yield servers


@pytest.fixture
def servers(world, pair):
    """Both, with the first tile warm; and they know which districts there are, before a test locks the areas."""
    for server in pair:
        assert server.get().status == 200
        assert server.get("/tiles/places.json").status == 200
    return pair


@contextlib.contextmanager
def slow_rows():
    """Every query of areas waits until the block ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_area IN ACCESS EXCLUSIVE MODE")
        yield


def tile_queries():
    with roles.owner_rights(), connection.cursor() as cursor:  # who reads tiles is another role
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees one picture of the others' doings
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE application_name = 'tiles' AND state = 'active' AND datname = current_database()"
        )
        return cursor.fetchone()[0]


def until(check, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


def edit(name):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_area SET name = %s WHERE point IS NOT NULL", [name])


def test_every_process_shows_an_edit_with_its_very_next_tile(servers):
    for number in range(30):
        edit(f"name{number}")
        for server in servers:
            assert f"name{number}".encode() in server.get().content


def test_every_process_shows_it_while_others_keep_asking(servers):
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            for server in servers:
                server.get()

    with ThreadPoolExecutor(3) as others:
        asking = [others.submit(ask) for _ in range(3)]
        try:
            for number in range(40):
                edit(f"busy{number}")
                shown = [f"busy{number}".encode() in server.get().content for server in servers]
                assert shown == [True, True], f"after edit {number}"
        finally:
            stop.set()
        assert all(job.result() is None for job in asking)


def test_a_tile_that_is_not_touched_is_not_made_again_in_any_process(servers):
    Area.objects.create(code="999999", name="远方", level="town", point=Point(11, 10, srid=4326))
    tags = [server.get(OTHER).headers["ETag"] for server in servers]
    made = [server.counted("made") for server in servers]
    Area.objects.filter(code="330203101").update(name="近处")
    assert [server.get(OTHER).headers["ETag"] for server in servers] == tags
    assert [server.counted("made") for server in servers] == made
    assert len(set(tags)) == 1


def test_a_process_that_was_asleep_during_the_edit_knows_of_it_when_it_wakes(servers):
    sleeper = servers[0]
    sleeper.signal(signal.SIGSTOP)
    edit("slept")
    sleeper.signal(signal.SIGCONT)
    assert b"slept" in sleeper.get().content


def test_a_process_that_was_cut_off_reads_everything_again(servers):
    with connection.cursor() as cursor:
        cursor.execute(
            "SET ROLE NONE; SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name IN ('tiles', 'tiles-change-log') AND datname = current_database()"
        )
    edit("cut off")
    assert [b"cut off" in server.get().content for server in servers] == [True, True]


def test_a_missing_tile_is_made_once_however_many_ask_in_however_many_processes(servers):
    Area.objects.create(code="999999", name="远方", level="town", point=Point(11, 10, srid=4326))
    made = sum(server.counted("made") for server in servers)
    with ThreadPoolExecutor(16) as many:
        with slow_rows():
            answers = [many.submit(servers[index % 2].get, OTHER) for index in range(16)]
            until(tile_queries)
            time.sleep(0.3)
            assert tile_queries() == 1
        assert {answer.result().status for answer in answers} == {200}
    assert sum(server.counted("made") for server in servers) == made + 1


def test_a_tile_that_takes_too_long_is_503_and_says_when_to_come_again(servers):
    with slow_rows():
        started = time.monotonic()
        answer = servers[0].get(OTHER)
        seconds = time.monotonic() - started
    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) >= 1
    assert 1.4 < seconds < 3
    assert servers[0].get(OTHER).status in (200, 204), "and it is well afterwards"


def test_a_query_is_stopped_when_its_client_goes_away(servers):
    cancelled = servers[0].counted("cancelled")
    with slow_rows():
        line = socket.create_connection(("127.0.0.1", servers[0].port))
        line.sendall(f"GET {OTHER} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        until(lambda: tile_queries() == 1)
        gone_at = time.monotonic()
        line.close()
        until(lambda: tile_queries() == 0)
        assert time.monotonic() - gone_at < 1, "long before its time limit"
    assert servers[0].counted("cancelled") == cancelled + 1


def test_a_query_goes_on_while_one_of_its_clients_stays(servers):
    cancelled = servers[0].counted("cancelled")
    with ThreadPoolExecutor(1) as pool:
        with slow_rows():
            leaver = socket.create_connection(("127.0.0.1", servers[0].port))
            leaver.sendall(f"GET {OTHER} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            until(lambda: tile_queries() == 1)
            stayer = pool.submit(servers[0].get, OTHER)
            time.sleep(0.1)
            leaver.close()
            time.sleep(0.5)
            assert tile_queries() == 1
        assert stayer.result().status in (200, 204)
    assert servers[0].counted("cancelled") == cancelled


def test_when_every_place_is_taken_warm_tiles_and_pages_still_answer(servers):
    server = servers[0]
    with ThreadPoolExecutor(40) as many:
        with slow_rows():
            slow = [many.submit(server.get, f"/tiles/places/12/{3400 + index}/1687.mvt") for index in range(40)]
            until(tile_queries)
            time.sleep(0.2)
            for path in (TILE, "/healthz"):
                started = time.monotonic()
                assert server.get(path).status == 200
                assert time.monotonic() - started < 4, "degraded, but not hanging"
            assert tile_queries() <= 4
            refused = [answer.result() for answer in slow]
        assert {answer.status for answer in refused} == {503}
        assert all(answer.headers["Retry-After"] for answer in refused)
    assert server.get("/tiles/places/12/3400/1687.mvt").status in (200, 204)


def test_a_server_that_is_killed_again_and_again_serves_again_without_loading_anew(tmp_path, django_db_setup):
    """By the fork's own start: what has loaded the site stays the same process, and nothing of a killed one is left."""
    server = start(tmp_path)
    try:
        wait_ready(server)
        for _turn in range(3):
            killed = server.children
            server.signal(signal.SIGKILL)
            until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in killed))  # noqa: B023 - asked at once
            wait_ready(server)
            assert not set(killed) & set(server.children)
    finally:
        stop(server)
