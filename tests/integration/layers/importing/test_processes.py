"""Imports in processes of their own, on committed data: killed, cancelled, out of memory or time."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from jobs.calls import Later
from layers.importing import job_recovery, jobs, worker
from layers.models import ImportJob, Layer, LayerRejection, LayerVersion
from tests import roles
from tests.data.gis_files import square, write_file

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def job(gis: Any) -> ImportJob:
    """A confirmed upload of six squares."""
    folder = Path(django_settings.MEDIA_ROOT) / "imports" / "a"
    geometries = [square(121.31 + index / 100, 29.85) for index in range(6)]
    write_file(folder / "six.gpkg", geometries, [{"n": index} for index in range(6)])
    return ImportJob.objects.create(
        file="imports/a/six.gpkg", file_name="six.gpkg", sha256="0" * 64, created_by=gis, state="queued",
        options={"slug": "six", "mode": "create"},
    )  # fmt: skip


@pytest.fixture
def layer(job: ImportJob) -> Layer:
    """The six squares as version 1; `job` is to replace them by themselves."""
    jobs.run_import(job.pk)
    options = {**job.options, "mode": "replace"}
    ImportJob.objects.filter(pk=job.pk).update(state="queued", options=options, version=None, attempts=0)
    return Layer.objects.get(slug="six")


@contextmanager
def stuck_in_the_database(layer: Layer) -> Iterator[None]:
    """The next load of `layer` waits in the phase `sorting`, for another transaction that makes a table of its name."""
    line = connection.copy()
    line.set_autocommit(False)
    try:
        with line.cursor() as cursor:
            cursor.execute(f"CREATE TABLE layer_data.l{layer.pk}_v2 ()")
        yield
    finally:
        line.rollback()
        line.close()


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> float:
    """Seconds it took until `condition` was true."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - started


def is_sorting(job: ImportJob) -> bool:
    return ImportJob.objects.filter(pk=job.pk, phase="sorting").exists()


def loading_backends() -> list[int]:
    """Server processes that wait in the middle of a load; the owner sees every role's."""
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE TABLE%'"
            " AND state = 'active'"
        )
        return [row[0] for row in cursor.fetchall()]


def tables_of(layer: Layer) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'layer_data' AND tablename LIKE %s",
            [f"l{layer.pk}\\_%"],
        )
        return [row[0] for row in cursor.fetchall()]


def expect_only_version_1(layer: Layer) -> None:
    wait_until(lambda: not loading_backends())
    layer.refresh_from_db()
    assert layer.current_version.number == 1
    assert LayerVersion.objects.filter(layer=layer).count() == 1
    assert tables_of(layer) == [f"l{layer.pk}_v1"]
    assert not LayerRejection.objects.exists()


@contextmanager
def worker_process(job: ImportJob) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own, in the middle of that job."""
    code = f"import django; django.setup(); from layers.importing import worker; worker.run_import({job.pk})"
    process = subprocess.Popen([sys.executable, "-c", code], env=worker.environment(), stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def work_in_a_thread(job_id: int) -> None:
    try:
        worker.run_import(job_id)
    finally:
        connection.close()  # the thread's own


def children_of(pid: int) -> list[int]:
    """Of all its threads."""
    return [int(word) for file in Path(f"/proc/{pid}/task").glob("*/children") for word in file.read_text().split()]


def test_an_import_runs_in_a_process_of_its_own_and_is_published(job: ImportJob) -> None:
    worker.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.version.rows) == ("done", 1, 6)
    assert job.heartbeat is not None
    assert job.finished is not None


def test_an_inspection_runs_in_a_process_of_its_own(job: ImportJob) -> None:
    ImportJob.objects.filter(pk=job.pk).update(state="uploaded")
    worker.inspect_upload(job.pk)
    job.refresh_from_db()
    assert (job.state, job.preview["rows_read"]) == ("previewed", 6)


def test_an_import_that_another_process_has_not_let_go_of_comes_again(job: ImportJob) -> None:
    """As one that was cancelled at work and is inspected anew before its process has noticed."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('layers.job'), %s)", [job.pk])
        with pytest.raises(Later):
            worker.run_import(job.pk)
    worker.run_import(job.pk)
    job.refresh_from_db()
    assert job.state == "done"


