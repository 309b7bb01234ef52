"""The demo district in a database of its own, loaded once; whoever tests on it works on a copy.

Loading takes longer than most files of tests, so the loaded database stays in the cluster between runs as the migrated
one does (`template_database`), with its files in VAR_DIR. Its name holds a hash of VAR_DIR, for clones may share a
cluster, and one of all that the district is made by and of the migrated database that it began as; whoever finds it
complete loads nothing.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from ledger.roles.connections import address

ROOT = Path(__file__).parents[1]
PREFIX = "demo_of_tests_"
TODAY = "2026-11-23"
"""One fixed day, so that the same points are planned, under way and inferior V whenever the tests run."""
SCHEDULES_FROM_NOW = """
    UPDATE jobs_schedule SET next_run = CASE WHEN minutes IS NOT NULL THEN now()
        ELSE next_run + interval '1 day' * ceil(extract(epoch FROM now() - next_run) / 86400) END
    WHERE next_run < now()"""
"""What is kept may be days old; a site that has just been set up has no night's work waiting."""


@dataclass(frozen=True)
class Demo:
    """The loaded district: a database to copy, a VAR_DIR with its files, and how many of each thing it has."""

    name: str
    folder: Path
    counts: dict[str, int]


def ensure(migrated: str) -> Demo:
    """The loaded district on top of the database `migrated`, loading it where there is none.

    One process at a time: the others wait, and find it.
    """
    shelf = Path(settings.VAR_DIR) / "loaded"
    mine = PREFIX + hashlib.sha256(bytes(shelf)).hexdigest()[:8] + "_"
    name = mine + fingerprint(migrated, source_files())
    shelf.mkdir(parents=True, exist_ok=True)
    folder = shelf / name
    with (shelf.with_suffix(".lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (_is_there(name) and _counted(folder).is_file()):
            _drop_all(mine)
            shutil.rmtree(shelf)
            _load(name, folder, migrated)
    return Demo(name, folder, json.loads(_counted(folder).read_text()))


def fingerprint(migrated: str, files: Iterable[Path]) -> str:
    """A hash over the migrated database's name and the files: 16 hex digits."""
    whole = hashlib.sha256(migrated.encode())
    for file in sorted(files):
        whole.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return whole.hexdigest()[:16]


def source_files() -> Iterator[Path]:
    """What the district is made by: the rooms' files, `fixtures/`, and which packages are installed."""
    yield ROOT / "requirements.txt"
    rooms = [file.parent for file in ROOT.glob("*/__init__.py") if file.parent.name not in ("tests", "ops")]
    for folder in [*rooms, ROOT / "fixtures"]:
        for place, below, names in os.walk(folder):
            below[:] = [name for name in below if name != "__pycache__"]
            yield from (Path(place, name) for name in names if not name.endswith(".po"))


@contextlib.contextmanager
def copy_of(demo: Demo, whose: str = "") -> Iterator[str]:
    """The name of a copy of the district's database for this process and that use of it, dropped after the block."""
    name = f"{demo.name}_{whose}{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    run_as_owner(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # of a run that was killed
    run_as_owner(f'CREATE DATABASE "{name}" TEMPLATE "{demo.name}"')
    try:
        run_as_owner(SCHEDULES_FROM_NOW, name)
        yield name
    finally:
        run_as_owner(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def entered(blocker: Any, **changed: Any) -> Iterator[Demo]:
    """Within the block the tests' connection leads to a copy of the district, in a transaction that is rolled back.

    `blocker` is pytest-django's; `changed` are settings. Asked for by a fixture that has asked for `django_db_setup`.
    """
    own = connection.settings_dict["NAME"]
    with blocker.unblock():
        demo = ensure(connection.settings_dict["TEST"]["TEMPLATE"])
        with copy_of(demo, "own") as name:
            _lead_to(name)
            try:
                with override_settings(**changed), transaction.atomic():
                    yield demo
                    transaction.set_rollback(True)
            finally:
                _lead_to(own)


def environ(name: str, folder: Path) -> dict[str, str]:
    """A site's environment on a database of its own, with all its files in a VAR_DIR of its own."""
    return os.environ | {
        "DATABASE_URL": address(name=name),
        "MIGRATION_DATABASE_URL": owners_address(name),
        "READER_DATABASE_URL": address(settings.READER_DATABASE, name),
        "VAR_DIR": str(folder),
        "DEMO": "1",
        "TESTING_HOOKS": "1",
        "SECRET_KEY": "for-browser-tests-only-0123456789-0123456789",
        "WEB_WORKERS": "1",
    }


def owners_address(name: str) -> str:
    return address(settings.OWNER_DATABASE, name)


def run_as_owner(statement: str, database: str = "postgres") -> None:
    """One statement, outside any transaction, by the owner of the tables."""
    _ask(statement, database)


def _ask(statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
    with contextlib.closing(psycopg2.connect(owners_address(database))) as session:
        session.autocommit = True
        cursor = session.cursor()
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def _lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _is_there(name: str) -> bool:
    return bool(_ask(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def _counted(folder: Path) -> Path:
    """Written last: a load that was interrupted has none."""
    return folder / "counts.json"


def _drop_all(mine: str) -> None:
    """What other code has loaded, what an interrupted load has left, and the copies of both."""
    for (name,) in _ask(f"SELECT datname FROM pg_database WHERE starts_with(datname, '{mine}')"):
        run_as_owner(f'DROP DATABASE "{name}" WITH (FORCE)')


def _load(name: str, folder: Path, migrated: str) -> None:
    run_as_owner(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
    folder.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "manage.py", "load_demo", "--today", TODAY, "--json"],
        cwd=ROOT,
        env=environ(name, folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    _counted(folder).write_text(json.dumps(json.loads(done.stdout)["counts"]))
