"""Inspect and load uploads in the worker. Both are idempotent: a job delivered twice counts once."""

import logging
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from accounts.models import User
from accounts.permissions import Asker
from geokit.refusal import Refusal
from jobs.lanes import Lane
from jobs.queue import enqueue
from layers.importing import services as importing
from layers.importing.import_report import Report
from layers.importing.inspection.preview import preview
from layers.importing.job_progress import Cancelled, JobProgress, cancelled_message
from layers.importing.models import ImportJob
from layers.importing.options import LoadOptions
from layers.importing.permissions import give_to_department, require_target
from layers.importing.states import TABLE, State
from layers.signals import import_settled
from layers.storage.models import LayerVersion
from ledger.actors import account_of
from ledger.filestore import places
from ledger.locks import hold_for_work

log = logging.getLogger(__name__)

INSPECT, LOAD = "layers.importing.worker.inspect_upload", "layers.importing.worker.run_import"
"""What is queued: the functions of this module, each in a process of its own with limits."""
OPTIONS = (
    "slug", "title", "layer", "encoding", "crs", "datum", "key", "mode", "invalid",
    "axis", "transformation", "field_types", "aliases", "skip_fields", "base_version", "base_edits",
    "kind", "x_column", "y_column", "wkt_column", "join", "join_column", "join_to", "picks", "remembered",
)  # fmt: skip
CONFIRMED_BY = "confirmed_by"
"""In the options of a confirmed import: the account that confirmed it; nobody's where the site did."""


def options_of(job: ImportJob, **more: Any) -> LoadOptions:
    """The job's options as `load` takes them."""
    path = places.local_path(job.file)
    given = {name: job.options[name] for name in OPTIONS if job.options.get(name)}
    confirmed_by = User.objects.filter(pk=job.options.get(CONFIRMED_BY)).first()
    return LoadOptions(
        path=path, file_name=job.file_name, user=job.created_by, department=job.sent_for, confirmed_by=confirmed_by,
        **given, **more,
    )  # fmt: skip


def job_lock(job_id: int) -> AbstractContextManager[bool]:
    """Hold the job for this process; a killed worker holds nothing."""
    return hold_for_work("layers.job", job_id)


def inspect_upload(job_id: int) -> None:
    """Detect, decode and check an upload for its preview page."""
    with job_lock(job_id) as held:
        job = ImportJob.objects.filter(pk=job_id).select_related("created_by").first()
        if held and job and job.state in TABLE.sources("inspect"):
            _begin(job, State.INSPECTING)
            _run(job, _inspect)
    settled(job_id)


def run_import(job_id: int) -> None:
    """Load a confirmed upload. A second delivery finds it done, or starts anew what was rolled back."""
    with job_lock(job_id) as held:
        job = ImportJob.objects.filter(pk=job_id).select_related("created_by").first()
        if held and job and job.state in TABLE.sources("load"):
            _begin(job, State.LOADING)
            _run(job, _load)
    settled(job_id)


def settled(job_id: int) -> None:
    """Tell whoever has asked for the import that it has come to rest, if it has."""
    job = ImportJob.objects.filter(pk=job_id, state__in=(State.PREVIEWED, State.DONE, State.FAILED)).first()
    if job is not None:
        import_settled.send(ImportJob, job=job)


class DatabaseLost(Exception):
    """The load's connection is gone, and with it the load; the job cannot be told on it."""


def _begin(job: ImportJob, state: str) -> None:
    now = timezone.now()
    _set(
        job, state=state, phase="reading", phase_started=now, phase_share=None, rows_done=0, started=now, heartbeat=now,
        finished=None, attempts=job.attempts + 1, error_code="", error_message="",
    )  # fmt: skip


