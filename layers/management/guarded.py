"""A command that reads somebody's file, run in a process of its own: whatever that ends with, people get one line.

The child is the command itself with the limits of the worker's imports on it (`IMPORT_MEMORY_MB`, `IMPORT_SECONDS`).
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from tempfile import TemporaryFile

from django.conf import settings

from geokit.process_limits import end_session, limit_this_process, watch
from layers.importing import worker
from ui.commands import REFUSED

log = logging.getLogger(__name__)

CHILD = "GEO_PORTAL_READS_IN"
"""Holds the parent's process number, and so says to the child that it is one."""
LOGGED_BYTES = 20_000


def is_child() -> bool:
    return os.environ.get(CHILD) == str(os.getppid())


def limit_child() -> None:
    limit_this_process(settings.IMPORT_MEMORY_MB, settings.IMPORT_SECONDS)


def run(name: str, argv: Sequence[str]) -> int:
    """Run `manage.py name argv` in a child; its exit code, and 2 after one line where it died."""
    with TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - our own command with the words that were given to it
            [sys.executable, str(settings.BASE_DIR / "manage.py"), name, *argv],
            env=worker.environment() | {CHILD: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        try:
            reason = watch(
                process,
                memory_mb=settings.IMPORT_MEMORY_MB,
                seconds=settings.IMPORT_SECONDS,
                every=worker.POLL_SECONDS,
            )
        finally:
            end_session(process)
        said.seek(0)
        words = said.read().decode("utf-8", "replace")
    if not reason and process.returncode in (0, REFUSED):
        sys.stderr.write(words)
        return process.returncode
    log.error("%s ended with %s\n%s", name, reason or process.returncode, words[-LOGGED_BYTES:])
    _tell(name, argv, *_failure(reason, process.returncode, words))
    return REFUSED


def _failure(reason: str, code: int, words: str) -> tuple[str, str]:
    if "MemoryError" in words or "bad_alloc" in words:
        reason = "memory-limit"
    code_name, message = worker.failure_of(reason, code)
    return code_name, message or worker.failure_of("", 1)[1]


def _tell(name: str, argv: Sequence[str], code: str, message: str) -> None:
    if "--json" in argv:
        body = {"status": "refused", "slug": "", "error": {"code": code, "message": message}}
        sys.stdout.write(json.dumps(body, ensure_ascii=False) + "\n")
    sys.stderr.write(f"{name}: {code}: {message}\n")
