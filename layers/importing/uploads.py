"""Uploaded files: taken in, kept in a folder of the store, and turned into an import job."""

import hashlib
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.formats.table import MIF_PARTS, RASTERS, SHAPE_PARTS, TAB_PARTS, UPLOAD_SUFFIXES, WORLD_FILES, way_out
from geokit.refusal import BadInput, FieldError, TooLarge
from jobs.lanes import Lane
from jobs.queue import enqueue
from layers.importing import jobs
from layers.importing.models import SENT_FOR, ImportJob
from layers.permissions import own_department
from ledger.actors import account_of
from ledger.filestore import durable, places

FOLDER = "imports"
PARTS = {"shape": SHAPE_PARTS, "raster": (*RASTERS, *WORLD_FILES), "tab": TAB_PARTS, "mif": MIF_PARTS}
"""Suffixes of files that are one source where they have one name."""
ACCEPT = ",".join(dict.fromkeys((*UPLOAD_SUFFIXES, *(suffix for group in PARTS.values() for suffix in group))))
MOST_SOURCES = 20
LONGEST_STEM = 60


class UploadRefused(BadInput):
    """The upload is nothing that can be imported."""

    default_code = "upload-refused"


class UploadTooLarge(UploadRefused, TooLarge):
    """Over the limit in bytes."""

    default_code = "upload-too-large"


def receive_uploads(files: Sequence[UploadedFile], user: Asker, options: Mapping[str, Any]) -> list[ImportJob]:
    """Keep the files and queue their inspection, one job for each source; `options` are proposed in all of them.

    Files of one name that are parts of a shapefile are one source.
    """
    _check(files)
    folders: list[Path] = []
    try:
        with transaction.atomic():
            return [_receive(group, user, options, folders) for group in _sources(files)]
    except BaseException:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def new_folder() -> Path:
    """Make a folder of the store for one source and return its name there; the nightly clean-up knows it."""
    folder = Path(FOLDER) / secrets.token_hex(8)
    durable.make_folder(places.local_path(str(folder)))
    return folder


@transaction.atomic
def receive_fetched(path: Path, sha256: str, user: Asker, options: Mapping[str, Any]) -> ImportJob:
    """Queue the inspection of a file that was fetched into a folder of the store (`new_folder`)."""
    durable.sync_file(path)
    durable.sync_folder(path.parent)
    job = ImportJob.objects.create(
        file=str(Path(FOLDER) / path.parent.name / path.name),
        file_name=path.name[:255],
        sha256=sha256,
        options={**options, SENT_FOR: own_department(user)},
        created_by=account_of(user),
    )
    enqueue(jobs.INSPECT, job.pk, lane=Lane.IMPORTS)
    return job


def _receive(files: Sequence[UploadedFile], user: Asker, options: Mapping[str, Any], folders: list[Path]) -> ImportJob:
    folder = new_folder()
    target = places.local_path(str(folder))
    folders.append(target)
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name or ""):
        with (target / safe_name(file.name or "")).open("wb") as sink:
            for chunk in file.chunks():
                digest.update(chunk)
                sink.write(chunk)
        durable.sync_file(target / safe_name(file.name or ""))
    durable.sync_folder(target)
    main = _main_file(files)
    job = ImportJob.objects.create(
        file=str(folder / safe_name(main.name or "")),
        file_name=str(main.name)[:255],
        sha256=digest.hexdigest(),
        options={**options, SENT_FOR: own_department(user)},
        created_by=account_of(user),
    )
    enqueue(jobs.INSPECT, job.pk, lane=Lane.IMPORTS)
    return job


def _sources(files: Sequence[UploadedFile]) -> list[list[UploadedFile]]:
    """Parts of one shapefile or MapInfo table together, a picture with its world file, every other file by itself."""
    groups: dict[str, list[UploadedFile]] = {}
    for number, file in enumerate(files):
        suffix, stem = _suffix(file), Path(file.name or "").stem.lower()
        family = next((name for name, group in PARTS.items() if suffix in group), str(number))
        groups.setdefault(f"{family}:{stem}", []).append(file)
    return list(groups.values())


def _check(files: Sequence[UploadedFile]) -> None:
    if not files:
        _refuse(_("请先选择一个文件。"), "file-missing")
    limit = settings.UPLOAD_MAX_BYTES
    size = sum(file.size or 0 for file in files)
    if size > limit:
        sizes = {"size": _megabytes(size), "limit": _megabytes(limit)}
        message = _("文件共 %(size)s，超过 %(limit)s 的上限。请拆分或压缩后再上传。") % sizes
        raise UploadTooLarge(message, errors=[FieldError("file", "upload-too-large", message)])
    groups = _sources(files)
    if len(groups) > MOST_SOURCES:
        counts = {"count": len(groups), "limit": MOST_SOURCES}
        _refuse(_("一次选了 %(count)d 份数据，最多 %(limit)d 份。请分几次上传。") % counts, "files-too-many")
    for group in groups:
        suffixes = {_suffix(file) for file in group}
        if not suffixes & {".shp", *UPLOAD_SUFFIXES}:
            _refuse_suffix(_suffix(group[0]), str(group[0].name))


def _refuse_suffix(suffix: str, name: str) -> None:
    if way := way_out([suffix]):
        _refuse(_("“%(name)s”：%(way)s") % {"name": name, "way": way}, "no-layer")
    if suffix in SHAPE_PARTS:
        message = _("“%s”只是 Shapefile 的一部分，请把各部分一起选择，或压缩成 zip。") % name
        _refuse(message, "shapefile-parts-missing")
    known = {"name": name, "known": _("、").join(UPLOAD_SUFFIXES)}
    _refuse(_("不认识“%(name)s”的格式。可用：%(known)s。") % known, "no-layer")


def _refuse(message: str, code: str) -> None:
    raise UploadRefused(message, code=code, errors=[FieldError("file", code, message)])


def _main_file(files: Sequence[UploadedFile]) -> UploadedFile:
    return next((file for file in files if _suffix(file) in (".shp", ".tab", ".mif", *RASTERS)), files[0])


def _suffix(file: UploadedFile) -> str:
    return Path(file.name or "").suffix.lower()


def safe_name(name: str, otherwise: str = "upload") -> str:
    """Return a name that others gave a file without its folders, and without what a file's name must not hold.

    Where nothing is left of it, it is called `otherwise`; its suffix stays.
    """
    given = PurePosixPath(name.replace("\\", "/"))
    stem = "".join(one if one.isprintable() else "_" for one in given.stem)
    try:
        stem = get_valid_filename(stem)[:LONGEST_STEM]
    except SuspiciousFileOperation:
        stem = otherwise
    return f"{stem}{given.suffix.lower()}"


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:.0f} MB" if size >= 1024**2 else f"{size / 1024:.0f} KB"
