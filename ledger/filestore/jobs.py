"""The nightly comparison of rows and files."""

from datetime import time
from typing import Any

from jobs.schedules import keep_schedules
from ledger.filestore import reconciliation

NIGHTLY = "ledger.filestore.jobs.compare"


def compare() -> str:
    """Compare rows and files, remove what is due and tell what was found."""
    found = reconciliation.nightly()
    said = f"{found.files} files, {found.missing} missing, {found.unnamed} without a row, {found.removed} removed"
    return f"{said} ({found.held_back})" if found.held_back else said


def schedule(using: str, **kwargs: Any) -> None:
    """Every night. Safe to run after every migration."""
    keep_schedules(using, daily={NIGHTLY: time(2, 40)})
