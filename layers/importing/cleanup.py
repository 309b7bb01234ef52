"""The nightly removal of old uploads and of old versions' rows, and the disk that the rest takes.

Uploads are kept as many days as the rule `layers.upload_days` says; of versions `layers.storage.retention` decides.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts import rules
from layers.importing.models import ImportJob
from layers.importing.states import TABLE, State
from layers.importing.uploads import FOLDER
from layers.rules import UPLOAD_DAYS, most_kept
from layers.storage import derived, retention
from layers.storage.models import LayerVersion
from ledger.filestore import places

EXPIRED = "upload-expired"
UNCLAIMED = timedelta(days=1)
"""A folder without a job may belong to an upload that is just coming in."""


def clean_up(*, dry_run: bool = False) -> dict[str, Any]:
    """Remove uploads and versions that are due and return what they were; with `dry_run` remove nothing."""
    versions = [_named(version) for version in retention.due_versions() if dry_run or retention.remove_version(version)]
    uploads = due_uploads()
    freed = sum(_size(folder) for folder in uploads)
    if not dry_run:
        _expire_jobs()
        derived.remove_all_stale()
        for folder in uploads:
            shutil.rmtree(folder, ignore_errors=True)
    return {"versions": versions, "uploads": len(uploads), "upload_bytes": freed}


def due_uploads() -> list[Path]:
    """Folders of uploads that nobody will read again, and such as no job knows."""
    root = places.folder(FOLDER)
    if not root.is_dir():
        return []
    # In this order: an upload that comes in between the two is among those kept.
    known = {Path(file).parent.name for file in ImportJob.objects.values_list("file", flat=True)}
    kept = {Path(file).parent.name for file in ImportJob.objects.exclude(_old_jobs()).values_list("file", flat=True)}
    young = (timezone.now() - UNCLAIMED).timestamp()
    return [
        folder
        for folder in sorted(root.iterdir())
        if folder.is_dir() and folder.name not in kept and (folder.name in known or folder.stat().st_mtime < young)
    ]


def _old_jobs() -> Q:
    """Ended or forgotten; one that runs is never old."""
    limit = timezone.now() - timedelta(days=most_kept(rules.book(), UPLOAD_DAYS))
    return Q(created__lt=limit, state__in=TABLE.in_group("at_rest"))


def _expire_jobs() -> None:
    """A preview without its file cannot be confirmed any more."""
    waiting = ImportJob.objects.filter(_old_jobs(), state__in=TABLE.sources("expire"))
    waiting.update(state=State.CANCELLED, error_code=EXPIRED, finished=timezone.now())


def disk_use() -> dict[str, Any]:
    """Bytes of uploads, and of every layer's versions with their indexes."""
    return {"uploads": _size(places.folder(FOLDER)), **retention.table_bytes()}


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _named(version: LayerVersion) -> dict[str, Any]:
    return {"slug": version.layer.slug, "version": version.number, "rows": version.rows}
