"""Back to a moment: pgBackRest copies the primary and keeps every change, and beside the site it is made as it was."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psycopg2

from ops import postgis
from tests.drills.scale.database import NODES, Database

STANZA = "--stanza=geo-portal"
CONFIG = """
[global]
repo1-path={folder}/backrest
repo1-retention-full=2
repo1-bundle=y
repo1-block=y
start-fast=y
log-path={folder}/backrest
lock-path={folder}/backrest
[geo-portal]
pg1-path={folder}/{name}/data
pg1-port={port}
pg1-socket-path={folder}/{name}
"""
NAME = "SELECT name FROM accounts_area WHERE code = '330203100'"


def prepare(servers: Database) -> None:
    """Before the servers start: a repository that both know, for they hand their changes to it."""
    servers.private(servers.folder / "backrest")
    for name in NODES:
        text = CONFIG.format(folder=servers.folder, name=name, port=servers.ports[name])
        (servers.folder / f"{name}.backrest").write_text(text)


def recover(servers: Database, port: int) -> str:
    """Copy the primary, spoil a row, and make a server as it was before; what is said of it. Raises AssertionError."""
    name = servers.primary()
    assert name
    began = time.monotonic()
    _tool(servers, name, "stanza-create")
    _tool(servers, name, "backup", "--type=full")
    copied = time.monotonic()
    before, moment = _ask(servers.ports[name], NAME), _ask(servers.ports[name], "SELECT clock_timestamp()::text")
    time.sleep(1)
    servers.superuser(servers.ports[name], postgis.DATABASE, "UPDATE accounts_area SET name = 'spoilt'")
    _tool(servers, name, "check")  # waits until the change lies in the repository
    spoilt = time.monotonic()
    folder = servers.folder / "then"
    servers.private(folder)
    _tool(
        servers, name, "restore", f"--pg1-path={folder}", "--type=time", f"--target={moment}", "--target-action=promote"
    )
    _start(servers, folder, port)
    try:
        after, now = _ask(port, NAME), _ask(servers.ports[name], NAME)
    finally:
        _run(servers, str(postgis.PG_BIN / "pg_ctl"), "stop", "-m", "immediate", "-D", str(folder))
    assert (after, now) == (before, "spoilt"), f"{after} where {before} was"
    whole = time.monotonic() - spoilt
    return f"{before} is back beside the site; full backup {copied - began:.0f} s, restore and replay {whole:.0f} s"


def _start(servers: Database, folder: Path, port: int) -> None:
    options = f"-p {port} -c unix_socket_directories={folder} -c archive_mode=off -c synchronous_standby_names=''"
    _run(servers, str(postgis.PG_BIN / "pg_ctl"), "start", "-w", "-t", "120", "-D", str(folder), "-l", f"{folder}/log",
         "-o", options)  # fmt: skip
    deadline = time.monotonic() + 60
    while _ask(port, "SELECT pg_is_in_recovery()") and time.monotonic() < deadline:
        time.sleep(0.2)


def _tool(servers: Database, name: str, *words: str) -> None:
    _run(
        servers, "pgbackrest", f"--config={servers.folder}/{name}.backrest", STANZA, "--log-level-console=warn", *words
    )


def _run(servers: Database, *command: str) -> None:
    """As the servers' user. Output through a file, which a server that stays may keep open."""
    with (servers.folder / "backrest.log").open("ab") as log:
        subprocess.run(command, check=True, stdout=log, stderr=log, cwd="/", user=servers.user, group=servers.user,
                       extra_groups=[] if servers.user else None)  # fmt: skip


def _ask(port: int, question: str) -> object:
    line = psycopg2.connect(host="127.0.0.1", port=port, user=postgis.SUPERUSER, dbname=postgis.DATABASE)
    try:
        with line.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        line.close()
