"""Restoring a backup into a database of its own, and asking whether it is what was copied."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from backups import contents, databases
from backups.faults import BackupFault
from backups.sealing import Seal
from backups.store import Backup, altered_parts
from ledger.roles.connections import address


@dataclass
class Proof:
    """What was compared, and in words every difference from what was copied and every fault of the copy itself."""

    rows: int = 0
    tables: int = 0
    files: int = 0
    links: int = 0
    differences: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Files that are lost or damaged, and what the chain finds wrong: the site may have had it when it was copied."""
    damaged: set[str] = field(default_factory=set)
    """Digests of contents that are missing or not what their name says."""
    review: list[str] = field(default_factory=list)
    """Of a restore: what of accounts and tokens people have to look at, in words."""

    def figures(self) -> dict[str, int]:
        return {"rows": self.rows, "tables": self.tables, "files": self.files, "links": self.links}

    def in_words(self) -> str:
        return _("%(tables)d 张表 %(rows)d 行，%(files)d 个文件，证据链 %(links)d 环") % self.figures()


def prove(backup: Backup, seal: Seal, name: str, *, read_files: bool = True) -> Proof:
    """Fill the empty database `name` from a backup and compare. Raises BackupFault where it cannot be read at all.

    Compared are the digests of its parts and files, the rows of every table, the chain of evidence with the digests of
    its files, and what the site's role may do once the rights are handed out.
    """
    if altered := altered_parts(backup):
        named = {"name": backup.name, "parts": "、".join(altered)}
        raise BackupFault(_("备份 %(name)s 不完整：%(parts)s 被改动过或者丢失。") % named)
    proof = Proof()
    entries = contents.read_list(backup, seal)
    if read_files:
        proof.damaged = damaged(backup, seal, entries)
        proof.faults += file_differences(entries, proof.damaged)
    proof.files = len(entries)
    databases.fill(name, backup, seal)
    found = databases.facts_of(name)
    proof.tables, proof.rows = len(found["rows"]), sum(found["rows"].values())
    proof.differences += row_differences(backup.manifest["rows"], found["rows"])
    if found["chain"] != backup.manifest["chain"]:
        proof.differences.append(_("证据链的链尾与备份时不同"))
    said = ask(name, entries)
    proof.links = said["links"]
    proof.differences += said["rights"]
    proof.faults += said["faults"]
    return proof


def row_differences(wanted: dict[str, int], found: dict[str, int]) -> list[str]:
    return [
        _("表 %(table)s：备份时 %(then)s 行，恢复后 %(now)s 行")
        % {"table": table, "then": wanted.get(table, "-"), "now": found.get(table, "-")}
        for table in sorted(wanted | found)
        if wanted.get(table) != found.get(table)
    ]


def damaged(backup: Backup, seal: Seal, entries: list[contents.Entry]) -> set[str]:
    """Read every content once; the digests of those that differ from theirs."""
    digests = {entry.sha256 for entry in entries}
    return {digest for digest in digests if _digest_of(backup.store.files / seal.name_of(digest), seal) != digest}


def file_differences(entries: list[contents.Entry], bad: set[str]) -> list[str]:
    return [_("文件 %s 被改动过或者丢失") % entry.path for entry in entries if entry.sha256 in bad]


def _digest_of(path: Path, seal: Seal) -> str:
    try:
        with path.open("rb") as source, Path(os.devnull).open("wb") as nowhere:
            return seal.read(source, nowhere).hash.hexdigest()
    except (FileNotFoundError, BackupFault):
        return ""


def ask(name: str, entries: list[contents.Entry], *words: str) -> dict[str, Any]:
    """Have a process that connects to database `name` hand the rights out and say what is not as it should be.

    The digests of files are those of `entries`. Raises BackupFault when it says nothing.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".json") as listed:
        json.dump({entry.path: entry.sha256 for entry in entries if entry.root == "media"}, listed)
        listed.flush()
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "look_at_restored", listed.name, *words],
            env=_environment(name),
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise BackupFault(_("恢复出来的数据库不能使用：%s") % done.stderr.strip()[-600:]) from None
    return answer


def _environment(name: str) -> dict[str, str]:
    """That of this process, but with database `name` in place of the site's own."""
    role = {**databases.owner(), "USER": settings.APP_ROLE, "PASSWORD": _site_password()}
    reader = settings.READER_DATABASE
    return {
        **os.environ,
        "DATABASE_URL": address(role, name),
        "MIGRATION_DATABASE_URL": address(databases.owner(), name),
        "READER_DATABASE_URL": address(reader, name) if reader else "",
        "DATABASE_DIRECT_URL": "",
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_LEVEL": "ERROR",
    }


def _site_password() -> str:
    """The password in DATABASE_URL; the connection itself may be another role's at this moment."""
    login = settings.DIRECT_DATABASE or settings.DATABASES["default"]
    return str(login.get("PASSWORD") or connection.settings_dict.get("PASSWORD") or "")