def _run(job: ImportJob, work: Any) -> None:
    progress = JobProgress(job.pk)
    try:
        with translation.override(job.options.get("language") or settings.LANGUAGE_CODE):
            work(job, progress)
    except Cancelled:
        log.info("import %s cancelled", job.pk)
    except Refusal as refusal:
        fail(job, refusal.code, refusal.message)
    except MemoryError:
        fail(job, "memory-limit", memory_message())
    except Exception as error:
        if progress.connection_lost:
            raise DatabaseLost from error
        if progress.cancelled and isinstance(error, OperationalError):
            log.info("import %s cancelled in the database", job.pk)
            return
        if "bad_alloc" in str(error):  # what GEOS says when it gets no memory
            fail(job, "memory-limit", memory_message())
            return
        fail(job, "internal-error", gettext("导入时发生内部错误，没有改动任何数据。请联系管理员。"))
        raise
    finally:
        progress.close()


def memory_message() -> str:
    return gettext("导入用到的内存超过了 %s MB 的上限，已停止，没有改动任何数据。请把文件拆小后再试。") % (
        settings.IMPORT_MEMORY_MB
    )


def fail(job: ImportJob, code: str, message: str) -> None:
    """The job did not succeed; what was published before stays."""
    _set(job, state=State.FAILED, error_code=code, error_message=message, finished=timezone.now())


def _set(job: ImportJob, **values: Any) -> None:
    """Write unless somebody has cancelled the job meanwhile."""
    ImportJob.objects.filter(pk=job.pk).exclude(state=State.CANCELLED).update(**values)
    for name, value in values.items():
        setattr(job, name, value)


def _inspect(job: ImportJob, progress: JobProgress) -> None:
    shown, problem = preview(options_of(job), Report(), progress, job.pk, importing.inspect)
    code, message = (problem.code, problem.message) if problem else ("", "")
    _set(job, state=State.PREVIEWED, preview=shown, error_code=code, error_message=message)


def _load(job: ImportJob, progress: JobProgress) -> None:
    report, options = Report(), options_of(job)

    require_target(options.actor, job.option("mode", "create"), job.option("slug", ""))

    def published(version: LayerVersion) -> None:
        give_to_department(options.department, version)
        # In the load's transaction: the job is done exactly when the version is there.
        done = (
            ImportJob.objects.filter(pk=job.pk)
            .exclude(state=State.CANCELLED)
            .update(
                state=State.DONE,
                version=version,
                rows_done=report.rows_read,
                rows_total=report.rows_read,
                phase="",
                phase_share=None,
                finished=timezone.now(),
                error_code="",
                error_message="",
            )
        )
        if not done:  # at the last moment
            raise Cancelled(cancelled_message())

    importing.load(options, report, progress, published)


def _is_still(job: ImportJob, verb: str) -> bool:
    """Lock the job and tell whether `verb` is open to it: of two clicks at the same time the first counts."""
    open_to_it = ImportJob.objects.filter(pk=job.pk, state__in=TABLE.sources(verb))
    return open_to_it.select_for_update().first() is not None


def confirm(job: ImportJob, options: dict[str, Any], user: Asker = None) -> None:
    """Queue the load of a previewed upload with the options that were shown; nothing where it goes on already."""
    account = account_of(user)
    with transaction.atomic():
        if not _is_still(job, "confirm"):
            return
        job.options, job.state = job.with_options(options) | {CONFIRMED_BY: account and account.pk}, State.QUEUED
        job.error_code = job.error_message = ""
        job.rows_done = job.attempts = 0
        job.save()
        enqueue(LOAD, job.pk, lane=Lane.IMPORTS)


def inspect_again(job: ImportJob, options: dict[str, Any]) -> None:
    """Queue another inspection with other options; nothing where it goes on already."""
    with transaction.atomic():
        if not _is_still(job, "inspect_again"):
            return
        job.options, job.state, job.preview = job.with_options(options), State.UPLOADED, {}
        job.error_code = job.error_message = ""
        job.attempts = 0
        job.save()
        enqueue(INSPECT, job.pk, lane=Lane.IMPORTS)


def cancel(job: ImportJob) -> bool:
    """Stop a job that is not done; its process notices within a second, also while the database works.

    False where there was nothing to stop any more.
    """
    running = ImportJob.objects.filter(pk=job.pk, state__in=TABLE.sources("cancel"))
    return bool(running.update(state=State.CANCELLED, phase="", finished=timezone.now()))
