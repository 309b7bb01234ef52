"""Making one backup: the database as of one moment, then the files, then the keys, then the manifest."""

import io
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from backups import contents, keys, snapshot
from backups.faults import BackupFault
from backups.sealing import SUFFIX, Counted, Seal
from backups.store import DUMP, FORMAT, KEYS, LIST, MANIFEST, NAMED, Backup, Store, open_backup, write_whole

Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A backup that was made, and what of its files had to be copied."""

    backup: Backup
    copied: contents.Copied


def make(folder: Path, seal: Seal, say: Say = lambda line: None) -> Made:
    """Make a backup in a folder. Raises BackupFault; then the folder holds what it held before."""
    store = Store(folder)
    with store.alone():
        try:
            return _make(store, seal, say)
        except OSError as error:
            if error.errno in (ENOSPC, EDQUOT):
                raise BackupFault(_("备份位置 %s 已经没有空间；没有留下不完整的备份。") % folder) from error
            raise BackupFault(f"{error.filename or folder}: {error.strerror}") from error


def _make(store: Store, seal: Seal, say: Say) -> Made:
    name, before = _name(store), _before(store, seal)
    with store.new(name) as partial:
        manifest: dict[str, Any] = {"format": FORMAT, "name": name, "started": _now(), "commit": _commit()}
        manifest |= {"recipient": seal.recipient, "parts": {}}
        add = _Parts(partial, seal, manifest["parts"])
        with snapshot.snapshot() as moment:
            manifest |= moment.facts()
            say(_("数据库：%d 张表") % len(manifest["rows"]))
            with snapshot.dump(moment) as stream:
                add(DUMP, "database", stream)
        copied = contents.copy_into(store, seal, before)
        say(_("文件：共 %(all)d 个，新拷贝 %(new)d 个") % {"all": len(copied.entries), "new": copied.copied})
        add(LIST, "files", io.BytesIO(contents.as_lines(copied.entries)))
        add(KEYS, "keys", io.BytesIO(keys.pack()))
        manifest |= {"files": {"count": len(copied.entries), "bytes": copied.bytes}, "finished": _now()}
        write_whole(partial / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    made = open_backup(store.folder / name)
    if made is None:
        raise BackupFault(_("备份 %s 写完后读不出来。") % name)
    return Made(made, copied)


class _Parts:
    """Writes parts into the folder and into the manifest."""

    def __init__(self, folder: Path, seal: Seal, listed: dict[str, Any]) -> None:
        self.folder, self.seal, self.listed = folder, seal, listed

    def __call__(self, name: str, kind: str, source: Any) -> None:
        stored = name + (SUFFIX if self.seal.encrypts else "")
        handle = os.open(self.folder / stored, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as target:
            _read, written = self.seal.write(source, target)
            target.flush()
            os.fsync(target.fileno())
        self.listed[stored] = _about(kind, written)


def _about(kind: str, written: Counted) -> dict[str, Any]:
    return {"kind": kind, "bytes": written.bytes, "sha256": written.hash.hexdigest()}


def _before(store: Store, seal: Seal) -> Backup | None:
    """The newest backup whose list this key opens."""
    return next((each for each in store.backups() if each.manifest["recipient"] == seal.recipient), None)


def _name(store: Store) -> str:
    """By the second; never one that is there, nor older than the newest, whatever the clock says."""
    name = datetime.now(UTC).strftime(NAMED)
    newest = next(iter(store.backups()), None)
    if newest is None or name > newest.name:
        return name
    if newest.manifest["finished"] > _now():
        raise BackupFault(
            _("本机的时钟早于最近一份备份 %s：请校准时间；时钟没有错，就把这份备份移到别处。") % newest.name
        )
    return (newest.at + timedelta(seconds=1)).strftime(NAMED)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _commit() -> str:
    """Of a clone, the commit that runs; "" elsewhere."""
    try:
        words = ["git", "-C", str(settings.BASE_DIR), "rev-parse", "HEAD"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""
