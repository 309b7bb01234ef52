"""Tiles that the processes of one machine share, as files: the cache `tiles` where there is no Valkey.

Django's own file cache lists its whole folder at every write; this one counts what it writes and sweeps rarely.
"""

import os
import time
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from ui.plain_values import PlainValues

SHELF = 34
"""Names alike so far share a folder. The cache gives tiles of one origin and zoom such names, so that a
folder which is not there says of all of them that none was kept. The system remembers that; single files not."""
SWEEP_EVERY = 2_000
"""Writes of a process between two looks at the folder's size."""


_VALUES = PlainValues({})


class FileStore(BaseCache):
    """A cache backend. `OPTIONS["MOST_BYTES"]` bounds the folder; the files longest unused go first."""

    def __init__(self, location: str | Path, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.folder = Path(location)
        self.most_bytes = int(params.get("OPTIONS", {}).get("MOST_BYTES", 1024**3))
        self._writes = 0

    def _path(self, key: str, version: int | None) -> str:
        # A digest is a safe name as it is. Strings: a Path costs more than looking for the file.
        name = key if key.isalnum() else self.make_and_validate_key(key, version=version).rpartition(":")[2]
        return f"{self.folder}/{name[:SHELF]}/{name}"

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        path = self._path(key, version)
        if not os.access(path, os.R_OK):  # mostly so, and a quarter of the price of trying
            return default
        try:
            with open(path, "rb", buffering=0) as file:
                found = _VALUES.loads(file.read())
        except OSError:
            return default
        return default if found is None else found

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Write to one side and rename, so that no reader sees half a tile. A full disk only costs the cache."""
        path = self._path(key, version)
        content = _VALUES.dumps(value)
        try:
            try:
                self._write(path, content)
            except FileNotFoundError:
                os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
                self._write(path, content)
        except OSError:
            return
        self._writes += 1
        if self._writes % SWEEP_EVERY == 0:
            self.sweep()

    def _write(self, path: str, content: bytes) -> None:
        beside = f"{path}.{os.getpid()}.{time.monotonic_ns()}"
        with open(beside, "xb") as file:
            file.write(content)
        os.replace(beside, path)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if self.get(key, version=version) is not None:
            return False
        self.set(key, value, timeout, version)
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            os.unlink(self._path(key, version))
        except OSError:
            return False
        return True

    def clear(self) -> None:
        for path in self._files():
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return [path for path in self.folder.glob("*/*") if path.is_file()]

    def sweep(self) -> None:
        """Bring the folder under nine tenths of its bound."""
        found = []
        for path in self._files():
            try:
                state = path.stat()
            except OSError:
                continue
            found.append((max(state.st_atime, state.st_mtime), state.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found, key=lambda item: item[0]):
            if total <= self.most_bytes * 0.9:
                return
            path.unlink(missing_ok=True)
            total -= size
