"""The web of the release before goes on beside the new one, on the tables that the new release's migrations have left.

`tests/release_before.txt` names the last migration of each room in that release; whoever releases writes it anew. Its
models are built from the migrations as Django knows them, so the old code itself is not needed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests import roles

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parents[2] / "release_before.txt"
COLUMNS = """
SELECT table_name, column_name,
    is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'
FROM information_schema.columns WHERE table_schema = 'public'"""


@pytest.fixture(scope="module")
def models() -> list[Any]:
    """The models of the release before, with the tables between two of them."""
    lines = [line.split() for line in FILE.read_text().splitlines() if line and not line.startswith("#")]
    state = MigrationLoader(None).project_state([(app, name) for app, name in lines])
    return [model for model in state.apps.get_models(include_auto_created=True) if model._meta.managed]


def faults(models: list[Any]) -> Iterator[str]:
    """What its statements would stumble over: a table or column that is gone, a new one that it leaves empty."""
    tables: dict[str, dict[str, bool]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, is_needed in cursor.fetchall():
            tables.setdefault(table, {})[column] = is_needed
    for model in models:
        table = model._meta.db_table
        known = {field.column for field in model._meta.local_concrete_fields}
        there = tables.get(table, {})
        yield from (f"{table}.{column} is gone" for column in sorted(known - there.keys()))
        yield from (f"{table}.{column} has no default" for column in sorted(there.keys() - known) if there[column])


def test_what_the_web_of_the_release_before_reads_and_writes_is_there(models: list[Any]) -> None:
    assert len(models) > 100
    assert list(faults(models)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ADD COLUMN colour text NOT NULL DEFAULT ''", []),
        ("ADD COLUMN colour text", []),
        ("ADD COLUMN colour text NOT NULL", ["accounts_calendarday.colour has no default"]),
        ("DROP COLUMN name", ["accounts_calendarday.name is gone"]),
    ],
)
def test_a_change_that_it_cannot_live_with_is_found(models: list[Any], change: str, said: list[str]) -> None:
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE accounts_calendarday {change}")
    assert list(faults(models)) == said
