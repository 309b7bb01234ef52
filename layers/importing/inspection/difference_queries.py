"""Queries on an import's difference table: a page of rows, geometries for the map, all rows for a CSV."""

import json
from collections.abc import Iterator
from typing import Any

from psycopg2 import sql

from layers.importing.inspection import work_tables
from layers.importing.inspection.version_difference import STATUSES
from layers.storage.models import LayerVersion
from layers.storage.tables import SCHEMA

PAGE = 50
DRAWN_VERTICES = 5_000
"""A geometry with more is drawn simplified: the map shows where, the numbers how far."""


def page(
    token: str | int, base: LayerVersion, status: str, field: str, start: int, size: int = PAGE
) -> list[dict[str, Any]]:
    """Rows from number `start` on, of one status and with one field changed, or of all; `base` they compare with."""
    statement = sql.SQL(
        "SELECT d.position, d.status, d.key, d.source_row AS row, d.old_id AS id, d.changes,"
        " round(d.moved_m::numeric, 3)::double precision AS moved_m, d.moved_by,"
        " ST_XMin(b.box), ST_YMin(b.box), ST_XMax(b.box), ST_YMax(b.box)"
        " FROM {rows} d LEFT JOIN {old} o ON o.id = d.old_id,"
        " LATERAL (SELECT ST_Envelope(ST_Collect(o.geom, d.geom)) AS box) b ORDER BY d.position"
    ).format(rows=_part(token, status, field, start, size), old=sql.Identifier(SCHEMA, base.table_name))
    names = ("position", "status", "key", "row", "id", "changes", "moved_m", "moved_by")
    return [
        dict(zip(names, values, strict=False))
        | {"changes": json.loads(values[5]), "box": None if None in values[8:] else values[8:]}
        for values in work_tables.run(statement)
    ]


def _part(token: str | int, status: str, field: str, start: int, size: int) -> sql.Composable:
    return sql.SQL("(SELECT * FROM {} WHERE {} ORDER BY position LIMIT {} OFFSET {})").format(
        work_tables.table("difference", token), _only(status, field), sql.Literal(size), sql.Literal(start)
    )


def _only(status: str, field: str) -> sql.Composable:
    tests: list[sql.Composable] = [sql.SQL("true")]
    if status in STATUSES:
        tests.append(sql.SQL("status = {}").format(sql.Literal(status)))
    if field == "geom":
        tests.append(sql.SQL("moved_m IS NOT NULL"))
    elif field:
        tests.append(sql.SQL("jsonb_exists(changes, {})").format(sql.Literal(field)))
    return sql.SQL(" AND ").join(tests)


def count(token: str | int, status: str, field: str) -> int:
    statement = sql.SQL("SELECT count(*) FROM {} WHERE {}")
    return work_tables.run(statement.format(work_tables.table("difference", token), _only(status, field)))[0][0]


def shapes(
    token: str | int, base: LayerVersion, status: str, field: str, start: int, size: int = PAGE
) -> list[tuple[Any, ...]]:
    """`position, status, key, before, after` (GeoJSON texts) of the rows of a page.

    A row that only changed in its fields has both alike; `after` is None for missing rows, `before` for new ones.
    """
    drawn = sql.SQL(
        "ST_AsGeoJSON(CASE WHEN ST_NPoints({g}) > {n} THEN ST_SimplifyPreserveTopology({g}, 0.0001) ELSE {g} END, 7)"
    )
    before, after = (drawn.format(g=sql.Identifier(side, "geom"), n=sql.Literal(DRAWN_VERTICES)) for side in ("o", "d"))
    statement = sql.SQL(
        "SELECT d.position, d.status, d.key, {before}, {after}"
        " FROM {rows} d LEFT JOIN {old} o ON o.id = d.old_id ORDER BY d.position"
    )
    old, rows = sql.Identifier(SCHEMA, base.table_name), _part(token, status, field, start, size)
    return work_tables.run(statement.format(before=before, after=after, rows=rows, old=old))


def all_rows(token: str | int) -> Iterator[tuple]:
    """`position, status, key, row, id, changes, moved_m, moved_by` of every row."""
    statement = sql.SQL("SELECT position, status, key, source_row, old_id, changes, moved_m, moved_by FROM {}")
    for *before, changes, moved_m, moved_by in work_tables.stream(
        statement.format(work_tables.table("difference", token))
    ):
        yield (*before, json.loads(changes), moved_m, moved_by)
