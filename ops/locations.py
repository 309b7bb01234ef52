"""Where the embedded PostGIS keeps its data, its socket and its locks. Reads file modes, starts nothing.

PostgreSQL refuses to run as root, so root's cluster runs as the package's `postgres` user. That user may not be able
to enter the folder of the clone (root's home is often 0700). Then the data lives under /var/lib/geo-portal and
`VAR_DIR/postgis` is a link to it.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

PACKAGE_USER = "postgres"
SHELTER = Path("/var/lib/geo-portal")
SOCKET_NAME = ".s.PGSQL.5432"
# sockaddr_un.sun_path has 108 bytes, the last of which is NUL.
SOCKET_PATH_LIMIT = 107


@dataclass(frozen=True)
class Owner:
    """The system user that the cluster runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Locations:
    """Every path of one embedded cluster."""

    link: Path  # VAR_DIR/postgis, as a person sees it
    home: Path  # where that really is
    sockets: Path  # directory of the Unix socket

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgresql.log"

    @property
    def start_lock(self) -> Path:
        return self.home / "start.lock"

    @property
    def users_lock(self) -> Path:
        return self.home / "users.lock"


def cluster_owner(euid: int) -> Owner:
    """Who the cluster runs as. KeyError when root has no `postgres` user to drop to (package not installed)."""
    entry = pwd.getpwnam(PACKAGE_USER) if euid == 0 else pwd.getpwuid(euid)
    return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_enter(path: Path, uid: int, gid: int) -> bool:
    """Whether that user may pass through `path` and every folder above it (modes only; missing ones are skipped)."""
    for folder in (path, *path.parents):
        try:
            info = folder.stat()
        except FileNotFoundError:
            continue
        if info.st_uid == uid:
            passable = info.st_mode & stat.S_IXUSR
        elif info.st_gid == gid:
            passable = info.st_mode & stat.S_IXGRP
        else:
            passable = info.st_mode & stat.S_IXOTH
        if not passable:
            return False
    return True


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def socket_directory(home: Path) -> Path:
    """`home/run`, or a short private folder under /tmp where the socket's path would be too long for the kernel."""
    usual = home / "run"
    if len(os.fsencode(usual / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return usual
    return Path("/tmp") / f"geo-portal-{short_hash(home)}"


def real_home(link: Path, euid: int) -> Path:
    """Where the cluster of `VAR_DIR/postgis` lives; an existing folder or link is kept, whatever modes say now."""
    if link.exists() or link.is_symlink():
        return link.resolve()
    if euid != 0:
        return link
    try:
        owner = cluster_owner(euid)
    except KeyError:
        return link
    return link if can_enter(link.parent, owner.uid, owner.gid) else SHELTER / short_hash(link)


def locate(var_dir: str | Path) -> Locations:
    link = Path(var_dir).resolve() / "postgis"
    home = real_home(link, os.geteuid())
    return Locations(link=link, home=home, sockets=socket_directory(home))
