"""Which values cover a cell of shapes that are left out: per column and value the rows and the area, as sums.

Sums can be added to and taken from, so triggers keep them right. Columns of few values are counted as they are, numbers
of many values in bins of equal rows, each under the number in its middle. The value of the largest area stands for the
cell in a tile. The nameless column ('') counts all rows, for the share of the cell that they cover.
"""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.db import connection

from tiles.ladder.models import Ladder
from tiles.ladder.names import MARKER_BITS, WORLD_BITS, WORLD_M, quoted, source_table, table
from tiles.query.tile_parameters import SqlTemplate

# ruff: noqa: S608 - names of the database's catalogue (quoted) and numbers of ours

MOST_COLUMNS = 6
MOST_VALUES = 40
"""As many as a style has classes."""
BINS = 24
ALL = -1
PIXELS = 512
"""Of a tile's side on the screen; a line covers one pixel across."""
SQUARE_DM = 100
"""Areas are whole square decimetres of EPSG:3857: whole numbers add up exactly, and the world fits into a bigint."""
TEXTS, NUMBERS, WHOLE = ("text", "character varying", "boolean"), ("real", "double precision"), ("integer", "bigint")


def create(ladder: Ladder) -> str:
    return f"""
        CREATE TABLE {table(ladder, "kinds")} (
            z smallint NOT NULL, tx int NOT NULL, ty int NOT NULL, cell smallint NOT NULL,
            number smallint NOT NULL, value jsonb NOT NULL, n int NOT NULL, area bigint NOT NULL,
            PRIMARY KEY (z, tx, ty, cell, number, value))"""


