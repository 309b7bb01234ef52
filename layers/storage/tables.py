"""The tables that hold layers' rows: one per version, in the schema `layer_data`, never changed once filled.

Rows are copied into a temporary table first, then moved in Hilbert order (PostGIS sorts geometries so),
which keeps neighbours on the same pages.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from django.db import connection
from psycopg2 import sql

from geokit.crs.systems import Bounds
from layers.storage import binary_copy
from layers.storage.background_copy import Send, send_now
from layers.storage.columns import Column

SCHEMA = "layer_data"
STAGING = "layer_staging"
OWN_COLUMNS = ("id", "source_row", "geom", "geom_original")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": None})
"""How texts are written; a NUL, which a damaged file may have, is in no text of the database."""
NULL = "\\N"


def run(statement: sql.Composable, params: Sequence[Any] | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.connection), params)
        return cursor.fetchall() if cursor.description else []


def prepare_session() -> None:
    """For the rest of the transaction: room to sort, and notice within a second when the importing process is gone."""
    run(sql.SQL("SET LOCAL work_mem = '192MB'"))
    run(sql.SQL("SET LOCAL maintenance_work_mem = '256MB'"))
    run(sql.SQL("SET LOCAL client_connection_check_interval = '1s'"))


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _definitions(columns: Sequence[Column], geometry_type: str) -> sql.Composed:
    # The kinds and types come from our own tables of constants, never from a file.
    own = [
        sql.SQL("id bigint"),
        sql.SQL("source_row bigint"),
        sql.SQL(f"geom geometry({geometry_type}, 4326)"),
        sql.SQL("geom_original geometry(Geometry, 4326)"),
    ]
    rest = [sql.Identifier(column.column) + sql.SQL(f" {column.sql_type}") for column in columns]
    return sql.SQL(", ").join([*own, *rest])


def create_staging(columns: Sequence[Column], geometry_type: str) -> None:
    """An empty temporary table for the rows of one import; gone at the end of the transaction."""
    staging = sql.Identifier(STAGING)
    run(sql.SQL("DROP TABLE IF EXISTS {}").format(staging))
    statement = sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP")
    run(statement.format(staging, _definitions(columns, geometry_type)))
    _store_plain(staging)


def _store_plain(table: sql.Composable) -> None:
    """Coordinates hardly shrink, and packing them took most of a load's time and some of every tile's."""
    statement = sql.SQL("ALTER TABLE {} ALTER geom SET STORAGE EXTERNAL, ALTER geom_original SET STORAGE EXTERNAL")
    run(statement.format(table))


def copy_rows(
    columns: Sequence[Column],
    source_rows: Sequence[int],
    geometry: np.ndarray,
    originals: Sequence[Any],
    values: Sequence[Sequence[Any]],
    send: Send = send_now,
) -> None:
    """COPY one batch into the staging table; geometries are WGS 84, whatever SRID they carry."""
    before = [None if item is None else _wkb(item) for item in originals]
    encoded = [
        binary_copy.integers(source_rows),
        binary_copy.integers(source_rows),
        binary_copy.Varying(_wkb(geometry).tolist()),
        binary_copy.Varying(before),
        *(binary_copy.encode(column.kind, given) for column, given in zip(columns, values, strict=True)),
    ]
    names = _names([*OWN_COLUMNS, *(column.column for column in columns)])
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(STAGING), names)
    send(statement.as_string(connection.connection), binary_copy.pack(encoded, len(source_rows)))


def _wkb(geometry: Any) -> Any:
    return shapely.to_wkb(shapely.set_srid(geometry, 4326), include_srid=True)


def copy_into(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], send: Send = send_now) -> None:
    """COPY rows of Python values into one of Django's tables."""
    lines = ("\t".join(map(_literal, row)) + "\n" for row in rows)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))
    send(statement.as_string(connection.connection), "".join(lines).encode())


