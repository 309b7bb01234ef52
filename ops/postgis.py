"""The embedded PostGIS: a cluster of our own on a private Unix socket, shared by all who use the same VAR_DIR.

`hold()` is the way in: it starts the cluster unless it runs, and the last one out stops it. Whoever uses it keeps a
shared `flock` on `users.lock`, which the kernel gives back however the process ends; starting and stopping happen
under an exclusive `flock` on `start.lock`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from ops.locations import SOCKET_NAME, Locations, Owner, cluster_owner, locate, short_hash

PG_BIN = Path("/usr/lib/postgresql/17/bin")
ROLE = DATABASE = "geo_portal"
SUPERUSER = "postgres"
# template1 carries them, so that a test database has them too and our role need not be a superuser.
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "jit": "off",  # compiling costs more than it saves on tile-sized queries
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2000",
    "log_line_prefix": "%m [%p] %d ",
}
# For databases that are thrown away: a crash of the machine may lose them.
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
STOP_SECONDS = 60
START_SECONDS = 60
ORPHAN_SECONDS = 10


class PostgisError(Exception):
    """The embedded cluster cannot be used; the message says why and what to do."""


def database_url(var_dir: str | Path) -> str:
    """The address Django connects to. Pure: starts nothing and asks no server."""
    return f"postgis://{ROLE}@/{DATABASE}?host={quote(str(locate(var_dir).sockets), safe='')}"


@contextlib.contextmanager
def hold(var_dir: str | Path, *, durable: bool = True) -> Iterator[str]:
    """Keep the cluster of `var_dir` up for the length of the block; yields the database address.

    Raises PostgisError when PostgreSQL 17 is missing, the folder belongs to somebody else or the start fails.
    """
    places = locate(var_dir)
    owner = _owner()
    _make_home(places, owner)
    with _locked(places.start_lock, fcntl.LOCK_EX):
        if not _running(places):
            _start_or_clear_away(places, owner, durable)
        users = _open_lock(places.users_lock)
        fcntl.flock(users, fcntl.LOCK_SH)
    pid = os.getpid()
    try:
        yield database_url(var_dir)
    finally:
        # A forked child shares the lock but must not stop the cluster under its parent.
        if os.getpid() == pid:
            _leave(places, owner, users)


def is_running(var_dir: str | Path) -> bool:
    """Whether the cluster of `var_dir` has a live server."""
    return _running(locate(var_dir))


def revive(var_dir: str | Path, *, durable: bool = True) -> None:
    """Start the cluster again for somebody who holds it, when its server has ended; nothing when it runs.

    Raises PostgisError when it does not start. Whoever else comes at the same moment waits and finds it running.
    """
    places = locate(var_dir)
    with _locked(places.start_lock, fcntl.LOCK_EX):
        if not _running(places):
            _start_or_clear_away(places, _owner(), durable)


def is_in_use(var_dir: str | Path) -> bool:
    """Whether some process holds the cluster right now."""
    places = locate(var_dir)
    if not places.users_lock.exists():
        return False
    handle = _open_lock(places.users_lock)
    try:
        return not _lock_at_once(handle)
    finally:
        os.close(handle)


def destroy(var_dir: str | Path) -> None:
    """Delete the cluster with all its data. PostgisError while somebody uses it."""
    places = locate(var_dir)
    if is_in_use(var_dir):
        raise PostgisError(f"{places.link} is in use; stop `make run` and every manage.py first.")
    if _running(places):
        _stop(places, _owner())
    for folder in (places.home, places.sockets):
        shutil.rmtree(folder, ignore_errors=True)
    if places.link.is_symlink():
        places.link.unlink()


def _owner() -> Owner:
    if not (PG_BIN / "postgres").exists():
        raise PostgisError("PostgreSQL 17 is not installed. `make system` installs it or says what is missing.")
    return cluster_owner(os.geteuid())


def _make_home(places: Locations, owner: Owner) -> None:
    try:
        _make_var(places.link.parent)
        if places.home != places.link:
            places.home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        _private_folder(places.home, owner)
        if not places.link.exists():
            places.link.symlink_to(places.home)
        _private_folder(places.sockets, owner)
    except PermissionError as error:
        raise PostgisError(
            f"{error.filename} cannot be written by this user. Set VAR_DIR to a folder of your own."
        ) from error


def _make_var(var_dir: Path) -> None:
    if not var_dir.exists():
        var_dir.mkdir(parents=True)
        var_dir.chmod(0o755)  # whatever the umask: root's cluster user must pass


def _private_folder(folder: Path, owner: Owner) -> None:
    """A folder only the cluster's user can enter: it is what guards the socket, which asks for no password."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, owner.uid, owner.gid)
    info = folder.lstat() if folder.parent == Path("/tmp") else folder.stat()
    if info.st_uid != owner.uid or info.st_mode & 0o077:
        raise PostgisError(
            f"{folder} must belong to user {owner.name} with mode 0700 (it was made by another user or changed). "
            "Remove it, or set VAR_DIR to another folder."
        )


def _start_or_clear_away(places: Locations, owner: Owner, durable: bool) -> None:
    """Start; when that is interrupted half-way (Ctrl-C), leave no server behind that nobody would stop."""
    try:
        _start(places, owner, durable)
    except BaseException:
        if _running(places):
            _stop(places, owner)
        raise