def chosen(ladder: Ladder) -> list[dict[str, Any]]:
    """Return the columns to count, each with its `type` and, where it has many values, the `bounds` of its bins."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {source_table(ladder)}")
        cursor.execute(
            "SELECT a.attname, format_type(a.atttypid, NULL), s.n_distinct, s.histogram_bounds::text::text[]"
            " FROM pg_attribute AS a JOIN pg_stats AS s ON s.attname = a.attname"
            " AND s.schemaname || '.' || s.tablename = %s WHERE a.attrelid = %s::regclass",
            [_full_name(ladder.source), source_table(ladder)],
        )
        known = {name: rest for name, *rest in cursor.fetchall()}
    found = [_counted(ladder, name, *known[name]) for name in ladder.columns if name in known]
    usable = [item for item in found if item is not None]
    kept = sorted(usable, key=lambda item: "bounds" in item)[:MOST_COLUMNS]
    return [{"number": number, **item} for number, item in enumerate(kept)]


def _full_name(source: str) -> str:
    return source if "." in source else f"public.{source}"


def _counted(ladder: Ladder, name: str, kind: str, distinct: float, bounds: list[str] | None) -> dict[str, Any] | None:
    values = distinct if distinct >= 0 else -distinct * max(ladder.rows, 1)
    if kind in (*TEXTS, *NUMBERS, *WHOLE) and values <= MOST_VALUES:
        return {"column": name, "type": kind}
    is_key = kind in WHOLE and distinct == -1
    if kind not in (*NUMBERS, *WHOLE) or is_key or not bounds:
        return None
    return {"column": name, "type": kind, "bounds": _edges([float(item) for item in bounds])}


def _edges(bounds: list[float]) -> list[float]:
    """Return about BINS + 1 of the planner's bounds, ascending and finite."""
    finite = sorted({value for value in bounds if value - value == 0})
    step = max(1, len(finite) // BINS)
    return finite[::step] if len(finite) > 1 else []


def _value(item: dict[str, Any]) -> str:
    """Return SQL of a row's value as counted: its own, or the middle of its bin; JSON's null for none."""
    column, bounds = quoted(item["column"]), item.get("bounds", [])
    if len(bounds) < 2:
        return f"coalesce(to_jsonb({column}), 'null')"
    middles = [(low + high) / 2 for low, high in pairwise(bounds)]
    shown = [round(value) for value in middles] if item["type"] in WHOLE else middles
    place = f"least(greatest(width_bucket({column}::float8, '{_array(bounds)}'::float8[]), 1), {len(shown)})"
    return f"coalesce(to_jsonb(('{_array(shown)}'::float8[])[{place}]), 'null')"


def _array(numbers: Sequence[float]) -> str:
    return "{" + json.dumps(list(numbers))[1:-1] + "}"


def values(items: Sequence[dict[str, Any]]) -> str:
    """Return SQL of a row's values, ``, jsonb AS k0, ...``, for `grouped`."""
    return "".join(f", {_value(item)} AS k{number}" for number, item in enumerate(items))


def sizes() -> str:
    """Return SQL of a row's sizes on the map, by `g` and `uy`: ``, ... AS area, ... AS length``, in m² and m."""
    stretch = f"cosh(pi() * (1 - 2 * uy / {float(1 << WORLD_BITS)}))"  # of Web Mercator, in both directions
    metres = f"{WORLD_M / 360}::float8"
    return (
        f", ST_Area(g) * {metres} * {metres} * {stretch} AS area, ST_Length(g) * {metres} * sqrt({stretch}) AS length"
    )


def covered(zoom: str) -> str:
    """Return SQL of the area that a row of these sizes covers on the map, at least 1."""
    pixel = f"({WORLD_M / PIXELS}::float8 / (1 << {zoom}))"
    return f"greatest(round((area + length * {pixel}) * {SQUARE_DM}), 1)::bigint"


def grouped(rows: str, items: Sequence[dict[str, Any]], zoom: str, sign: int) -> str:
    """Return sums per cell, column and value of `rows` with x, y, `covered` and k0, k1, ..."""
    mask = (1 << MARKER_BITS) - 1
    pairs = [f"({ALL}, 'null'::jsonb)", *(f"({item['number']}, k{place})" for place, item in enumerate(items))]
    return f"""
        SELECT {zoom}::smallint AS z, (x >> {MARKER_BITS})::int AS tx, (y >> {MARKER_BITS})::int AS ty,
               (((y & {mask}) << {MARKER_BITS}) | (x & {mask}))::smallint AS cell, number::smallint AS number, value,
               ({sign} * count(*))::int AS n, ({sign} * sum(covered))::bigint AS area
        FROM ({rows}) AS g, LATERAL (VALUES {", ".join(pairs)}) AS v(number, value)
        GROUP BY x, y, number, value"""


def upsert(ladder: Ladder, sums: str) -> str:
    """Add sums of differences. One that reaches zero stays, as zero; readers pass over it."""
    return f"""
        INSERT INTO {table(ladder, "kinds")} AS c
        SELECT * FROM ({sums}) AS d ORDER BY z, tx, ty, cell, number, value
        ON CONFLICT (z, tx, ty, cell, number, value) DO UPDATE
        SET n = c.n + excluded.n, area = c.area + excluded.area"""


def stands_for(sums: SqlTemplate, zoom: int, x: Any, y: Any, items: Sequence[dict[str, Any]]) -> SqlTemplate:
    """Return per cell of a tile the share that is covered, `covered_share`, and the value of each column."""
    side = f"({WORLD_M}::float8 / (1 << {zoom}) / {1 << MARKER_BITS})"
    picked = "".join(f", {_picked(item)} AS k{number}" for number, item in enumerate(items))
    sql = f"""
        SELECT cell, round(least(greatest(max(area) FILTER (WHERE number = {ALL})
                    / ({side} * {side} * {SQUARE_DM}), 0.001), 1)::numeric, 3)::real AS covered_share{picked}
        FROM (SELECT DISTINCT ON (cell, number) cell, number, value, area FROM {sums.sql} AS s
              WHERE z = {zoom} AND tx = %s AND ty = %s AND n > 0 ORDER BY cell, number, area DESC, value) AS largest
        GROUP BY cell"""
    return SqlTemplate(sql, (*sums.params, x, y))


def _picked(item: dict[str, Any]) -> str:
    """Return SQL of the value that stands for a cell, in the column's own type."""
    text = f"(max(value #>> '{{}}') FILTER (WHERE number = {item['number']}))"
    return f"{text}::float8::{item['type']}" if item["type"] in WHOLE else f"{text}::{item['type']}"
