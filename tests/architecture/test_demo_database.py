"""The loaded demo district that files of tests copy: never out of date, whatever a killed run has left."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import demo_database
from tests.demo_database import Demo, copy_of, run_as_owner

YESTERDAY = "now() - interval '1 day'"


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> Iterator[Demo]:
    """A database in the place of the loaded one, with nothing but a night's job that was due yesterday."""
    name = f"demo_of_tests_try_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    run_as_owner(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    run_as_owner(f'CREATE DATABASE "{name}"')
    run_as_owner("CREATE TABLE jobs_schedule (minutes integer, next_run timestamptz)", name)
    run_as_owner(f"INSERT INTO jobs_schedule VALUES (NULL, {YESTERDAY})", name)
    yield Demo(name, tmp_path, {})
    run_as_owner(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_copy_has_no_nights_work_waiting_however_old_the_loaded_one_is(loaded: Demo) -> None:
    due = "SELECT count(*) FROM jobs_schedule WHERE next_run <= now()"
    assert demo_database._ask(due, loaded.name) == [(1,)]
    with copy_of(loaded) as name:
        assert demo_database._ask(due, name) == [(0,)]


def test_what_a_killed_run_has_left_is_no_obstacle(loaded: Demo) -> None:
    with copy_of(loaded) as name:
        pass
    run_as_owner(f'CREATE DATABASE "{name}"')
    with copy_of(loaded) as again:
        assert again == name
        assert demo_database._ask("SELECT count(*) FROM jobs_schedule", name) == [(1,)]
    assert not demo_database._is_there(name)


def test_every_file_of_a_room_counts_and_none_of_the_tests() -> None:
    found = {str(file.relative_to(demo_database.ROOT)) for file in demo_database.source_files()}
    assert found >= {"demo/load.py", "supervision/kinds/everyday.json", "ui/tokens.json", "requirements.txt"}
    assert not any(name.startswith("tests/") for name in found)
    some = [demo_database.ROOT / "demo/load.py"]
    assert demo_database.fingerprint("a", some) != demo_database.fingerprint("b", some)
    assert demo_database.fingerprint("a", some) != demo_database.fingerprint("a", [])
