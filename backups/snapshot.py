"""One moment of the database: what is in it, and a dump of exactly that.

A transaction holds the snapshot while rows are counted, and `pg_dump` reads the same one, so counts and dump agree
however much is written meanwhile. The site's own role dumps: it may read every table and alter no evidence.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import psycopg2
from django.conf import settings
from django.contrib.gis.gdal import gdal_version
from django.utils.translation import gettext as _
from psycopg2 import sql

from backups.faults import BackupFault
from ledger.chain.sql import LINKS
from ledger.roles.connections import address, connection_parameters
from ops import postgis

_BEGIN = """
    SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
    BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY
"""
# Not those of extensions, which the new database has already.
_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2
"""
_VERSIONS = "SELECT current_setting('server_version'), postgis_lib_version(), pg_database_size(current_database())"
_HEAD = f"SELECT count(*), (SELECT encode(digest, 'hex') FROM {LINKS} ORDER BY id DESC LIMIT 1) FROM {LINKS}"  # noqa: S608 - a constant
_NEWEST = "SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app"
_READS_SEQUENCES = """
    SELECT coalesce(bool_and(has_sequence_privilege(oid, 'SELECT')), true) FROM pg_class
    WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
"""
MOST_SAID = 600


class Snapshot:
    """An open transaction, and what it sees."""

    def __init__(self, line: Any) -> None:
        self._line = line
        self.id = self._all("SELECT pg_export_snapshot()")[0][0]

    def facts(self) -> dict[str, Any]:
        """Versions, migrations, rows of each table, and the head of the chain."""
        server, lib, size = self._all(_VERSIONS)[0]
        links, head = self._all(_HEAD)[0]
        return {
            "versions": {
                "site": settings.VERSION,
                "postgresql": server,
                "postgis": lib,
                "gdal": gdal_version().decode(),
            },
            "migrations": dict(self._all(_NEWEST)),
            "rows": self.rows(),
            "chain": {"links": links, "head": head or ""},
            "database_bytes": size,
        }

    def rows(self) -> dict[str, int]:
        """How many rows each table has, by "schema.table"."""
        counted = {}
        for schema, table in self._all(_TABLES):
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
            counted[f"{schema}.{table}"] = self._all(query)[0][0]
        return counted

    def may_dump(self) -> bool:
        """Whether this role reads what `pg_dump` reads besides tables."""
        return bool(self._all(_READS_SEQUENCES)[0][0])

    def _all(self, query: Any) -> list[tuple[Any, ...]]:
        with self._line.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())


@contextlib.contextmanager
def snapshot(login: Mapping[str, Any] | None = None, name: str = "") -> Iterator[Snapshot]:
    """Hold one moment of Django's database, or of another of that name, as its site's role or by another login."""
    given = connection_parameters(login or settings.DIRECT_DATABASE)
    with contextlib.closing(psycopg2.connect(**given | ({"dbname": name} if name else {}))) as line:
        line.autocommit = True  # the transaction is begun and ended below
        with line.cursor() as cursor:
            cursor.execute(_BEGIN)
        yield Snapshot(line)


@contextlib.contextmanager
def dump(moment: Snapshot) -> Iterator[Any]:
    """The stream of `pg_dump` of that moment. Raises BackupFault when it fails, also after it was read to its end."""
    words = ["--format=custom", "--compress=gzip:6", "--no-owner", "--no-acl", "--exclude-extension=*"]
    words += [f"--snapshot={moment.id}"]
    # Until this release the site's role might not read the sequences: a backup before the upgrade is the owner's.
    login = settings.DIRECT_DATABASE if moment.may_dump() else settings.OWNER_DATABASE
    with tool("pg_dump", *words, login=login, stdout=subprocess.PIPE) as process:
        yield process.stdout


def program(name: str) -> str:
    """One of PostgreSQL's tools: that of the embedded cluster's version, else what is on the PATH."""
    own = postgis.PG_BIN / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise BackupFault(_("这台机器上没有 %s；请安装 Debian 软件包 postgresql-client-17。") % name)
    return found


@contextlib.contextmanager
def tool(
    name: str,
    *words: str,
    login: Mapping[str, Any] | None = None,
    database: str = "",
    stdin: int | None = None,
    stdout: int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of PostgreSQL's tools on a database; the block feeds or reads it. BackupFault has what it said."""
    given = login or connection_login()
    line = address({**given, "PASSWORD": ""}, database)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - a tool of PostgreSQL's and words of ours
            [program(name), "--dbname", line, *words],
            stderr=said,
            env={**os.environ, "PGPASSWORD": str(given.get("PASSWORD") or "")},
            stdin=stdin,
            stdout=stdout,
        )
        try:
            yield process
            if process.stdin:
                process.stdin.close()
            if process.wait():
                raise BackupFault(_("%(tool)s 没有成功：%(said)s") % {"tool": name, "said": _end_of(said)})
        except BrokenPipeError:
            process.wait()
            raise BackupFault(_("%(tool)s 没有成功：%(said)s") % {"tool": name, "said": _end_of(said)}) from None
        finally:
            _end(process)


def connection_login() -> dict[str, Any]:
    """How this process connects now."""
    from django.db import connection

    return dict(connection.settings_dict)


def _end_of(said: BinaryIO) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip()[-MOST_SAID:]


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    for stream in (process.stdin, process.stdout):
        if stream:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
    process.wait()
