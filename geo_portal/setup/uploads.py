"""A file between its preview and its load: kept in the store's folder `setup` for a day, reached by a signed ticket."""

import secrets
from dataclasses import asdict
from pathlib import Path
from time import time
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.loads import Dataset
from geo_portal.setup.reading import MOST_BYTES, Reading, is_readable
from geokit.refusal import BadInput, FieldError, TooLarge
from ledger.filestore import durable, places

SALT = "setup.upload"
KEPT_SECONDS = 24 * 3600


def keep(file: UploadedFile, dataset: Dataset, user: Any, how: Reading) -> str:
    """Keep an upload and return its ticket. Raises BadInput or TooLarge."""
    name = Path((file.name or "").replace("\\", "/")).name
    if not is_readable(name):
        raise _wrong("no-layer", _("不认识“%s”的格式：请上传 CSV、XLSX 或 GIS 文件（Shapefile 压缩成 zip）。") % name)
    if (file.size or 0) > MOST_BYTES:
        raise TooLarge(_("文件“%s”太大，请分几次导入。") % name, code="upload-too-large")
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder)
    kept = f"{secrets.token_hex(16)}{Path(name).suffix.lower()}"
    half = folder / f"{kept}.part"
    try:
        with half.open("wb") as sink:
            for chunk in file.chunks():
                sink.write(chunk)
        durable.put_in_place(half, folder / kept)
    finally:
        half.unlink(missing_ok=True)
    ticket = {"kept": kept, "name": name[:255], "dataset": dataset.slug, "user": user.pk, "how": asdict(how)}
    return signing.dumps(ticket, salt=SALT)


def kept_file(ticket: str, dataset: Dataset, user: Any) -> tuple[str, Path, Reading]:
    """Return name, path and reading of a ticket that was given to `user` for this dataset. Raises BadInput."""
    try:
        found = signing.loads(ticket, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        found = {}
    path = _folder() / str(found.get("kept", ""))
    if (found.get("dataset"), found.get("user")) != (dataset.slug, user.pk) or not path.is_file():
        raise _wrong("no-upload", _("预览已经过期，请重新上传文件。"))
    return found["name"], path, Reading(**found["how"])


def _folder() -> Path:
    return places.folder("setup")


def _forget_old(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_file() and time() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)


def _wrong(code: str, message: str) -> BadInput:
    return BadInput(message, code=code, errors=[FieldError("file", code, message)])
