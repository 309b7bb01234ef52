"""A database with every migration applied, kept in the cluster between runs; a run's test databases are copies of it.

Its name holds a hash of all that the migrations are made from, so a changed migration gets a new one. It is built under
a name of its own and renamed when it is whole: an interrupted run leaves nothing that another would take for complete.
Django still runs `migrate` on the copy, which finds nothing to do and brings content types and permissions in line.
"""

import ast
import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps

ROOT = Path(__file__).parents[1]
PREFIX = "migrated_"
UNFINISHED = "migrating"
KEPT = 3
"""So many are kept, those last used; a few branches may take turns in one cluster."""
BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")
"""Where a node of a syntax tree keeps statements, or what holds statements itself."""
LOCK = 3_302_031_128
"""Key of the advisory lock in the `postgres` database that one builder holds."""


def ensure(connection: Any) -> str:
    """Return the name of the template for the migrations as they are now, building it where there is none."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        name = PREFIX + fingerprint(migration_files(), server_versions(cursor), declarations())
        if name not in _templates(cursor):
            _build(connection, cursor, name)
        cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{time.time():017.6f}'")
        for old in _templates(cursor)[KEPT:]:
            _drop(cursor, old)
    return name


def fingerprint(files: Iterable[Path], versions: str, declared: str = "") -> str:
    """A hash over files (names and contents), the server's versions and what the rooms declare: 16 hex digits."""
    whole = hashlib.sha256(f"{versions}\0{declared}".encode())
    for file in sorted(set(files)):
        whole.update(f"\0{file.name}\0".encode() + file.read_bytes())
    return whole.hexdigest()[:16]


def server_versions(cursor: Any) -> str:
    cursor.execute(
        "SELECT version(), string_agg(name || default_version, ',' ORDER BY name) FROM pg_available_extensions"
    )
    return " ".join(cursor.fetchone())


def migration_files() -> Iterator[Path]:
    """The migrations of every installed app and whatever modules of this clone they import, also indirectly.

    And the files that say what is done after every migration (roles, search, schedules), without what these import:
    nearly the whole site, of which nothing gets into the database but what `declarations` names.
    """
    waiting = [file for app in apps.get_app_configs() for file in Path(app.path, "migrations").glob("*.py")]
    after = [ROOT / "ledger" / "roles" / "grants.py", ROOT / "search" / "journal.py", ROOT / "jobs" / "schedules.py"]
    seen: set[Path] = set()
    for name in ("apps", "jobs", "chain", "search"):
        after += [*ROOT.glob(f"*/{name}.py"), *ROOT.glob(f"*/*/{name}.py")]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            yield file
            waiting += _own_imports(file)
    yield from sorted(set(after) - seen)


def declarations() -> str:
    """What is put into the database after every migration by what the rooms declare: rights, triggers of search."""
    from ledger.chain.declared import declared
    from ledger.roles.grants import named_by_apps
    from search.journal import watched_columns

    named = [named_by_apps(attribute) for attribute in ("own_schemas", "own_sequences", "attached_functions")]
    return repr((sorted(declared().items()), named, sorted(watched_columns().items())))


def _own_imports(file: Path) -> Iterator[Path]:
    for node in _statements(ast.parse(file.read_bytes())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        base = f"{node.module}." if isinstance(node, ast.ImportFrom) and node.module and not node.level else ""
        for name in {base.rstrip("."), *(base + name for name in names)}:
            yield from _file_of(name)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below, however deep; expressions, which are most of a tree, hold no imports."""
    for name in BLOCKS:
        for below in getattr(node, name, ()):
            yield below
            yield from _statements(below)


@cache
def _file_of(module: str) -> tuple[Path, ...]:
    if not module or not _is_of_this_clone(module.split(".")[0]):
        return ()
    path = ROOT.joinpath(*module.split("."))
    return tuple(file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file())


@cache
def _is_of_this_clone(package: str) -> bool:
    return (ROOT / package).is_dir()


def _templates(cursor: Any) -> list[str]:
    """The finished ones, the last used first."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        " ORDER BY shobj_description(oid, 'pg_database') DESC NULLS LAST",
        [PREFIX],
    )
    return [name for (name,) in cursor.fetchall()]


def _build(connection: Any, cursor: Any, name: str) -> None:
    _drop(cursor, UNFINISHED)
    with _named(connection, UNFINISHED):
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        connection.close()
    cursor.execute(f'ALTER DATABASE "{UNFINISHED}" ALLOW_CONNECTIONS false')
    cursor.execute(f'ALTER DATABASE "{UNFINISHED}" RENAME TO "{name}"')


@contextmanager
def _named(connection: Any, name: str) -> Iterator[None]:
    """Within the block the test database has another name, and afterwards the connection its own again."""
    own, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    name_of_test = test["NAME"]
    test["NAME"] = name
    try:
        yield
    finally:
        test["NAME"] = name_of_test
        connection.settings_dict["NAME"] = own


def _drop(cursor: Any, name: str) -> None:
    """Also where a process that was killed has left its session behind."""
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
