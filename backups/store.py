"""A folder of backups.

    <target>/20261128T021500Z/manifest.json   what it holds, with SHA-256 of each part
                              database.dump   pg_dump's custom format
                              files.jsonl     path, size, time and SHA-256 of each file
                              keys.tar        secret key, anchor key and the anchors beside it
    <target>/files/ab/ab12…                   contents of files, each once, shared by all backups

Everything is written under another name and renamed when it is whole, so a folder without `.partial` is a whole one.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from backups.faults import BackupFault
from geokit.digests import sha256_of
from ledger.filestore.durable import sync_folder

FORMAT = 1
MANIFEST, DUMP, LIST, KEYS = "manifest.json", "database.dump", "files.jsonl", "keys.tar"
PARTIAL = ".partial"
DAMAGED = ".damaged"
"""Ends the name of a content that a proof found to be another than its name says."""
NAMED = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"\d{8}T\d{6}Z")


@dataclass(frozen=True)
class Backup:
    """One whole backup."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def at(self) -> datetime:
        return datetime.strptime(self.name, NAMED).replace(tzinfo=UTC)

    @property
    def store(self) -> "Store":
        return Store(self.folder.parent)

    @property
    def is_encrypted(self) -> bool:
        return bool(self.manifest.get("recipient"))

    def part(self, name: str) -> Path | None:
        """Where a part lies; None where this backup has none of that name."""
        found = (each for each in self.manifest["parts"] if each.removesuffix(".age") == name)
        return next((self.folder / each for each in found), None)


class Store:
    """The folder. Reading it needs no lock, for what has its name is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder for writing. Raises BackupFault where somebody else writes or it cannot be made."""
        try:
            self.files.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BackupFault(_("备份位置 %(place)s 不能写入：%(why)s。") % _why(self.folder, error)) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise BackupFault(_("另一次备份正在写入 %s，请稍后再试。") % self.folder) from None
        try:
            self._clear_cut_ones()
            yield
        finally:
            os.close(handle)

    def _clear_cut_ones(self) -> None:
        """What a killed backup left; nobody else writes here now."""
        for left in self.folder.glob(f"*{PARTIAL}"):
            shutil.rmtree(left, ignore_errors=True)
        for left in self.files.glob(f"*/*{PARTIAL}"):
            left.unlink(missing_ok=True)

    def backups(self) -> list[Backup]:
        """All whole ones, the newest first; one whose manifest cannot be read is none."""
        found = [each for each in self.folder.glob("*") if NAME.fullmatch(each.name)] if self.folder.is_dir() else []
        read = (open_backup(each) for each in sorted(found, reverse=True))
        return [each for each in read if each is not None]

    @contextlib.contextmanager
    def new(self, name: str) -> Iterator[Path]:
        """A folder to fill, which gets its name when the block ends well, and vanishes when it does not."""
        partial = self.folder / f"{name}{PARTIAL}"
        partial.mkdir(mode=0o700)
        try:
            yield partial
            sync_folder(partial)
            partial.rename(self.folder / name)
            sync_folder(self.folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def open_backup(folder: Path) -> Backup | None:
    """The backup in a folder; None where there is none that is whole and of a format that this release knows."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return None
    known = isinstance(manifest, dict) and manifest.get("format") == FORMAT
    return Backup(folder, manifest) if known and NAME.fullmatch(folder.name) else None


def write_whole(path: Path, content: bytes) -> None:
    """A small file, on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def altered_parts(backup: Backup) -> list[str]:
    """Parts that are missing or not as their manifest says; no key is needed."""
    return [
        name
        for name, part in backup.manifest["parts"].items()
        if not (backup.folder / name).is_file() or sha256_of(backup.folder / name) != part["sha256"]
    ]


def _why(place: Path, error: OSError) -> dict[str, Any]:
    return {"place": place, "why": error.strerror}
