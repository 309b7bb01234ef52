"""What every store does, wherever its bytes lie: files of rows get their name from their content."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol, cast

from django.core.files.storage import default_storage
from django.db import connection

from ledger import locks
from ledger.filestore import marks, names

LOCK = "ledger.filestore"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the store lists it."""

    name: str
    size: int
    modified: datetime


class Store(Protocol):
    """What `default_storage` can do beyond Django's storage API."""

    def open_unchecked(self, name: str) -> IO[bytes]:
        """Open whatever bytes there are. Raises FileNotFoundError."""
        ...

    def local_copy(self, name: str) -> Path:
        """A path of this machine with the bytes of a file, for programs that read paths (GDAL). Raises FileLost."""
        ...

    def take(self, half: Path, name: str) -> None:
        """Keep a whole file of this machine under a name of its own; `half` is gone afterwards."""
        ...

    def listed(self) -> Iterator[Listed]:
        """Every file, in no order."""
        ...

    def marks(self) -> set[str]: ...
    def make_mark(self, mark: str) -> None: ...
    def remove_mark(self, mark: str) -> None: ...
    def delete(self, name: str) -> None: ...
    def exists(self, name: str) -> bool: ...


def store() -> Store:
    """The site's store."""
    return cast(Store, default_storage)


def new_half() -> str:
    """A name for a file that is being written."""
    return f"{names.INCOMING}/{secrets.token_hex(12)}.part"


def name_for(digest: str, wanted: str) -> str:
    """The name under which bytes are kept, and shared with equal ones until this transaction ends.

    Outside a transaction nothing could keep the file from being removed before its row is there, so it is nobody
    else's then.
    """
    suffix = PurePosixPath(wanted).suffix
    if not connection.in_atomic_block:
        return names.pooled_name(digest, suffix, secrets.token_hex(4))
    locks.share_turn(LOCK, lock_of(digest))
    return names.pooled_name(digest, suffix)


def lock_of(digest: str) -> int:
    """The number of the lock that who names these bytes shares and who removes them holds alone; 256 in all."""
    return int(digest[:2], 16)


def mark_as_ours(kept_in: Any, known: set[str]) -> None:
    """Say in a store that this site keeps files there; once for each process and place."""
    place = kept_in.place
    if place not in known and connection.in_atomic_block:
        kept_in.make_mark(marks.own_mark())
        known.add(place)
