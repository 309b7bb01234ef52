"""The embedded cluster, for real: shared by its users, stopped by the last, back after a kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from ops import locations, postgis, run
from ops.environment import ROOT
from ops.supervise import Charge, Supervisor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (postgis.PG_BIN / "postgres").exists(), reason="PostgreSQL 17 is not installed"),
]


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A folder the cluster's user can enter; pytest's own tmp_path is closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="geo-portal-test-"))
    folder.chmod(0o755)
    yield folder
    postgis.destroy(folder)
    shutil.rmtree(folder)


def _postmaster(var_dir: Path) -> int | None:
    return postgis._postmaster_pid(locations.locate(var_dir))


def _ask(url: str, sql: str) -> object:
    connection = psycopg2.connect(url.replace("postgis://", "postgresql://"))
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
            assert row is not None
            return row[0]
    finally:
        connection.close()


def _other_user(var_dir: Path) -> subprocess.Popen[str]:
    """Another process that holds the cluster until its standard input closes."""
    program = f"""
import sys
from ops import postgis
with postgis.hold({str(var_dir)!r}, durable=False):
    print("up", flush=True)
    sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_it_has_postgis_and_is_gone_afterwards(var_dir: Path) -> None:
    with postgis.hold(var_dir, durable=False) as url:
        assert str(_ask(url, "SELECT postgis_lib_version()")).startswith("3.5")
        assert _ask(url, "SHOW jit") == "off"
        assert _ask(url, "SHOW listen_addresses") == ""
    assert _postmaster(var_dir) is None


@pytest.mark.parametrize("role", [postgis.OWNER, postgis.APP, postgis.READER])
def test_no_role_of_ours_is_a_superuser(var_dir: Path, role: str) -> None:
    with postgis.hold(var_dir, durable=False):
        url = postgis.database_url(var_dir, role)
        assert _ask(url, "SELECT current_user || ' ' || rolsuper FROM pg_roles WHERE rolname = current_user") == (
            f"{role} false"
        )


def test_a_second_start_changes_no_role_and_makes_no_database(var_dir: Path) -> None:
    for _start in range(2):
        with postgis.hold(var_dir, durable=False) as url:
            assert _ask(url, "SELECT pg_has_role('geo_portal', 'geo_portal_app', 'MEMBER')") is True
            assert _ask(url, "SELECT pg_has_role('geo_portal_app', 'geo_portal', 'MEMBER')") is False


def test_it_survives_a_crash_of_the_machine_unless_told_otherwise(var_dir: Path) -> None:
    with postgis.hold(var_dir) as url:
        assert _ask(url, "SHOW fsync") == "on"


def test_the_last_user_stops_it_whoever_started_it(var_dir: Path) -> None:
    with postgis.hold(var_dir, durable=False) as url:
        started = _postmaster(var_dir)
        other = _other_user(var_dir)
        assert _postmaster(var_dir) == started
    assert _postmaster(var_dir) == started
    assert _ask(url, "SELECT 1") == 1
    other.communicate("")
    assert _postmaster(var_dir) is None


def test_a_killed_user_does_not_keep_it_up(var_dir: Path) -> None:
    other = _other_user(var_dir)
    other.kill()
    other.communicate()
    assert _postmaster(var_dir) is not None  # nobody was left to stop it
    with postgis.hold(var_dir, durable=False) as url:
        assert _ask(url, "SELECT 1") == 1
    assert _postmaster(var_dir) is None


def test_data_is_there_after_kill_9_of_the_server(var_dir: Path) -> None:
    with postgis.hold(var_dir):
        _ask(
            postgis.database_url(var_dir, postgis.OWNER),
            "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7); COMMIT; SELECT 1",
        )
        pid = _postmaster(var_dir)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while _postmaster(var_dir) is not None:
            time.sleep(0.02)
    with postgis.hold(var_dir):
        assert _ask(postgis.database_url(var_dir, postgis.OWNER), "SELECT n FROM kept") == 7


def test_a_pid_file_that_names_another_process_is_no_obstacle(var_dir: Path) -> None:
    with postgis.hold(var_dir, durable=False):
        pass
    pid_file = locations.locate(var_dir).data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n")
    with postgis.hold(var_dir, durable=False) as url:
        assert _ask(url, "SELECT 1") == 1


def test_a_database_in_use_is_not_deleted(var_dir: Path) -> None:
    with postgis.hold(var_dir, durable=False) as url:
        with pytest.raises(postgis.PostgisError, match="in use"):
            postgis.destroy(var_dir)
        assert _ask(url, "SELECT 1") == 1


def test_a_socket_folder_open_to_others_is_refused(var_dir: Path) -> None:
    places = locations.locate(var_dir)
    places.home.mkdir(mode=0o755)
    with pytest.raises(postgis.PostgisError, match="mode 0700"), postgis.hold(var_dir):
        pytest.fail("the cluster must not start")
    places.home.chmod(0o700)


def test_a_killed_server_is_started_again_for_who_holds_it(var_dir: Path) -> None:
    with postgis.hold(var_dir, durable=False) as url:
        first = _postmaster(var_dir)
        assert first is not None
        postgis.revive(var_dir, durable=False)
        assert _postmaster(var_dir) == first, "one that runs is left alone"
        os.kill(first, signal.SIGKILL)
        _wait_until_gone(var_dir)
        postgis.revive(var_dir, durable=False)
        assert _postmaster(var_dir) not in (None, first)
        assert _ask(url, "SELECT 1") == 1
    assert _postmaster(var_dir) is None


def _wait_until_gone(var_dir: Path) -> None:
    deadline = time.monotonic() + 60
    while postgis.is_running(var_dir):
        assert time.monotonic() < deadline, "the killed server still runs"
        time.sleep(0.05)


def test_the_supervisor_of_make_run_brings_server_and_children_back_and_goes_on(
    var_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"VAR_DIR": str(var_dir)}
    child = run.Child("The worker", [sys.executable, "-c", "import time; time.sleep(600)"], dict(os.environ))
    charges = [run._database_charge(environ), Charge(child.name, child.start, child.ended)]
    supervisor = Supervisor(charges, time.monotonic, run._say)
    with postgis.hold(var_dir, durable=False) as url:
        try:
            supervisor.start()
            first = _postmaster(var_dir)
            assert first is not None and child.process is not None
            os.kill(first, signal.SIGKILL)
            child.process.kill()
            child.process.wait()
            began = time.monotonic()
            while _postmaster(var_dir) in (None, first) or child.ended() is not None:
                supervisor.look()
                assert time.monotonic() - began < 120, "not brought back"
                time.sleep(0.05)
            assert _ask(url, "SELECT 1") == 1
        finally:
            child.stop(0.1)
    said = capsys.readouterr().err
    assert "The database ended (its server is gone); starting it again at once." in said
    assert "The worker ended (signal 9); starting it again at once." in said
