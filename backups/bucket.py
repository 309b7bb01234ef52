"""Backups in a bucket of an S3-compatible store (`s3://bucket/path`): carried there, and fetched before a restore.

Of the two packages of `requirements-s3.txt` only boto3 is needed; it is imported when a bucket is named.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from backups.faults import BackupFault

ADDRESS = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?P<path>(/[A-Za-z0-9._-]+)*)/?")
MANIFEST = "manifest.json"
AT_ONCE = 1000
"""Objects that one request removes."""


def send(bucket: str, path: str, folder: Path, names: list[str], gone: list[str]) -> None:
    """Carry what is new: contents first, then each backup's parts, its manifest last, so that a cut one is none.

    What is there with the same length is not sent again: contents are named by their digest, and a backup is never
    written to once it is whole. Of what is there only the backups named by `gone` are removed, so an empty machine
    cannot empty the bucket.
    """
    with _said_in_words():
        client = _client()
        there = _sizes(client, bucket, path)
        for part in ("files", *sorted(names)):
            for file in _files(folder / part):
                if there.get(_key(folder, file)) != file.stat().st_size:
                    _put(client, bucket, path, folder, file)
        for name in gone:
            _remove(client, bucket, path, [key for key in there if key.startswith(f"{name}/")])


def bring(bucket: str, path: str, folder: Path) -> None:
    """Fetch what is not here yet with the same length; a backup's manifest comes after its parts."""
    with _said_in_words():
        client = _client()
        wanted = _sizes(client, bucket, path)
        for key in sorted(wanted, key=lambda key: (key.endswith(MANIFEST), key)):
            target = folder / _within(key)
            if not target.is_file() or target.stat().st_size != wanted[key]:
                _get(client, bucket, _full(path, key), target)


def _client() -> Any:
    try:
        import boto3  # type: ignore[import-untyped]  # an extra that only sites with a bucket have
    except ImportError:
        raise BackupFault(_("放到对象存储要先安装：pip install -r requirements-s3.txt。")) from None
    return boto3.client("s3", **{name: value or None for name, value in settings.BACKUP_BUCKET.items()})


@contextmanager
def _said_in_words() -> Iterator[None]:
    """What the store or the way to it refuses is a BackupFault."""
    try:
        yield
    except BackupFault:
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("botocore", "boto3", "s3transfer"):
            raise
        raise BackupFault(_("对象存储没有接受：%s") % str(error)[-400:]) from error


def _files(folder: Path) -> list[Path]:
    """The whole files below a folder, a manifest last."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".partial")]
    return sorted(found, key=lambda path: (path.name == MANIFEST, path))


def _key(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()


def _full(path: str, key: str) -> str:
    return f"{path}/{key}" if path else key


def _sizes(client: Any, bucket: str, path: str) -> dict[str, int]:
    """The bytes of each object below `path`, by its name there."""
    prefix = f"{path}/" if path else ""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    rows = (row for page in pages for row in page.get("Contents", ()))
    return {row["Key"][len(prefix) :]: row["Size"] for row in rows if not row["Key"].endswith("/")}


def _put(client: Any, bucket: str, path: str, folder: Path, file: Path) -> None:
    client.upload_file(str(file), bucket, _full(path, _key(folder, file)))


def _get(client: Any, bucket: str, key: str, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.partial")
    client.download_file(bucket, key, str(part))
    part.replace(target)


def _remove(client: Any, bucket: str, path: str, keys: list[str]) -> None:
    """The manifest goes first: half a backup must not pass for one."""
    ordered = sorted(keys, key=lambda key: not key.endswith(MANIFEST))
    for start in range(0, len(ordered), AT_ONCE):
        some = [{"Key": _full(path, key)} for key in ordered[start : start + AT_ONCE]]
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": some, "Quiet": True})
        if errors := answer.get("Errors"):
            raise BackupFault(_("对象存储没有接受：%s") % errors[0].get("Message", ""))


def _within(key: str) -> PurePosixPath:
    """An object's name as a path below the folder of the backups. Raises BackupFault for one that leads out of it."""
    found = PurePosixPath(key)
    if found.is_absolute() or ".." in found.parts or "\0" in key or "\\" in key:
        raise BackupFault(_("对象存储里有不是备份的文件：%s") % key[:100])
    return found
