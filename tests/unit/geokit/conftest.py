"""A working folder, and a file read as an import reads it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geokit.readers.factory import open_reader
from geokit.records.rows import Batch, Reader
from geokit.sources.discovery import choose_layer, open_layers


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The working folder; whatever a refusal leaves there is at most what was unpacked before it."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def read(work: Path) -> Callable[..., tuple[Reader, Batch]]:
    """Read a file that is no larger than a batch."""

    def run(path: Path, layer: str | None = None, **options: Any) -> tuple[Reader, Batch]:
        folder = work / str(len(list(work.iterdir())))
        folder.mkdir()
        reader = open_reader(choose_layer(open_layers(path, folder), layer), **options)
        (batch,) = reader.batches(1000)
        return reader, batch

    return run
