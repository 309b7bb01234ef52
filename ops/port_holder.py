"""Who listens on a TCP port of this machine, as Linux tells it in /proc."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

LISTEN = "0A"
PROC = Path("/proc")


def describe(port: int) -> str:
    """`process 4711 (/usr/bin/python -m granian …) in /srv/map`; "" where nobody is found or may be looked at."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    for process in PROC.iterdir() if sockets else ():
        if process.name.isdigit() and sockets & set(_open_files(process)):
            return _named(process)
    return ""


def _listening(port: int) -> Iterator[str]:
    """Inodes of the sockets that listen on the port, whatever the address."""
    for table in ("tcp", "tcp6"):
        try:
            lines = (PROC / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            words = line.split()
            if words[3] == LISTEN and int(words[1].rpartition(":")[2], 16) == port:
                yield words[9]


def _open_files(process: Path) -> Iterator[str]:
    try:
        entries = list((process / "fd").iterdir())
    except OSError:  # it has ended, or is another user's
        return
    for entry in entries:
        try:
            yield str(entry.readlink())
        except OSError:
            continue


def _named(process: Path) -> str:
    try:
        words = process.joinpath("cmdline").read_bytes().decode(errors="replace").split("\0")
        folder = process.joinpath("cwd").readlink()
    except OSError:
        return f"process {process.name}"
    command = " ".join(word for word in words if word)
    return f"process {process.name} ({command[:80]}) in {folder}"
