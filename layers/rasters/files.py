"""Raster files: one per version in the store, under a random name."""

import secrets
import shutil
from pathlib import Path
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from layers.signals import version_removed
from layers.storage.models import LayerVersion
from ledger.filestore import addressed, names, places
from ledger.filestore.removal import release

FOLDER = names.RASTERS


def new_name() -> str:
    """A name in the store that nothing has yet."""
    return f"{FOLDER}/{secrets.token_hex(12)}.tif"


def new_half() -> Path:
    """A path for a COG that is being written."""
    path = places.local_path(addressed.new_half())
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def path_of(version: LayerVersion) -> Path:
    """The COG of a raster version, on this machine. Raises FileLost."""
    return addressed.store().local_copy(version.raster["file"])


def local_path_of(version: LayerVersion) -> Path:
    """Where the COG lies, or is put by `path_of` when something needs it."""
    return places.local_path(version.raster["file"])


def named() -> set[str]:
    """Every name that a version holds. For `files_named` of the app."""
    versions = LayerVersion.objects.filter(removed=None).exclude(raster={})
    return set(versions.values_list("raster__file", flat=True)) - {None}


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
        release(version.raster["file"])
