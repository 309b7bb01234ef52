"""Files beside the database: which there are, and copying into a store those that it has not.

Files are written before the row that names them is committed, under names that are not used again. So what is copied
after the snapshot has every file that the snapshot's rows name; newer ones do no harm.
"""

import contextlib
import io
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from backups.faults import BackupFault, WrongKey
from backups.sealing import Seal
from backups.store import DAMAGED, LIST, PARTIAL, Backup, Store
from ledger.filestore import places
from ledger.filestore.names import is_passing
from ledger.roles.grants import named_by_apps

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: which root it lies under and where, its size, its time (ns), and the digest of its content."""

    root: str
    path: str
    size: int
    mtime_ns: int
    sha256: str = ""

    @property
    def key(self) -> tuple[str, str, int, int]:
        return self.root, self.path, self.size, self.mtime_ns


@dataclass(slots=True)
class Copied:
    """What a walk copied, and what lay there already."""

    entries: list[Entry]
    copied: int = 0
    copied_bytes: int = 0

    @property
    def bytes(self) -> int:
        return sum(entry.size for entry in self.entries)


def roots() -> dict[str, Path]:
    """Where files lie that cannot be made anew, by the name of the root."""
    return {"media": places.root(), "pmtiles": Path(settings.PMTILES_DIR)}


def copy_into(store: Store, seal: Seal, before: Backup | None) -> Copied:
    """Copy what the store has not. Files that stand as in the backup before are not even read.

    Where the list of that one is damaged all are read: it must not keep the site from being backed up.
    """
    known: dict[Any, str] = {}
    if before is not None:
        with contextlib.suppress(BackupFault):
            known = {entry.key: entry.sha256 for entry in read_list(before, seal)}
    done = Copied([])
    for root, folder in roots().items():
        derived = named_by_apps("derived_folders") if root == "media" else []
        for path in _files(folder, skip=frozenset(derived)):
            _copy(store, seal, root, folder, path, known, done)
    return done


def _files(folder: Path, skip: frozenset[str]) -> Iterator[str]:
    """Paths below a folder; what can be made anew (`skip`, folders at its top), hidden files and links are left out."""
    for here, folders, names in os.walk(folder):
        inside = os.path.relpath(here, folder)
        folders[:] = sorted(each for each in folders if not (inside == "." and each in skip))
        for name in sorted(names):
            if not name.startswith(".") and not (Path(here) / name).is_symlink():
                yield os.path.normpath(os.path.join(inside, name))


def _copy(store: Store, seal: Seal, root: str, folder: Path, path: str, known: dict[Any, str], done: Copied) -> None:
    for _attempt in range(ATTEMPTS):
        try:
            stat = (folder / path).stat()
            entry = Entry(root, path, stat.st_size, stat.st_mtime_ns)
            digest = known.get(entry.key, "")
            if not digest or not (store.files / seal.name_of(digest)).exists():
                digest = put(store, seal, folder / path, done)
                after = (folder / path).stat()
                if (after.st_size, after.st_mtime_ns) != (stat.st_size, stat.st_mtime_ns):
                    continue  # it was being written; what is wanted is how it stands
        except FileNotFoundError:
            return  # cleaned away meanwhile
        done.entries.append(Entry(root, path, stat.st_size, stat.st_mtime_ns, digest))
        return
    if not (root == "media" and is_passing(path)):  # an upload on its way is no row's file yet
        raise BackupFault(_("文件 %s 一直在变化，没有备份。") % path)


def put(store: Store, seal: Seal, path: Path, done: Copied) -> str:
    """Copy one file's content, unless the store has it; its digest."""
    fresh = store.files / "00" / f"{secrets.token_hex(8)}{PARTIAL}"
    fresh.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with path.open("rb") as source, os.fdopen(handle, "wb") as target:
            read, _written = seal.write(source, target)
            target.flush()
            os.fsync(target.fileno())
        place = store.files / seal.name_of(read.hash.hexdigest())
        if not place.exists():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            fresh.rename(place)
            done.copied += 1
            done.copied_bytes += read.bytes
        return read.hash.hexdigest()
    finally:
        fresh.unlink(missing_ok=True)


def set_aside(store: Store, seal: Seal, digests: set[str]) -> None:
    """Give damaged contents another name: the next backup copies anew what the site still has.

    Nothing is done while somebody else writes there, or where nobody may; the next proof finds them again.
    """
    with contextlib.suppress(BackupFault), store.alone():
        for path in (store.files / seal.name_of(digest) for digest in sorted(digests)):
            if path.exists():
                path.rename(path.with_name(f"{path.name}{DAMAGED}"))


def as_lines(entries: list[Entry]) -> bytes:
    return "".join(json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in entries).encode()


def read_list(backup: Backup, seal: Seal) -> list[Entry]:
    """The files of a backup. Raises WrongKey or BackupFault."""
    out = io.BytesIO()
    if backup.is_encrypted and not seal.encrypts:
        raise WrongKey(_("备份 %s 是加密的：请用 KEY=密钥文件 指明备份密钥。") % backup.name)
    if (part := backup.part(LIST)) is None:
        raise BackupFault(_("备份 %s 没有文件清单。") % backup.name)
    try:
        with part.open("rb") as source:
            seal.read(source, out)
        entries = [Entry(**json.loads(line)) for line in out.getvalue().decode().splitlines()]
    except (OSError, ValueError, TypeError) as error:
        raise BackupFault(_("备份 %s 的文件清单丢失或不完整。") % backup.name) from error
    for entry in entries:
        if entry.root not in ("media", "pmtiles") or Path(entry.path).is_absolute() or ".." in Path(entry.path).parts:
            raise BackupFault(_("备份 %(name)s 的文件清单中有不允许的路径：%(path)s") % _named(backup, entry))
    return entries


def _named(backup: Backup, entry: Entry) -> dict[str, str]:
    return {"name": backup.name, "path": entry.path}
