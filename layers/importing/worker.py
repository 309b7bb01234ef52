"""The functions that the queue calls: each runs an import in a process of its own and watches it.

A file that makes a library crash or use too much ends that process and nothing else; the job then says why.
"""

import os
import signal
import subprocess
import sys
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from geokit.process_limits import end_session, watch
from jobs.calls import Later
from layers.importing import job_recovery, jobs
from layers.importing.models import ImportJob
from layers.importing.states import TABLE, State
from ledger.filestore import places
from ledger.roles.connections import address

POLL_SECONDS = 0.2
CANCEL_GRACE_SECONDS = 5.0
WAITING = {"inspect": State.UPLOADED, "load": State.QUEUED}
"""In which state an import waits for each of the two."""
DATABASE_WAIT_SECONDS = 60.0
DATABASE_LOST = "database-lost"
EXIT_DATABASE_LOST = 75
"""EX_TEMPFAIL of sysexits.h: the database went away, the import may be tried again."""


def inspect_upload(job_id: int) -> None:
    """Inspect an upload within the limits."""
    _run_in_process("inspect", job_id)


def run_import(job_id: int) -> None:
    """Load a confirmed upload within the limits."""
    _run_in_process("load", job_id)


def _run_in_process(verb: str, job_id: int) -> None:
    """Raises Later where the process of an earlier try has not let go of the import yet, as after a cancellation."""
    process = subprocess.Popen(  # noqa: S603 - our own command; the words are a constant and a number
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "work_import", verb, str(job_id)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        reason = _watch(process, job_id)
    finally:
        end_session(process)
    if process.returncode or reason:
        _record_failure(job_id, *failure_of(reason, process.returncode))
    elif ImportJob.objects.filter(pk=job_id, state=WAITING[verb]).exists():
        raise Later


def environment() -> dict[str, str]:
    """The same database, files and limits as here, however they were set."""
    return {
        **os.environ,
        "DATABASE_URL": address(),
        "DATABASE_DIRECT_URL": address(settings.DIRECT_DATABASE) if settings.DIRECT_DATABASE else "",
        "SECRET_KEY": settings.SECRET_KEY,
        "MEDIA_DIR": str(places.root()),
        "IMPORT_MEMORY_MB": str(settings.IMPORT_MEMORY_MB),
        "IMPORT_SECONDS": str(settings.IMPORT_SECONDS),
    }


def _watch(process: subprocess.Popen[bytes], job_id: int) -> str:
    """Wait for the end, or for a reason to make one: `memory-limit`, `time-limit`, `cancelled`."""
    cancelled_at: float | None = None

    def long_cancelled() -> str:
        nonlocal cancelled_at
        now = time.monotonic()
        if cancelled_at is None and _is_cancelled(job_id):
            cancelled_at = now
        return "cancelled" if cancelled_at is not None and now - cancelled_at > CANCEL_GRACE_SECONDS else ""

    return watch(
        process,
        memory_mb=settings.IMPORT_MEMORY_MB,
        seconds=settings.IMPORT_SECONDS,
        every=POLL_SECONDS,
        also=long_cancelled,
    )


def _is_cancelled(job_id: int) -> bool:
    try:
        return ImportJob.objects.filter(pk=job_id, state=State.CANCELLED).exists()
    except DatabaseError:
        connection.close()
        return False


def failure_of(reason: str, code: int) -> tuple[str, str]:
    """The error's code and sentence for a process that was ended, or ended badly."""
    if reason == "memory-limit":
        return reason, jobs.memory_message()
    if reason == "time-limit" or code == -signal.SIGXCPU:
        minutes = max(1, settings.IMPORT_SECONDS // 60)
        return "time-limit", _("导入超过了 %s 分钟的上限，已停止，没有改动任何数据。请把文件拆小后再试。") % minutes
    if code == EXIT_DATABASE_LOST:
        return DATABASE_LOST, ""
    if code < 0:
        named = signal.Signals(-code).name
        message = _("处理这个文件的进程意外终止（%s），没有改动任何数据。文件可能已损坏。") % named
        return "worker-crashed", message
    return "internal-error", _("导入时发生内部错误，没有改动任何数据。请联系管理员。")


def _record_failure(job_id: int, code: str, message: str) -> None:
    """Write the failure unless the job has said something itself; the database may just be coming back."""
    deadline = time.monotonic() + DATABASE_WAIT_SECONDS
    while True:
        try:
            job = ImportJob.objects.filter(pk=job_id).first()
            if code == DATABASE_LOST:
                job_recovery.requeue(job_id)
            elif job and job.state in TABLE.sources("fail"):
                jobs.fail(job, code, message)
                jobs.settled(job_id)
            return
        except DatabaseError:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
