"""Files that survive a power cut: bytes on the disk, then the name, then the folder that holds the name."""

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Wait until the bytes are on the disk. Raises OSError where it does not take them."""
    _sync(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Wait until the names in the folder are on the disk."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each on the disk."""
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in reversed(missing):
        sync_folder(each.parent)


def put_in_place(half: Path, target: Path) -> None:
    """Give a whole file its name, in place of what had it; when this returns, both are on the disk."""
    sync_file(half)
    make_folder(target.parent)
    half.replace(target)
    sync_folder(target.parent)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