def _literal(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


def build(table: str, columns: Sequence[Column], geometry_type: str) -> None:
    """An empty version table."""
    target = sql.Identifier(SCHEMA, table)
    run(sql.SQL("CREATE TABLE {} ({})").format(target, _definitions(columns, geometry_type)))
    _store_plain(target)


def move_staged(table: str, columns: Sequence[Column]) -> None:
    """Move the staged rows over as they are."""
    names = _names([*OWN_COLUMNS, *(column.column for column in columns)])
    statement = sql.SQL("INSERT INTO {} ({names}) SELECT {names} FROM {} ORDER BY geom")
    run(statement.format(sql.Identifier(SCHEMA, table), sql.Identifier(STAGING), names=names))


def number_after(highest: int) -> None:
    """Give the staged rows ids that go on after `highest`."""
    run(sql.SQL("UPDATE {} SET id = id + %s").format(sql.Identifier(STAGING)), [highest])


def move_merged(
    table: str, columns: Sequence[Column], old: str, old_columns: Sequence[Column], key: Column | None
) -> None:
    """Move the rows of `old` and the staged ones over together.

    With a key a staged row takes the place and the id of the old row that has it; the others keep the ids that
    `number_after` gave them.
    """
    before = sql.Identifier(SCHEMA, old)
    staged = sql.Identifier(STAGING)
    if key:
        column = sql.Identifier(key.column)
        statement = sql.SQL("UPDATE {s} SET id = o.id FROM {o} o WHERE o.{k}::text = {s}.{k}::text")
        run(statement.format(s=staged, o=before, k=column))
    known = {column.column for column in old_columns}
    own = [sql.Identifier(name) for name in OWN_COLUMNS]
    carried = [
        (sql.Identifier(c.column) if c.column in known else sql.SQL("NULL")) + sql.SQL(f"::{c.sql_type}")
        for c in columns
    ]
    names = _names([*OWN_COLUMNS, *(column.column for column in columns)])
    statement = sql.SQL(
        "INSERT INTO {target} ({names}) SELECT * FROM ("
        "SELECT {carried} FROM {old} o WHERE NOT EXISTS (SELECT 1 FROM {staged} s WHERE s.id = o.id)"
        " UNION ALL SELECT {names} FROM {staged}) merged ORDER BY geom"
    )
    parts = {"old": before, "staged": staged, "carried": sql.SQL(", ").join([*own, *carried])}
    run(statement.format(target=sql.Identifier(SCHEMA, table), names=names, **parts))


def keep_ids(old: str, old_key: Column, key: Column) -> None:
    """Give staged rows the ids that the same keys have in `old`; new keys keep those that `number_after` gave them."""
    before, staged = sql.Identifier(SCHEMA, old), sql.Identifier(STAGING)
    statement = sql.SQL("UPDATE {s} SET id = o.id FROM {o} o WHERE o.{was}::text = {s}.{k}::text")
    names = {"was": sql.Identifier(old_key.column), "k": sql.Identifier(key.column)}
    run(statement.format(s=staged, o=before, **names))


def finish(table: str, columns: Sequence[Column], key: Column | None, comment: str) -> None:
    """Primary key, spatial index, the key's index, comments with the source's names, statistics."""
    target = sql.Identifier(SCHEMA, table)
    run(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (id), ALTER geom SET NOT NULL").format(target))
    run(sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(target))
    if key:
        run(sql.SQL("CREATE UNIQUE INDEX ON {} ({})").format(target, sql.Identifier(key.column)))
    run(sql.SQL("COMMENT ON TABLE {} IS {}").format(target, sql.Literal(comment)))
    for column in columns:
        place = sql.Identifier(SCHEMA, table, column.column)
        run(sql.SQL("COMMENT ON COLUMN {} IS {}").format(place, sql.Literal(column.label)))
    run(sql.SQL("ANALYZE {}").format(target))


def drop(table: str) -> None:
    """Remove a version's table with all that hangs on it."""
    run(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(SCHEMA, table)))


def measure(table: str) -> tuple[int, Bounds | None]:
    """Number of rows and their bounds."""
    statement = sql.SQL(
        "SELECT n, ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)"
        " FROM (SELECT count(*) AS n, ST_Extent(geom) AS e FROM {}) AS measured"
    )
    count, *box = run(statement.format(sql.Identifier(SCHEMA, table)))[0]
    return count, None if None in box else tuple(box)


def key_repeats(table: str, key: Column) -> bool:
    """Whether an existing table holds a key twice, so that rows cannot be matched by it."""
    statement = sql.SQL("SELECT 1 FROM {} GROUP BY {k} HAVING count(*) > 1 LIMIT 1")
    return bool(run(statement.format(sql.Identifier(SCHEMA, table), k=sql.Identifier(key.column))))


def lock_layer(layer_id: int) -> bool:
    """One import at a time per layer, until the end of the transaction; False when another one runs."""
    return bool(run(sql.SQL("SELECT pg_try_advisory_xact_lock(hashtext('layers.import'), %s)"), [layer_id])[0][0])
