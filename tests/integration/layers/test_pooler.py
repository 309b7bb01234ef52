"""Behind PgBouncer in transaction mode: pages, tiles, imports and jobs share two sessions and leave nothing in them."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, connections
from django.test import Client

from accounts.models import Area, User
from jobs.heart import Heart
from jobs.lanes import Lane
from layers.exporting.services import export_version
from layers.importing import jobs as importing
from layers.importing.models import ImportJob
from layers.importing.states import State
from layers.models import Layer, OverlayRun
from layers.overlay import runs
from layers.overlay.parameters import Parameters
from ledger.locks import hold_for_work
from ledger.roles.connections import LOGIN, connection_parameters, log_in
from tests import roles
from tests.data.gis_files import square, write_file
from tiles.cache.change_log import CHANGE_LOG
from tiles.cache.memory import MEMORY
from tiles.engine.pool import POOL

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed"),
    pytest.mark.skipif(site.OWNER_DATABASE is None, reason="only the embedded cluster lets everybody in by a socket"),
]
SESSIONS = 2


@pytest.fixture
def pooler() -> Iterator[int]:
    """PgBouncer in front of the embedded cluster; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="geo-portal-pooler-"))
    folder.chmod(0o755)
    users = folder / "users"
    users.write_text("".join(f'"{name}" ""\n' for name in (site.APP_ROLE, site.READER_DATABASE["USER"])))
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = host={connection.settings_dict['HOST']}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {users}\npool_mode = transaction\n"
        f"default_pool_size = {SESSIONS}\nmax_prepared_statements = 0\n"
    )
    as_root = ["-u", "postgres"] if Path("/proc/self").stat().st_uid == 0 else []
    command = ["pgbouncer", "-q", *as_root, settings]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr.read()
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port
    process.terminate()
    process.communicate()
    shutil.rmtree(folder)


@pytest.fixture
def behind(pooler: int, settings: Any) -> Iterator[Callable[[str], set]]:
    """The whole site behind it. A function that asks something of each session that it has given out."""
    own = {key: connection.settings_dict[key] for key in LOGIN}
    direct = roles.site_login()
    here = {"HOST": "127.0.0.1", "PORT": str(pooler)}
    settings.DIRECT_DATABASE = direct
    settings.READER_DATABASE = site.READER_DATABASE | here
    log_in(connection, direct | here)
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True

    def ask(question: str) -> set:
        """Of as many transactions at once as there are sessions."""
        lines = [psycopg2.connect(**connection_parameters(direct | here)) for _session in range(SESSIONS)]
        found = set()
        for line in lines:
            with line.cursor() as cursor:
                cursor.execute(question)
                found |= set(cursor.fetchall())
        for line in lines:
            line.close()
        return found

    yield ask
    CHANGE_LOG.close()
    POOL.close()
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = False
    log_in(connection, own)


def left_behind(ask: Callable[[str], set]) -> list[Any]:
    """What a session holds that its next user would stumble over."""
    return [
        ask("SELECT current_setting('statement_timeout'), current_setting('work_mem')") - {("0", "16MB")},
        ask("SELECT name FROM pg_prepared_statements UNION ALL SELECT name FROM pg_cursors WHERE name <> ''"),
        ask("SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"),
        ask("SELECT relname::text FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'"),
    ]


NOTHING = [set(), set(), set(), set()]


def test_pages_and_tiles_of_many_at_once(behind: Callable[[str], set], world: Any, ponds: Layer, staff: User) -> None:
    sessions = {}
    for name, user in (("public", None), ("staff", staff)):
        client = Client()
        if user:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        sessions[name] = client.cookies
    tiles = [f"/tiles/{name}/{z}/{x}/{y}.mvt" for name in ("areas", "ponds") for z, x, y in PLACES]
    pages = ["/", "/map/", "/river/points/", "/projects/", "/stations/", "/layers/", "/tiles/areas.json"]

    def ask(number: int) -> list[tuple[str, int]]:
        client = Client()
        client.cookies = sessions["staff" if number % 2 else "public"]
        found = []
        for address in pages + tiles:
            MEMORY.clear()
            found.append((address, client.get(address).status_code))
        connections.close_all()
        return found

    with ThreadPoolExecutor(6) as threads:
        answers = [each for found in threads.map(ask, range(6)) for each in found]
    assert {each for each in answers if each[1] not in (200, 204)} == set()
    assert len(answers) == 6 * (len(pages) + len(tiles))
    assert any(status == 200 for address, status in answers if address.startswith("/tiles/ponds/"))
    assert left_behind(behind) == NOTHING


PLACES = [(6, 53, 26), (10, 856, 422), (10, 857, 422), (12, 3428, 1690), (14, 13713, 6762)]


def test_a_change_is_seen_by_the_next_tile(behind: Callable[[str], set], world: Any) -> None:
    address = "/tiles/areas/10/857/422.mvt"
    before = Client().get(address)["ETag"]
    assert Client().get(address)["ETag"] == before
    Area.objects.filter(pk=world.east_town.pk).update(name="新名")
    assert Client().get(address)["ETag"] != before


ROWS = [{"n": number} for number in range(300)]


def test_an_import_a_question_and_an_export(
    behind: Callable[[str], set], world: Any, ponds: Layer, gis: User, tmp_path: Path
) -> None:
    file = write_file(tmp_path / "more.gpkg", [square(121.31 + n / 1000, 29.81) for n in range(300)], ROWS)
    name = default_storage.save("uploads/more.gpkg", ContentFile(file.read_bytes()))
    job = ImportJob.objects.create(
        file=name, file_name="more.gpkg", sha256="", created_by=gis, state=State.QUEUED,
        options={"slug": "more", "title": "更多"},
    )  # fmt: skip
    importing.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code, job.rows_done) == (State.DONE, "", 300)
    asked = Parameters.parse({"layer": "more", "zones": "areas:town"}).as_dict()
    run = OverlayRun.objects.create(tool=OverlayRun.Tool.SUMMARY, parameters=asked, created_by=gis)
    runs.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == (OverlayRun.State.DONE, "")
    target = tmp_path / "out.csv"
    export_version(Layer.objects.get(slug="more").current_version, target)
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 301
    assert left_behind(behind) == NOTHING


def test_work_is_held_past_the_pooler_and_let_go_with_the_process(behind: Callable[[str], set], world: Any) -> None:
    with hold_for_work("drill", 1) as first, hold_for_work("drill", 1) as second, hold_for_work("drill", 2) as other:
        assert (first, second, other) == (True, False, True)
        assert behind("SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()") == set()
    with hold_for_work("drill", 1) as again:
        assert again


def test_a_heartbeat_leaves_no_time_limit_to_others(behind: Callable[[str], set], world: Any) -> None:
    heart = Heart("drill:1", "here", Lane.EXPORTS)
    for _beat in range(2 * SESSIONS):
        heart._beat()
    heart._forget_line()
    assert left_behind(behind) == NOTHING
