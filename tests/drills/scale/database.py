"""Two PostgreSQL servers kept by Patroni, its etcd, HAProxy, which leads to the primary, and PgBouncer before it.

Everything is as docker-compose.scale.yml has it, but for passwords (whoever is on this machine is let in) and etcd,
which is one where production has three.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg2

from ops import postgis
from ops.forks import die_with_parent
from ops.locations import cluster_owner

PROGRAMS = {"patroni": "patroni python3-etcd", "etcd": "etcd-server", "haproxy": "haproxy", "pgbouncer": "pgbouncer",
            "nginx": "nginx-light", "valkey-server": "valkey-server"}  # fmt: skip
"""Program and the Debian package that brings it."""
NODES = ("db-1", "db-2")
PATRONI = """
scope: geo-portal
name: {name}
restapi: {{ listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}" }}
etcd3: {{ host: "127.0.0.1:{etcd}" }}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 3
    retry_timeout: 5
    primary_start_timeout: 0
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters:
        synchronous_commit: remote_apply
        max_connections: 200
        wal_log_hints: "on"
        hot_standby_feedback: "on"
        jit: "off"
        timezone: UTC
        checkpoint_timeout: 60s
  initdb: [ {{ encoding: UTF8 }}, {{ locale: C.UTF-8 }}, {{ locale-provider: builtin }}, {{ builtin-locale: C.UTF-8 }} ]
postgresql:
  listen: "127.0.0.1:{port}"
  connect_address: "127.0.0.1:{port}"
  data_dir: {folder}/data
  bin_dir: {bin}
  pgpass: {folder}/pgpass
  authentication:
    superuser: {{ username: postgres }}
    replication: {{ username: replicator }}
    rewind: {{ username: postgres }}
  parameters:
    unix_socket_directories: "{folder}"
    archive_mode: "{archive}"
    archive_command: "pgbackrest --config={folder}.backrest --stanza=geo-portal archive-push %p"
  pg_hba:
    - local all all trust
    - host all all 127.0.0.1/32 trust
    - host replication all 127.0.0.1/32 trust
"""
HAPROXY = """
global
    maxconn 1000
defaults
    mode tcp
    timeout connect 2s
    timeout client 1h
    timeout server 1h
listen primary
    bind 127.0.0.1:{door}
    option httpchk OPTIONS /primary
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""
PGBOUNCER = """
[databases]
* = host=127.0.0.1 port={door}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {pooler}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 20
max_client_conn = 500
server_login_retry = 1
"""


class Processes:
    """What was started, by name; all of it ends with the block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str, environ: dict[str, str] | None = None, user: str | None = None) -> None:
        """Start in a session of its own, with its words in `<name>.log`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                cwd="/" if user else None, user=user, group=user, extra_groups=[] if user else None,
                preexec_fn=die_with_parent,
            )  # fmt: skip

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """The process and whatever shares its session."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)

    def end(self) -> None:
        for name in list(self.running)[::-1]:
            self.kill(name, signal.SIGTERM)


class Database:
    """The two servers and what leads to them."""

    def __init__(self, folder: Path, processes: Processes, port: Callable[[], int], archive: bool = False) -> None:
        """`archive`: each server hands its changes to pgBackRest (`recovery.py`)."""
        self.folder, self.processes, self.archive = folder, processes, archive
        self.owner = cluster_owner(os.geteuid())
        self.user = self.owner.name if os.geteuid() == 0 else None
        self.ports, self.rests = {name: port() for name in NODES}, {name: port() for name in NODES}
        self.door, self.pooler, self._etcd, self._peer = port(), port(), port(), port()

    def address(self, role: str, port: int, **more: str) -> str:
        words = "&".join(f"{key}={value}" for key, value in more.items())
        return f"postgis://{role}@127.0.0.1:{port}/{postgis.DATABASE}{f'?{words}' if words else ''}"

    @property
    def replica(self) -> str:
        """Either server, rather the standby: libpq finds out which that is, also after a failover."""
        hosts, ports = ",".join("127.0.0.1" for _ in NODES), ",".join(str(self.ports[name]) for name in NODES)
        words = f"host={hosts}&port={ports}&target_session_attrs=prefer-standby"
        return f"postgis://{postgis.APP}@/{postgis.DATABASE}?{words}"

    def start(self) -> None:
        self.private(self.folder / "etcd")
        self.processes.start(
            "etcd", "etcd", "--data-dir", str(self.folder / "etcd"), "--log-level", "error",
            "--listen-client-urls", f"http://127.0.0.1:{self._etcd}",
            "--advertise-client-urls", f"http://127.0.0.1:{self._etcd}",
            "--listen-peer-urls", f"http://127.0.0.1:{self._peer}", user=self.user,
        )  # fmt: skip
        self.start_node("db-1")
        until(lambda: self.primary() == "db-1", 120, "the first server")
        self.start_node("db-2")
        self._make_database()
        until(lambda: self.is_synchronous(), 120, "the standby")
        self._start_ways()

    def start_node(self, name: str) -> None:
        """Patroni, which makes the server, or has it follow the primary."""
        folder = self.folder / name
        self.private(folder)
        words = {
            "archive": "on" if self.archive else "off",
            "folder": folder,
            "port": self.ports[name],
            "rest": self.rests[name],
            "bin": postgis.PG_BIN,
        }
        file = self.folder / f"{name}.yml"
        file.write_text(PATRONI.format(name=name, etcd=self._etcd, **words))
        environ = {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        self.processes.start(name, "/usr/bin/patroni", str(file), environ=environ, user=self.user)

    def kill_machine(self, name: str) -> float:
        """Patroni and every process of its server at once, as when the power goes; the moment after."""
        postmaster = int((self.folder / name / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        for pid in [self.processes.running[name].pid, postmaster, *children(postmaster)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        moment = time.monotonic()
        self.processes.kill(name)
        return moment

    def primary(self) -> str | None:
        return next((name for name in NODES if self._says(name, "/primary")), None)

    def standby(self) -> str | None:
        return next((name for name in NODES if self._says(name, "/replica")), None)

    def is_synchronous(self) -> bool:
        """Whether a standby confirms each commit: from then on a failover loses nothing that was acknowledged."""
        return any(self._says(name, "/sync") for name in NODES)

    def _says(self, name: str, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rests[name]}{path}", timeout=2) as answer:
                return json.load(answer)["state"] in ("running", "streaming")
        except (OSError, ValueError):
            return False

    def _make_database(self) -> None:
        port = self.ports["db-1"]
        extensions = "".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in postgis.EXTENSIONS)
        self.superuser(port, "postgres", postgis._ROLES)
        self.superuser(port, "template1", extensions)
        self.superuser(port, "postgres", f"CREATE DATABASE {postgis.DATABASE} OWNER {postgis.OWNER}")

    @staticmethod
    def superuser(port: int, database: str, statement: str) -> None:
        line = psycopg2.connect(host="127.0.0.1", port=port, user=postgis.SUPERUSER, dbname=database)
        line.autocommit = True
        with line.cursor() as cursor:
            cursor.execute(statement)
        line.close()

    def _start_ways(self) -> None:
        servers = "\n".join(
            f"    server {name} 127.0.0.1:{self.ports[name]} maxconn 200 check port {self.rests[name]}"
            for name in NODES
        )
        (self.folder / "haproxy.cfg").write_text(HAPROXY.format(door=self.door, servers=servers))
        self.processes.start("haproxy", "haproxy", "-q", "-f", str(self.folder / "haproxy.cfg"))
        users = (postgis.OWNER, postgis.APP, postgis.READER)
        (self.folder / "users").write_text("".join(f'"{name}" ""\n' for name in users))
        text = PGBOUNCER.format(door=self.door, pooler=self.pooler, folder=self.folder)
        (self.folder / "pgbouncer.ini").write_text(text)
        self.processes.start("pgbouncer", "pgbouncer", "-q", str(self.folder / "pgbouncer.ini"), user=self.user)
        time.sleep(2)

    def private(self, folder: Path) -> None:
        """A folder for the servers' user alone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            shutil.chown(folder, self.user, self.user)


def children(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def until(holds: Callable[[], object], seconds: float, what: str) -> float:
    """Seconds that it took. Raises TimeoutError."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() > began + seconds:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - began
