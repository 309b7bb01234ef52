"""Single rows of a version's table: a whole copy to begin with, then one row after the other."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import shapely
from psycopg2 import sql

from layers.storage.columns import Column
from layers.storage.tables import OWN_COLUMNS, SCHEMA, build, run

HAND = 0
"""`source_row` of what no file brought."""


class Row(NamedTuple):
    """A row as it is: its shape in a few characters (as `Fingerprint` has it), and its values by their columns."""

    shape: str
    values: Sequence[Any]


def read(table: str, key: int, columns: Sequence[Column]) -> Row | None:
    names = [sql.Identifier(column.column) for column in columns]
    statement = sql.SQL("SELECT {} FROM {} WHERE id = %s").format(
        sql.SQL(", ").join([sql.SQL("md5(ST_AsBinary(geom))"), *names]), sql.Identifier(SCHEMA, table)
    )
    found = run(statement, [key])
    return Row(found[0][0], found[0][1:]) if found else None


def copy_whole(table: str, source: str, columns: Sequence[Column], geometry_type: str) -> None:
    """Make `table` with every row of `source`, in its order."""
    build(table, columns, geometry_type)
    names = sql.SQL(", ").join(map(sql.Identifier, [*OWN_COLUMNS, *(column.column for column in columns)]))
    statement = sql.SQL("INSERT INTO {} ({names}) SELECT {names} FROM {}")
    run(statement.format(sql.Identifier(SCHEMA, table), sql.Identifier(SCHEMA, source), names=names))


def highest_id(table: str) -> int:
    found: int = run(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(SCHEMA, table)))[0][0]
    return found


def insert(table: str, key: int, shape: Any, columns: Sequence[Column], values: Sequence[Any]) -> None:
    names = [sql.Identifier(name) for name in ("id", "source_row", "geom", *(column.column for column in columns))]
    marks = sql.SQL(", ").join([sql.SQL("%s")] * len(names))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(SCHEMA, table), sql.SQL(", ").join(names), marks
    )
    run(statement, [key, HAND, _wkb(shape), *values])


def update(table: str, key: int, shape: Any, columns: Sequence[Column], values: Sequence[Any]) -> None:
    """Replace a row's shape and values; what its shape was before a repair goes with the shape."""
    assigned: list[sql.Composable] = [sql.SQL("geom = %s"), sql.SQL("geom_original = NULL")]
    assigned += [sql.Identifier(column.column) + sql.SQL(" = %s") for column in columns]
    statement = sql.SQL("UPDATE {} SET {} WHERE id = %s").format(
        sql.Identifier(SCHEMA, table), sql.SQL(", ").join(assigned)
    )
    run(statement, [_wkb(shape), *values, key])


def delete(table: str, key: int) -> None:
    run(sql.SQL("DELETE FROM {} WHERE id = %s").format(sql.Identifier(SCHEMA, table)), [key])


def _wkb(shape: Any) -> str:
    found: str = shapely.to_wkb(shapely.set_srid(shape, 4326), hex=True, include_srid=True)
    return found
