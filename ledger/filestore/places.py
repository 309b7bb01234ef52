"""Folders of this machine that the store has; nobody else asks for MEDIA_ROOT.

Working and derived files are read and written by path. Where evidence lies in a bucket, several machines share this
folder all the same, or each does its own imports and exports.
"""

from pathlib import Path

from django.conf import settings


def root() -> Path:
    """The folder of all that the store keeps on this machine."""
    return Path(settings.MEDIA_ROOT)


def folder(name: str) -> Path:
    """The folder of a kind (`names.WORKING`, `names.DERIVED`); it need not be there yet."""
    return root() / name


def local_path(name: str) -> Path:
    """Where a working or derived file lies, by its name in the store."""
    return root() / name
