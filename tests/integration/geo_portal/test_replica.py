"""A web process on a streaming standby: what it answers, what it refuses, and what it knows after a failover."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings as site
from django.db import connection

from accounts.models import Area
from ops import postgis, run
from ops.environment import ROOT
from ops.locations import locate
from tests.data import cast
from tiles.cache.watched_tables import TIMELINE_BITS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(site.OWNER_DATABASE is None, reason="only the embedded cluster lets its superuser copy it"),
]
TILE = "/tiles/areas/10/857/422.mvt"
PATIENCE_S = "600"  # a standby copies what the other tests write meanwhile; pg_ctl alone waits for a minute


@dataclass
class Standby:
    """A copy of the tests' cluster that follows it."""

    folder: Path
    owner: Any
    places: Any

    @property
    def address(self) -> dict[str, str]:
        return {"host": str(self.folder), "user": site.APP_ROLE, "dbname": connection.settings_dict["NAME"]}

    def tool(self, name: str, *arguments: str) -> None:
        code, said = postgis._as_owner(self.owner, self.places, name, *arguments)
        assert code == 0, said

    def start(self) -> None:
        self.tool("pg_basebackup", "-h", str(self.places.sockets), "-U", postgis.SUPERUSER, "-R", "-c", "fast",
                  "-X", "stream", "-D", f"{self.folder}/data")  # fmt: skip
        options = f"-c unix_socket_directories={self.folder} -c listen_addresses='' -c max_connections=200 -c fsync=off"
        self.tool("pg_ctl", "start", "-w", "-t", PATIENCE_S, "-D", f"{self.folder}/data", "-l", f"{self.folder}/log",
                  "-o", options)  # fmt: skip

    def promote(self) -> None:
        self.tool("pg_ctl", "promote", "-w", "-t", PATIENCE_S, "-D", f"{self.folder}/data")

    def execute(self, statement: str) -> list[Any]:
        line = psycopg2.connect(**self.address)
        with line, line.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall() if cursor.description else []
        line.close()
        return found

    def stop(self) -> None:
        postgis._as_owner(self.owner, self.places, "pg_ctl", "stop", "-m", "immediate", "-D", f"{self.folder}/data")
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def standby() -> Iterator[Standby]:
    cast.make_world()
    cast.make_staff()
    owner, folder = postgis._owner(), Path(tempfile.mkdtemp(prefix="geo-portal-standby-"))
    os.chown(folder, owner.uid, owner.gid)
    made = Standby(folder, owner, locate(site.VAR_DIR))
    try:
        made.start()
        yield made
    finally:
        made.stop()


Ask = Callable[..., tuple[int, dict[str, str], bytes]]


@pytest.fixture
def ask(standby: Standby, tmp_path: Path) -> Iterator[Ask]:
    """Ask the web process on the standby; started once for all that this file wants to know."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = standby.address
    environ = os.environ | {
        "DATABASE_REPLICA_URL": f"postgis://{where['user']}@/{where['dbname']}?host={where['host']}",
        "DATABASE_DIRECT_URL": "postgis://nobody@127.0.0.1:1/nothing",  # of the primary's web, and not for this one
        "VAR_DIR": str(tmp_path), "SECRET_KEY": "s" * 50, "DEMO": "1", "PORT": str(port), "DISTRICT_CODE": "330203",
        "REPLICA_MAX_LAG_S": "3600", "LOG_LEVEL": "ERROR", "WEB_THREADS": "16",
    }  # fmt: skip
    process = subprocess.Popen(run.server_command(port, environ), cwd=ROOT, env=environ)

    def request(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            line.request(method, path, headers=headers)
            answer = line.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            line.close()

    try:
        _until(lambda: _answers(request), 120)
        yield request
    finally:
        process.terminate()
        process.wait()


def _answers(request: Ask) -> bool:
    try:
        return request("/healthz")[0] == 200
    except OSError:
        return False


def _until(holds: Callable[[], bool], seconds: float = 20) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


READ = ["/", "/map/", "/river/points/", "/projects/", "/stations/", "/layers/", "/library/", "/report/",
        "/accounts/login/", "/tiles/areas.json", "/api/v1/areas/", "/ogc/collections", TILE]  # fmt: skip


def test_it_reads_refuses_to_write_follows_and_outlives_a_failover(standby: Standby, ask: Ask) -> None:
    assert {path: ask(path)[0] for path in READ} == dict.fromkeys(READ, 200)
    _what_would_write_is_for_another(ask)
    assert [standby.execute(f"SELECT count(*) FROM {table}")[0][0] for table in ("django_session", "jobs_job")] == [
        0,
        0,
    ]
    _a_change_of_the_primary_arrives(ask)
    _it_says_how_far_behind_it_is(standby, ask)
    _after_a_failover_its_tiles_are_those_of_the_new_primary(standby, ask)
    _without_its_standby_it_hands_on_what_it_is_asked(standby, ask)


def _what_would_write_is_for_another(ask: Ask) -> None:
    for words in ({"method": "POST"}, {"Cookie": "sessionid=abc"}, {"Authorization": "Token abc"}):
        status, headers, body = ask("/report/", **words)
        assert (status, headers["x-unavailable"], headers["x-accel-redirect"]) == (503, "reads-only", "@writing")
        assert "只供查阅" in body.decode()
    status, headers, _body = ask("/search/?q=%E4%B8%9C")  # counts how much one address asks, which only the view knows
    assert (status, headers["x-unavailable"], headers["x-accel-redirect"]) == (503, "reads-only", "@writing")
    status, headers, body = ask("/api/v1/findings/", "POST")
    assert (status, headers["content-type"], json.loads(body)["code"]) == (
        503,
        "application/problem+json",
        "reads-only",
    )


def _a_change_of_the_primary_arrives(ask: Ask) -> None:
    before = ask(TILE)[1]["etag"]
    Area.objects.filter(level=Area.Level.TOWN).update(name="新名")
    assert _until(lambda: ask(TILE)[1]["etag"] != before) < 10


def _it_says_how_far_behind_it_is(standby: Standby, ask: Ask) -> None:
    state = json.loads(ask("/readyz")[2])
    assert (state["database"], state["migrations"], state["evidence"], state["lag"]) == (True, True, True, True)
    assert (state["replica"]["recovering"], state["replica"]["receiving"]) == (True, True)
    assert 0 <= state["replica"]["lag_s"] < 60
    assert b"geo_portal_replica_lag_seconds" in ask("/metrics")[2]


def _after_a_failover_its_tiles_are_those_of_the_new_primary(standby: Standby, ask: Ask) -> None:
    newest = "SELECT max(version) FROM tiles_tableversion"
    before, old = ask(TILE)[1]["etag"], standby.execute(newest)[0][0]
    standby.promote()
    assert json.loads(ask("/readyz")[2])["replica"]["recovering"] is False
    assert ask(TILE)[1]["etag"] == before
    standby.execute("UPDATE accounts_area SET name = 'after' WHERE level = 'town'")
    assert _until(lambda: ask(TILE)[1]["etag"] != before) < 10
    assert (old >> TIMELINE_BITS, standby.execute(newest)[0][0] >> TIMELINE_BITS) == (1, 2)
    assert ask("/report/", "POST")[0] == 503, "it reads only, also where the database would let it write"


def _without_its_standby_it_hands_on_what_it_is_asked(standby: Standby, ask: Ask) -> None:
    standby.stop()
    for path in ("/projects/", "/api/v1/areas/", TILE):
        status, headers, _body = ask(path)
        assert (path, status, headers.get("x-accel-redirect")) == (path, 503, "@writing")