def test_cancel_works_while_the_database_does(layer: Layer, job: ImportJob) -> None:
    with stuck_in_the_database(layer):
        load = threading.Thread(target=work_in_a_thread, args=[job.pk])
        load.start()
        wait_until(lambda: is_sorting(job))
        jobs.cancel(job)
        assert wait_until(lambda: not loading_backends()) < 5  # half a second on an idle machine
        load.join(timeout=20)
        assert not load.is_alive()
        job.refresh_from_db()
        assert job.state == "cancelled"
    expect_only_version_1(layer)


def test_a_killed_worker_takes_its_import_along_and_the_next_one_finishes_it(layer: Layer, job: ImportJob) -> None:
    with stuck_in_the_database(layer), worker_process(job) as process:
        wait_until(lambda: is_sorting(job))
        (child,) = children_of(process.pid)
        process.kill()
        wait_until(lambda: not loading_backends(), seconds=10)
        assert not Path(f"/proc/{child}/exe").exists()
    expect_only_version_1(layer)
    job.refresh_from_db()
    assert job.state == "loading"  # nobody was left to say otherwise
    ImportJob.objects.filter(pk=job.pk).update(heartbeat="2026-01-01T00:00Z")
    assert job_recovery.requeue_lost_imports() == 1
    job.refresh_from_db()
    assert job.state == "queued"
    worker.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.version.number, job.attempts) == ("done", 2, 2)


def test_a_job_that_still_beats_is_left_alone(layer: Layer, job: ImportJob) -> None:
    with stuck_in_the_database(layer), worker_process(job):
        wait_until(lambda: is_sorting(job))
        assert job_recovery.requeue_lost_imports() == 0
        ImportJob.objects.filter(pk=job.pk).update(heartbeat="2026-01-01T00:00Z")
        assert job_recovery.requeue_lost_imports() == 0  # slow to beat, but its process holds it
        jobs.cancel(job)
        wait_until(lambda: not loading_backends())


def test_a_job_that_loses_its_process_three_times_is_given_up(job: ImportJob) -> None:
    ImportJob.objects.filter(pk=job.pk).update(state="loading", heartbeat="2026-01-01T00:00Z", attempts=3)
    assert job_recovery.requeue_lost_imports() == 1
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "worker-lost")
    assert job_recovery.requeue_lost_imports() == 0


def test_an_import_process_that_dies_is_told_as_such(layer: Layer, job: ImportJob) -> None:
    with stuck_in_the_database(layer):
        load = threading.Thread(target=work_in_a_thread, args=[job.pk])
        load.start()
        wait_until(lambda: is_sorting(job))
        for child in children_of(os.getpid()):
            if b"work_import" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGSEGV)
        load.join(timeout=20)
        job.refresh_from_db()
        assert (job.state, job.error_code) == ("failed", "worker-crashed")
    expect_only_version_1(layer)


def test_an_import_whose_database_connection_is_killed_is_queued_again(layer: Layer, job: ImportJob) -> None:
    with stuck_in_the_database(layer):
        load = threading.Thread(target=work_in_a_thread, args=[job.pk])
        load.start()
        wait_until(lambda: is_sorting(job))
        waiting = loading_backends()
        with roles.owner_rights(), connection.cursor() as cursor:
            for pid in waiting:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        load.join(timeout=30)
        job.refresh_from_db()
        assert (job.state, job.error_code) == ("queued", "")
    expect_only_version_1(layer)
    worker.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.version.number) == ("done", 2)


def test_an_import_over_its_memory_is_stopped_with_a_clear_word(layer: Layer, job: ImportJob, settings: Any) -> None:
    settings.IMPORT_MEMORY_MB = 40
    worker.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "memory-limit")
    assert "40 MB" in job.error_message
    expect_only_version_1(layer)


def test_an_import_over_its_time_is_stopped_with_a_clear_word(layer: Layer, job: ImportJob, settings: Any) -> None:
    settings.IMPORT_SECONDS = 4
    with stuck_in_the_database(layer):
        worker.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "time-limit")
    expect_only_version_1(layer)


@pytest.mark.parametrize(
    ("work", "ended"),
    [("bytearray(10**9)", b"MemoryError"), ("while True: pass", -signal.SIGXCPU), ("bytearray(10**7)", 0)],
)
def test_a_limited_process_gets_no_absurd_piece_of_memory_and_no_endless_time(work: str, ended: Any) -> None:
    code = f"from geokit.process_limits import limit_this_process as limit\nlimit(50, 1)\n{work}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=django_settings.BASE_DIR)
    assert ended in done.stderr if isinstance(ended, bytes) else done.returncode == ended
