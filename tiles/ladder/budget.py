"""Which properties a full low-zoom tile can afford: the cheap ones, by the planner's statistics."""

from collections.abc import Sequence

from django.db import connection

MOST_BYTES = 100_000
"""Of properties in the fullest tile of a zoom, before compression."""
PER_FEATURE = 3
"""Bytes of a reference to a name and a value (MVT keeps each value once per tile)."""
UNKNOWN = (-1.0, 32)


def affordable(source: str, columns: Sequence[str], features: int) -> list[str]:
    """Return the columns that fit into a tile of `features`, in their own order: cheapest first until it is full."""
    schema, _, name = source.rpartition(".")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, n_distinct, avg_width, (SELECT reltuples FROM pg_class WHERE oid = %s::regclass)"
            " FROM pg_stats WHERE schemaname = coalesce(nullif(%s, ''), current_schema()) AND tablename = %s",
            [".".join('"' + part.replace('"', '""') + '"' for part in source.split(".", 1)), schema, name],
        )
        known = {column: (_distinct(distinct, rows), width) for column, distinct, width, rows in cursor.fetchall()}
    costs = {column: _cost(*known.get(column, UNKNOWN), features) for column in columns}
    kept, spent = set(), 0.0
    for column in sorted(columns, key=lambda column: costs[column]):
        spent += costs[column]
        if spent > MOST_BYTES:
            break
        kept.add(column)
    return [column for column in columns if column in kept]


def _distinct(stated: float, rows: float) -> float:
    """PostgreSQL says a share of the rows as a negative number."""
    return stated if stated >= 0 else -stated * max(rows, 1)


def _cost(distinct: float, width: int, features: int) -> float:
    values = features if distinct < 0 else min(distinct, features)
    return features * PER_FEATURE + values * (width + 2)
