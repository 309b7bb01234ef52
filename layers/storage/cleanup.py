"""Old uploads and old versions' rows are cleaned away after the periods of the settings.

A published version is never touched, and of every other its record stays: who, when, which file, the report.
What the rest takes of the disk can be asked here too.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from layers.importing.models import ImportJob
from layers.importing.uploads import FOLDER
from layers.signals import version_removed
from layers.storage import tables
from layers.storage.models import Layer, LayerVersion
from ledger.audit import record

State = ImportJob.State
UNCLAIMED = timedelta(days=1)
"""A folder without a job may belong to an upload that is just coming in."""


def clean_up(*, dry_run: bool = False) -> dict[str, Any]:
    """Remove what is due; names and numbers of it. With `dry_run` only tell."""
    versions = [_named(version) for version in due_versions() if dry_run or remove_version(version)]
    uploads = due_uploads()
    freed = sum(_size(folder) for folder in uploads)
    if not dry_run:
        _expire_jobs()
        for folder in uploads:
            shutil.rmtree(folder, ignore_errors=True)
    return {"versions": versions, "uploads": len(uploads), "upload_bytes": freed}


def due_versions() -> list[LayerVersion]:
    """Versions that are not published, not among their layer's newest and old enough."""
    limit = timezone.now() - timedelta(days=settings.LAYER_KEEP_DAYS)
    due = []
    for layer in Layer.objects.all():
        kept = layer.versions.filter(removed=None)
        newest = list(kept.order_by("-number").values_list("pk", flat=True)[: settings.LAYER_KEEP_VERSIONS])
        old = kept.filter(created__lt=limit).exclude(pk__in=[*newest, layer.current_version_id])
        due += list(old.order_by("number"))
    return due


def remove_version(version: LayerVersion) -> bool:
    """Drop a version's rows and keep its record; False when it has been published, or is busy, in the meantime."""
    with transaction.atomic():
        if not tables.lock_layer(version.layer_id):
            return False
        layer = Layer.objects.select_for_update(of=("self",)).get(pk=version.layer_id)
        if layer.current_version_id == version.pk:
            return False
        version_removed.send(LayerVersion, version=version)
        if version.table_name:
            tables.drop(version.table_name)
        version.rejections.all().delete()
        LayerVersion.objects.filter(pk=version.pk).update(removed=timezone.now())
        record(None, "layer.clean", layer, version=version.number, rows=version.rows)
    return True


def due_uploads() -> list[Path]:
    """Folders of uploads that nobody will read again, and such as no job knows."""
    root = Path(settings.MEDIA_ROOT) / FOLDER
    if not root.is_dir():
        return []
    kept = {Path(file).parent.name for file in ImportJob.objects.exclude(_old_jobs()).values_list("file", flat=True)}
    known = {Path(file).parent.name for file in ImportJob.objects.values_list("file", flat=True)}
    young = (timezone.now() - UNCLAIMED).timestamp()
    return [
        folder
        for folder in sorted(root.iterdir())
        if folder.is_dir() and folder.name not in kept and (folder.name in known or folder.stat().st_mtime < young)
    ]


def _old_jobs() -> Q:
    """Ended or forgotten; one that runs is never old."""
    limit = timezone.now() - timedelta(days=settings.UPLOAD_KEEP_DAYS)
    return Q(created__lt=limit, state__in=(State.DONE, State.FAILED, State.CANCELLED, State.PREVIEWED))


def _expire_jobs() -> None:
    """A preview without its file cannot be confirmed any more."""
    waiting = ImportJob.objects.filter(_old_jobs(), state=State.PREVIEWED)
    waiting.update(state=State.CANCELLED, error_code="upload-expired", finished=timezone.now())


def disk_use() -> dict[str, Any]:
    """Bytes of uploads, and of every layer's versions with their indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_total_relation_size(c.oid)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind = 'r'",
            [tables.SCHEMA],
        )
        sizes: dict[str, int] = dict(cursor.fetchall())
    layers = [
        {
            "slug": layer.slug,
            "versions": sum(1 for version in layer.versions.all() if version.removed is None),
            "bytes": sum(sizes.get(version.table_name, 0) for version in layer.versions.all()),
        }
        for layer in Layer.objects.prefetch_related("versions").order_by("slug")
    ]
    return {
        "uploads": _size(Path(settings.MEDIA_ROOT) / FOLDER),
        "tables": sum(sizes.values()),
        "layers": sorted(layers, key=lambda item: -item["bytes"]),
    }


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _named(version: LayerVersion) -> dict[str, Any]:
    return {"slug": version.layer.slug, "version": version.number, "rows": version.rows}
