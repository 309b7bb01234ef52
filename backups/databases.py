"""Databases beside the site's own: made empty, filled from a dump, put in its place, dropped. All as the owner."""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg2 import errors, sql

from backups.faults import BackupFault
from backups.sealing import Seal
from backups.snapshot import snapshot, tool
from backups.store import DUMP, Backup
from ledger.roles.connections import connection_parameters

MAINTENANCE = "postgres"
_MISSING = """
    SELECT wanted FROM unnest(ARRAY['postgis', 'pg_trgm', 'btree_gist']) AS wanted
    WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = wanted)
"""


def owner() -> Mapping[str, Any]:
    """How the owner of the tables connects. Raises BackupFault in a process that may not."""
    if settings.OWNER_DATABASE is None:
        raise BackupFault(_("恢复要以数据表所有者的身份进行：请设置 MIGRATION_DATABASE_URL。"))
    login: Mapping[str, Any] = settings.OWNER_DATABASE
    return login


def ours() -> str:
    """The name of the site's own database."""
    return str(connection.settings_dict["NAME"])


@contextlib.contextmanager
def session(name: str) -> Iterator[Any]:
    """A cursor of the owner's in a database, outside any transaction."""
    with contextlib.closing(psycopg2.connect(**connection_parameters(owner()) | {"dbname": name})) as line:
        line.autocommit = True
        with line.cursor() as cursor:
            yield cursor


def make(name: str) -> None:
    """An empty database with the extensions. Raises BackupFault where the owner may make none."""
    drop(name)
    with session(MAINTENANCE) as cursor:
        try:
            cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template1").format(sql.Identifier(name)))
        except errors.InsufficientPrivilege:
            role = owner()["USER"]
            raise BackupFault(
                _("角色 %(role)s 不能建立数据库。请数据库管理员执行：ALTER ROLE %(role)s CREATEDB;") % {"role": role}
            ) from None
    with session(name) as cursor:
        cursor.execute(_MISSING)
        for (extension,) in cursor.fetchall():
            try:
                cursor.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
            except errors.InsufficientPrivilege:
                raise BackupFault(_("请数据库管理员在 template1 中执行：CREATE EXTENSION %s;") % extension) from None


def drop(name: str) -> None:
    """Drop a database, with whoever is connected to it; nothing where there is none."""
    with session(MAINTENANCE) as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def scratch(name: str) -> Iterator[str]:
    """An empty database for the length of the block."""
    make(name)
    try:
        yield name
    finally:
        drop(name)


def fill(name: str, backup: Backup, seal: Seal) -> None:
    """Restore a backup's dump into an empty database, whole or not at all. Raises BackupFault."""
    if (part := backup.part(DUMP)) is None:
        raise BackupFault(_("备份 %s 没有数据库。") % backup.name)
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl"]
    with (
        part.open("rb") as source,
        tool("pg_restore", *words, login=owner(), database=name, stdin=subprocess.PIPE) as process,
    ):
        seal.read(source, process.stdin)


def facts_of(name: str) -> dict[str, Any]:
    """What a database holds: rows of each table, the head of the chain, migrations."""
    with snapshot(owner(), name) as moment:
        return moment.facts()


def put_in_place(fresh: str) -> str:
    """Give a database the name of the site's own, which is kept under the name that comes back ("" where it is empty).

    Whoever is connected is cut off and comes back to the new one.
    """
    own = ours()
    before = f"{own}_before"
    connection.close()
    has_tables = has_site(own)
    drop(before)
    with session(MAINTENANCE) as cursor:
        try:
            _rename(cursor, own, before)
            _rename(cursor, fresh, own)
        except BaseException:
            _put_back(cursor, before, own)
            raise
        cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(before)))
        cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(own)))
    if not has_tables:
        drop(before)
    return before if has_tables else ""


def has_site(name: str) -> bool:
    """Whether the tables of a site are in a database."""
    with session(name) as cursor:
        cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def _put_back(cursor: Any, before: str, own: str) -> None:
    """After a renaming that went wrong: the site's database has its name and lets people in."""
    cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [own])
    if not cursor.fetchone()[0]:
        _rename(cursor, before, own)
    cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(own)))


def _rename(cursor: Any, old: str, new: str) -> None:
    """The owner may end sessions of the roles that it is a member of; nobody comes back before the name is another."""
    cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(old)))
    cursor.execute(_CUT_OFF, [old])
    cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


_CUT_OFF = "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
