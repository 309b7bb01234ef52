"""Versions, disk and cache."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.gis.gdal import gdal_version
from django.core.cache import cache
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from geo_portal.health import database_bytes, waiting_migrations
from geo_portal.operation.lines import BROKEN, LOOK, OK, Line
from ledger.filestore import places

LITTLE, TOO_LITTLE = 0.15, 0.05
"""Parts of the disk that are free."""
LEAST_BYTES = 2 * 1024**3
WALK_SECONDS = 0.5
"""A large folder is counted so long and no longer."""
PROBE = "operation:probe"


def versions() -> Iterator[Line]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), postgis_lib_version()")
        server, postgis = cursor.fetchone()
    yield Line(_("平台"), settings.VERSION)
    yield Line(_("数据库"), f"PostgreSQL {server.split()[0]} · PostGIS {postgis}")
    yield Line("GDAL", gdal_version().decode())
    if waiting := waiting_migrations():
        yield Line(
            _("数据库结构"), _("还有 %d 步没有执行") % waiting, BROKEN, _("停止站点，运行 make upgrade，再启动。")
        )
    else:
        yield Line(_("数据库结构"), _("和程序一致"))


def disk() -> Iterator[Line]:
    yield _free()
    yield Line(_("数据库大小"), filesizeformat(database_bytes()))
    folders = {
        _("照片和上传的文件"): places.root(),
        _("底图文件"): Path(settings.PMTILES_DIR),
        _("瓦片缓存"): Path(settings.VAR_DIR) / "tiles",
        _("本机上的备份"): Path(settings.VAR_DIR) / "backups",
    }
    for title, folder in folders.items():
        if folder.is_dir():
            counted, whole = size_of(folder)
            size = filesizeformat(counted)
            yield Line(title, size if whole else _("至少 %s") % size)


def _free() -> Line:
    usage = shutil.disk_usage(settings.VAR_DIR)
    part = usage.free / usage.total
    text = _("%(free)s，共 %(total)s") % {"free": filesizeformat(usage.free), "total": filesizeformat(usage.total)}
    if part < TOO_LITTLE or usage.free < LEAST_BYTES:
        advice = _("马上腾出空间：磁盘写满后，上报和导入都会被拒绝。先删这台机器上和平台无关的文件，再扩容。")
        return Line(_("剩余空间"), text, BROKEN, advice)
    if part < LITTLE:
        return Line(_("剩余空间"), text, LOOK, _("空间不多了：请安排扩容，或减少本机保留的备份（BACKUP_KEEP）。"))
    return Line(_("剩余空间"), text)


def size_of(folder: Path, seconds: float = WALK_SECONDS) -> tuple[int, bool]:
    """Bytes below a folder, and whether that is all; it stops after so many seconds."""
    total, until = 0, time.monotonic() + seconds
    for here, _folders, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(here) / name).lstat().st_size
            except OSError:
                continue  # removed meanwhile
        if time.monotonic() > until:
            return total, False
    return total, True


def shared_cache() -> Iterator[Line]:
    mark = os.urandom(8).hex()
    cache.set(PROBE, mark, 60)
    kind = _("各进程共用（Valkey）") if "redis" in str(settings.CACHES["default"]["BACKEND"]) else _("进程内")
    if cache.get(PROBE) == mark:
        yield Line(_("缓存"), kind, OK)
    else:
        advice = _("站点照常工作，只是慢一些。请重新启动服务 cache，或检查 CACHE_URL。")
        yield Line(_("缓存"), _("%s，没有回应") % kind, LOOK, advice)