def _start(places: Locations, owner: Owner, durable: bool) -> None:
    if not (places.data / "PG_VERSION").exists():
        _initialise(places, owner)
    _clear_stale_locks(places)
    options = {
        **SETTINGS,
        **({} if durable else FAST_SETTINGS),
        "cluster_name": _cluster_name(places),
        "unix_socket_directories": str(places.sockets),
    }
    arguments = " ".join(f"-c {name}={_quoted(value)}" for name, value in options.items())
    code, _ = _as_owner(
        owner, places, "pg_ctl", "start", "-D", str(places.data), "-l", str(places.log),
        "-w", "-t", str(START_SECONDS), "-o", arguments,
    )  # fmt: skip
    if code:
        raise PostgisError(f"PostgreSQL did not start; the end of {places.log}:\n{_tail(places.log)}")
    _make_database(places, owner)


def _initialise(places: Locations, owner: Owner) -> None:
    """initdb into a folder beside, renamed when whole, so that an interrupted first start leaves no half cluster."""
    fresh = places.home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    code, output = _as_owner(
        owner, places, "initdb", "-D", str(fresh), "--username", SUPERUSER, "--auth", "trust",
        "--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C.UTF-8",
        "--no-instructions",
    )  # fmt: skip
    if code:
        raise PostgisError(f"initdb failed: {output}")
    fresh.rename(places.data)


def _make_database(places: Locations, owner: Owner) -> None:
    """Role, extensions and database, if they are not there."""
    if _query(places, owner, "postgres", f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'") == "1":
        return
    extensions = "".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS)
    _query(places, owner, "template1", extensions)
    if _query(places, owner, "postgres", f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'") != "1":
        _query(places, owner, "postgres", f"CREATE ROLE {ROLE} LOGIN CREATEDB")
    _query(places, owner, "postgres", f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def _query(places: Locations, owner: Owner, database: str, sql: str) -> str:
    code, output = _as_owner(
        owner, places, "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
        "-h", str(places.sockets), "-U", SUPERUSER, "-d", database, "-c", sql,
    )  # fmt: skip
    if code:
        raise PostgisError(f"{sql}: {output}")
    return output


def _leave(places: Locations, owner: Owner, users: int) -> None:
    """Let go, and stop the cluster unless somebody else (a forked child, too) still holds it."""
    with _locked(places.start_lock, fcntl.LOCK_EX):
        os.close(users)
        last = _open_lock(places.users_lock)
        try:
            if _lock_at_once(last) and _running(places):
                _stop(places, owner)
        finally:
            os.close(last)


def _stop(places: Locations, owner: Owner) -> None:
    _as_owner(
        owner, places, "pg_ctl", "stop", "-D", str(places.data), "-m", "fast", "-w", "-t", str(STOP_SECONDS)
    )  # fmt: skip


def _running(places: Locations) -> bool:
    """Whether the postmaster named in postmaster.pid is alive and ours."""
    return _postmaster_pid(places) is not None


def _postmaster_pid(places: Locations) -> int | None:
    """The live server of this data folder. After a crash the number in its file may belong to any other process."""
    try:
        pid = int((places.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    words = _command_line(pid)
    return pid if os.fsencode(places.data) in words and words[0].endswith(b"/postgres") else None


def _clear_stale_locks(places: Locations) -> None:
    """After kill -9 the lock files stay; PostgreSQL itself gives up when their number has gone to another process."""
    deadline = time.monotonic() + ORPHAN_SECONDS
    while _orphans(places) and time.monotonic() < deadline:
        time.sleep(0.1)  # backends of a killed server notice and leave by themselves
    for left in (places.data / "postmaster.pid", places.sockets / f"{SOCKET_NAME}.lock"):
        left.unlink(missing_ok=True)


def _orphans(places: Locations) -> list[int]:
    """Backends of this cluster; they carry its name in their title ("postgres: NAME: checkpointer")."""
    title = f"postgres: {_cluster_name(places)}:".encode()
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if _command_line(pid)[0].startswith(title)]


def _command_line(pid: int) -> list[bytes]:
    """The words of a process; [b""] when it is gone. Open to all, unlike its folder, which a container's root may not
    read of other users' processes."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return [b""]


def _cluster_name(places: Locations) -> str:
    return f"geo_portal_{short_hash(places.home)}"


def _as_owner(owner: Owner, places: Locations, tool: str, *arguments: str) -> tuple[int, str]:
    """Run one of PostgreSQL's tools as the cluster's user; its exit code and what it printed.

    The output goes through a file, not a pipe: the server inherits it from pg_ctl and would keep a pipe open for ever.
    """
    as_root = os.geteuid() == 0
    with tempfile.TemporaryFile("w+") as output:
        code = subprocess.run(
            [PG_BIN / tool, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=places.home,
            env=_clean_environment(places),
            user=owner.uid if as_root else None,
            group=owner.gid if as_root else None,
            extra_groups=[] if as_root else None,
        ).returncode
        output.seek(0)
        return code, output.read().strip()


def _clean_environment(places: Locations) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": str(places.home), "LC_ALL": "C.UTF-8"}


def _quoted(value: str) -> str:
    return "'" + value.replace("'", r"'\''") + "'"


def _tail(log: Path, lines: int = 15) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _lock_at_once(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    handle = _open_lock(path)
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        os.close(handle)


if __name__ == "__main__":
    print(database_url(sys.argv[1] if len(sys.argv) > 1 else "var"))
