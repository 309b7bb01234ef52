"""Another program reads layers through the database, as a role that can read and nothing else."""

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection

from layers.models import Layer
from layers.storage.versions import undo_layer
from tests.data.gis_files import square, write_file

pytestmark = pytest.mark.django_db(transaction=True)
READER = "test_reader_of_layers"


@pytest.fixture
def reader() -> Iterator[Callable[[str], list[tuple]]]:
    """Run SQL as the reader. Only the superuser of the embedded cluster may make the role, so not with DATABASE_URL."""
    given = connection.settings_dict
    where = {"host": given["HOST"], "dbname": given["NAME"]}
    chief = psycopg2.connect(user="postgres", **where)
    chief.autocommit = True
    with chief.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {READER}")
        cursor.execute(f"CREATE ROLE {READER} LOGIN")
    line = psycopg2.connect(user=READER, **where)
    line.autocommit = True

    def ask(query: str) -> list[tuple]:
        with line.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []

    yield ask
    line.close()
    with chief.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {READER}")
        cursor.execute(f"DROP ROLE {READER}")
    chief.close()


def test_a_reader_sees_each_layer_under_its_slug_and_follows_its_versions(
    reader: Callable[[str], list[tuple]], ponds: Layer, tmp_path: Path, load_file: Callable
) -> None:
    call_command("grant_reader", READER, stdout=StringIO())
    names = 'SELECT "名称" FROM layers.ponds ORDER BY id'
    assert len(reader(names)) == 3
    told = "SELECT type, srid FROM geometry_columns WHERE f_table_schema = 'layers' AND f_table_name = 'ponds'"
    assert reader(told) == [("MULTIPOLYGON", 4326)]
    load_file(write_file(tmp_path / "b.gpkg", [square(121.3, 29.8)], [{"名称": "新"}]), slug="ponds", mode="replace")
    assert reader(names) == [("新",)]
    undo_layer("ponds")
    assert len(reader(names)) == 3


def test_a_layer_that_comes_later_is_readable_too_and_one_taken_off_is_gone(
    reader: Callable[[str], list[tuple]], world: Any, tmp_path: Path, load_file: Callable
) -> None:
    call_command("grant_reader", READER, stdout=StringIO())
    load_file(write_file(tmp_path / "b.gpkg", [square(121.3, 29.8)], [{"n": 1}]), slug="later-layer")
    assert reader('SELECT id, n, ST_SRID(geom) FROM layers."later-layer"') == [(1, 1, 4326)]
    undo_layer("later-layer")
    with pytest.raises(psycopg2.errors.UndefinedTable):
        reader('SELECT * FROM layers."later-layer"')


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM layers.ponds",
        "UPDATE layer_data.{table} SET geom = NULL",
        "INSERT INTO layers.ponds (id) VALUES (99)",
        "DROP VIEW layers.ponds",
        "CREATE TABLE layer_data.mine ()",
        "SELECT * FROM accounts_user",
    ],
)
def test_a_reader_can_neither_write_nor_read_anything_else(
    reader: Callable[[str], list[tuple]], ponds: Layer, statement: str
) -> None:
    call_command("grant_reader", READER, stdout=StringIO())
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        reader(statement.format(table=ponds.current_version.table_name))


def test_without_the_grant_nothing_is_readable(reader: Callable[[str], list[tuple]], ponds: Layer) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        reader("SELECT * FROM layers.ponds")


@pytest.mark.parametrize(("role", "told"), [("nobody_of_that_name", "no role"), ("postgres", "may write")])
def test_only_an_existing_role_that_cannot_write_becomes_a_reader(ponds: Layer, role: str, told: str) -> None:
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("grant_reader", role, stderr=said)
    assert ended.value.code == 2
    assert told in said.getvalue()
