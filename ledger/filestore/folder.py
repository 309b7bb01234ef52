"""The store in a folder, the default: whole files only, each on the disk before its row can be."""

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from ledger.filestore import addressed, checked, durable, names
from ledger.filestore.addressed import Listed
from ledger.filestore.refusals import lost

log = logging.getLogger(__name__)
_marked: set[str] = set()


class FolderStore(FileSystemStorage):
    """Files under MEDIA_ROOT. `save` returns when bytes and name are on the disk; equal bytes are kept once."""

    @property
    def place(self) -> str:
        return str(self.location)

    def _save(self, name: str, content: Any) -> str:
        half = Path(self.path(super()._save(addressed.new_half(), content)))  # type: ignore[misc]  # not in the stubs
        try:
            if names.is_by_name(name):
                self.take(half, name)
                return name
            with half.open("rb") as file:
                digest = checked.digest_of(file)
            addressed.mark_as_ours(self, _marked)
            kept = addressed.name_for(digest, name)
            self._share(half, kept, digest)
            return kept
        finally:
            half.unlink(missing_ok=True)

    def _share(self, half: Path, name: str, digest: str) -> None:
        target = Path(self.path(name))
        if not _holds(target, digest):
            durable.put_in_place(half, target)
            return
        os.utime(target)  # young again, so that no clean-up takes it before its new row is there
        durable.sync_folder(target.parent)  # whoever wrote it may be doing that just now

    def _open(self, name: str, mode: str = "rb") -> Any:
        if mode != "rb":
            return super()._open(name, mode)  # type: ignore[misc]
        try:
            file = self.open_unchecked(name)
        except FileNotFoundError:
            raise lost(name) from None
        try:
            checked.check(name, file)
        except BaseException:
            file.close()
            raise
        return File(file, name)

    def open_unchecked(self, name: str) -> IO[bytes]:
        return Path(self.path(name)).open("rb")

    def local_copy(self, name: str) -> Path:
        path = Path(self.path(name))
        if not path.is_file():
            raise lost(name)
        return path

    def take(self, half: Path, name: str) -> None:
        durable.put_in_place(half, Path(self.path(name)))

    def listed(self) -> Iterator[Listed]:
        yield from _walk(Path(self.location), Path(self.location))

    def marks(self) -> set[str]:
        folder = Path(self.path(names.MARKS))
        return {each.name for each in folder.iterdir()} if folder.is_dir() else set()

    def make_mark(self, mark: str) -> None:
        durable.make_folder(Path(self.path(names.MARKS)) / mark)

    def remove_mark(self, mark: str) -> None:
        (Path(self.path(names.MARKS)) / mark).rmdir()


def _holds(path: Path, digest: str) -> bool:
    """Whether the file is there, whole; one that is not is said to the operator, for it is about to be mended."""
    try:
        with path.open("rb") as file:
            found = checked.digest_of(file)
    except FileNotFoundError:
        return False
    if found != digest:
        log.error("stored file %s had SHA-256 %s; the same bytes came again and take its place", path.name, found)
    return found == digest


def _walk(folder: Path, root: Path) -> Iterator[Listed]:
    """Files below a folder; what goes away meanwhile is left out."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir():
            yield from _walk(Path(entry.path), root)
            continue
        try:
            about = entry.stat()
        except FileNotFoundError:
            continue
        name = Path(entry.path).relative_to(root).as_posix()
        yield Listed(name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))
