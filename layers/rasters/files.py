"""Raster files: one per version under MEDIA_ROOT/rasters/, under a random name."""

import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from layers.signals import version_removed
from layers.storage.models import LayerVersion

FOLDER = "rasters"
ORPHAN_SECONDS = 24 * 3600


def new_name() -> str:
    """A path under MEDIA_ROOT that nothing has yet."""
    return f"{FOLDER}/{secrets.token_hex(12)}.tif"


def path_of(version: LayerVersion) -> Path:
    """The COG of a raster version."""
    return Path(settings.MEDIA_ROOT) / version.raster["file"]


def remove_orphans(older_than: float = ORPHAN_SECONDS) -> int:
    """Remove files that no version names: what a load that was killed has left behind. Returns how many.

    A running load's file is younger than a day, for a job that takes longer is stopped.
    """
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    if not folder.is_dir():
        return 0
    known = set(LayerVersion.objects.exclude(raster={}).values_list("raster__file", flat=True))
    limit = time.time() - older_than
    lost = [p for p in folder.iterdir() if f"{FOLDER}/{p.name}" not in known and p.stat().st_mtime < limit]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)


def export_cog(version: LayerVersion, target: Path) -> int:
    """Copy the stored COG, byte for byte; returns its size. Raises BadInput `format-unsupported`."""
    if target.suffix.lower() not in (".tif", ".tiff"):
        raise BadInput(_("栅格图层只能导出为 .tif（COG），不能是“%s”。") % target.suffix, code="format-unsupported")
    if not target.parent.is_dir():
        raise BadInput(_("目标文件夹 %s 不存在。") % target.parent.name, code="target-missing")
    partial = target.with_name(f".{target.name}.part")
    shutil.copyfile(path_of(version), partial)
    partial.replace(target)
    return target.stat().st_size


@receiver(version_removed)
def remove_file(version: LayerVersion, **more: Any) -> None:
    """When a version's rows are cleaned away its pixels go too, once that is committed."""
    if version.raster.get("file"):
        path = path_of(version)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
