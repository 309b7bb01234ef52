"""The worker's side of an import, on committed data: progress seen by others, cancel, crash."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from layers.importing import job_progress as progress_module
from layers.importing import jobs, vector_loading
from layers.models import ImportJob, Layer, LayerRejection, LayerVersion
from layers.storage import tables
from tests.data.gis_files import square, write_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(gis: Any, tmp_path: Path) -> ImportJob:
    """A confirmed upload of six squares, read two at a time."""
    folder = Path(django_settings.MEDIA_ROOT) / "imports"
    geometries = [square(121.31 + index / 100, 29.85) for index in range(6)]
    write_file(folder / "six.gpkg", geometries, [{"n": index} for index in range(6)])
    return ImportJob.objects.create(
        file="imports/six.gpkg", file_name="six.gpkg", sha256="0" * 64, created_by=gis, state="queued",
        options={"slug": "six", "mode": "create"},
    )  # fmt: skip


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_loading, "batch_rows", lambda: 2)
    monkeypatch.setattr(progress_module, "EVERY_SECONDS", 0)


def test_progress_is_seen_outside_while_the_load_runs(job: ImportJob, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = tables.copy_rows

    def look(*args: Any, **more: Any) -> None:
        with closing(connection.copy()) as line, line.cursor() as cursor:
            cursor.execute("SELECT state, rows_done, rows_total FROM layers_importjob WHERE id = %s", [job.pk])
            seen.append(cursor.fetchone())
        real(*args, **more)

    monkeypatch.setattr(tables, "copy_rows", look)
    jobs.run_import(job.pk)
    assert seen == [("loading", 0, None), ("loading", 2, 6), ("loading", 4, 6)]
    job.refresh_from_db()
    assert (job.state, job.rows_done, job.version.rows) == ("done", 6, 6)


def test_a_crash_leaves_nothing_but_a_failed_job_that_can_be_tried_again(
    job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*args: Any) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(tables, "finish", break_down)
        with pytest.raises(RuntimeError):
            jobs.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "internal-error")
    assert not Layer.objects.exists()
    assert not LayerVersion.objects.exists()

    ImportJob.objects.filter(pk=job.pk).update(state="queued")
    jobs.run_import(job.pk)
    assert Layer.objects.get(slug="six").current_version.rows == 6


def test_a_worker_killed_in_the_middle_is_followed_by_another(job: ImportJob) -> None:
    ImportJob.objects.filter(pk=job.pk).update(state="loading", rows_done=4)
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.version.number) == ("done", 1)


def test_a_second_worker_leaves_a_running_job_alone(job: ImportJob) -> None:
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('layers.job'), %s)", [job.pk])
        jobs.run_import(job.pk)
    other.close()
    job.refresh_from_db()
    assert job.state == "queued"


def test_cancel_stops_a_running_load_and_rolls_it_back(job: ImportJob, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tables.copy_rows

    def cancel_then_copy(*args: Any, **more: Any) -> None:
        line = connection.copy()
        with line.cursor() as cursor:
            cursor.execute("UPDATE layers_importjob SET state = 'cancelled' WHERE id = %s", [job.pk])
        line.close()
        real(*args, **more)

    monkeypatch.setattr(tables, "copy_rows", cancel_then_copy)
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not Layer.objects.exists()
    assert not LayerRejection.objects.exists()


def test_a_load_cancelled_at_the_last_moment_is_rolled_back_as_the_page_says(
    job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel_then_give(*args: Any) -> None:
        line = connection.copy()
        with line.cursor() as cursor:
            cursor.execute("UPDATE layers_importjob SET state = 'cancelled' WHERE id = %s", [job.pk])
        line.close()

    monkeypatch.setattr(jobs, "give_to_department", cancel_then_give)
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.version) == ("cancelled", None)
    assert not Layer.objects.exists()


def test_two_loads_of_one_layer_do_not_mix(job: ImportJob, tmp_path: Path, load_file: Callable) -> None:
    jobs.run_import(job.pk)
    layer = Layer.objects.get()
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('layers.import'), %s)", [layer.pk])
        with pytest.raises(Exception) as caught:
            load_file(write_file(tmp_path / "a.gpkg", [square(121.3, 29.8)], [{"n": 1}]), slug="six", mode="append")
    other.rollback()
    other.close()
    assert caught.value.code == "layer-busy"
    layer.refresh_from_db()
    assert layer.current_version.number == 1


def test_an_import_that_was_confirmed_twice_at_once_is_loaded_once(job: ImportJob) -> None:
    """Both requests read the row before either wrote: the second one neither queues nor puts a finished job back."""
    ImportJob.objects.filter(pk=job.pk).update(state="previewed")
    first, second = (ImportJob.objects.get(pk=job.pk) for _click in range(2))
    jobs.confirm(first, first.options)
    jobs.run_import(job.pk)
    jobs.confirm(second, second.options)
    jobs.inspect_again(second, second.options)
    job.refresh_from_db()
    assert (job.state, job.version.number, job.options["slug"]) == ("done", 1, "six")
    assert LayerVersion.objects.count() == 1
