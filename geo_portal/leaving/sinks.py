"""Where an export goes: a folder, or one ZIP file; either way each file's SHA-256 is noted as it is written."""

import hashlib
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

PART = 1 << 20
SUMS = "SHA256SUMS"


class Sink:
    """Files by name, each written once. `work` is a folder for what must lie on the disk before it is added."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.sums: dict[str, str] = {}
        self.bytes = 0

    def open(self, name: str) -> IO[bytes]:
        raise NotImplementedError

    def lines(self, name: str, lines: Iterable[str]) -> None:
        """Write text, UTF-8."""
        self.parts(name, (line.encode() for line in lines))

    def parts(self, name: str, parts: Iterable[bytes]) -> None:
        if name in self.sums:
            raise ValueError(f"{name} is written twice")
        hashed = hashlib.sha256()
        with self.open(name) as target:
            for part in parts:
                hashed.update(part)
                self.bytes += len(part)
                target.write(part)
        self.sums[name] = hashed.hexdigest()

    def file(self, name: str, source: IO[bytes]) -> None:
        self.parts(name, iter(lambda: source.read(PART), b""))

    def move(self, name: str, path: Path) -> None:
        """Add a file that was made in `work`, and remove it there."""
        with path.open("rb") as source:
            self.file(name, source)
        path.unlink()

    def seal(self) -> None:
        """Write the list of digests, as `sha256sum -c` reads it."""
        self.lines(SUMS, [f"{digest}  {name}\n" for name, digest in sorted(self.sums.items())])


class FolderSink(Sink):
    """A folder that is new or empty."""

    def __init__(self, folder: Path, work: Path) -> None:
        super().__init__(work)
        self.folder = folder

    def open(self, name: str) -> IO[bytes]:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")


class ZipSink(Sink):
    """One ZIP file, written from its beginning to its end."""

    def __init__(self, archive: zipfile.ZipFile, work: Path) -> None:
        super().__init__(work)
        self.archive = archive

    def open(self, name: str) -> Any:
        return self.archive.open(name, "w", force_zip64=True)


@contextmanager
def sink_for(target: Path) -> Iterator[Sink]:
    """Open a ZIP file by its suffix, else a folder. A ZIP appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".leaving-", dir=target.parent) as work:
        if target.suffix.lower() != ".zip":
            target.mkdir(exist_ok=True)
            yield FolderSink(target, Path(work))
            return
        half = Path(work) / "half.zip"
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            yield ZipSink(archive, Path(work))
        shutil.move(half, target)
