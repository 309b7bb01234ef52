"""Bytes against the SHA-256 that their name or their row holds, before anybody is sent them.

A file is hashed once for each state that the file system shows (device, inode, size, times of content and inode): who
writes to it, moves another in its place or sets its times back changes at least one of them. What was found sound is
remembered in this process; a damaged file is hashed at every request. Memory stays at one part of a megabyte.
"""

import os
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import IO

from ledger.filestore import names
from ledger.filestore.refusals import damaged

PART = 1 << 20
MOST_REMEMBERED = 50_000

type State = tuple[int, ...]

_sound: OrderedDict[str, tuple[str, State]] = OrderedDict()
_lock = Lock()
_recorded: Callable[[str], str] | None = None


def find_recorded_with(function: Callable[[str], str]) -> None:
    """Set what knows the SHA-256 (hex, "" for none) of files whose name does not say it."""
    global _recorded
    _recorded = function


def recorded(name: str) -> str:
    """The SHA-256 (hex) that a row holds of a file, or ""."""
    return _recorded(name) if _recorded else ""


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 (hex) of an open file from its beginning, where it stands again afterwards."""
    file.seek(0)
    hashed = sha256()
    while part := file.read(PART):
        hashed.update(part)
    file.seek(0)
    return hashed.hexdigest()


def check(name: str, file: IO[bytes]) -> None:
    """Compare an open file of the store with what is known of it. Raises FileDamaged."""
    if names.is_by_name(name):
        return
    about = os.fstat(file.fileno())
    state = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
    with _lock:
        known = _sound.get(name)
    if known is not None and known[1] == state:
        return
    if not (expected := names.digest_in(name) or recorded(name)):
        return
    if (found := digest_of(file)) != expected:
        raise damaged(name, expected, found)
    _remember(name, found, state)


def _remember(name: str, digest: str, state: State) -> None:
    with _lock:
        _sound[name] = (digest, state)
        _sound.move_to_end(name)
        while len(_sound) > MOST_REMEMBERED:
            _sound.popitem(last=False)
