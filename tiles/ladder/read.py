"""The ladder as tiles read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tiles.ladder.models import Ladder
from tiles.ladder.names import WORLD_BITS, quoted, table
from tiles.slots import Slot

# ruff: noqa: S608 - names of the code's own (quoted) and numbers

COUNT_OF_POINTS, COUNT_OF_SHAPES, LEFT_OUT = "point_count", "feature_count", "left_out"
TILE_BITS = 12
"""A tile has 4096 units."""


@dataclass(frozen=True, slots=True)
class TileSql:
    """SQL with the parameters that come before and after those of the layer's own rows."""

    sql: str
    before: tuple[Any, ...] = ()
    after: tuple[Any, ...] = ()
    takes_source: bool = True


def tile_sql(ladder: Ladder, zoom: int, names: Sequence[str], source: str) -> TileSql:
    """Return the rows of a generalised tile. `source` gives the layer's own rows: `pk` and `p_<name>`."""
    read = _cells if ladder.kind == Ladder.Kind.CELLS else _shapes
    return read(ladder, zoom, names, source)


def _place(zoom: int, mean_x: str = "sx / n", mean_y: str = "sy / n") -> str:
    shift, mask = WORLD_BITS - TILE_BITS - zoom, (1 << TILE_BITS) - 1
    return f"ST_Point(({mean_x} >> {shift}) & {mask}, ({mean_y} >> {shift}) & {mask})"


def _chosen(names: Sequence[str], row: str = "own") -> str:
    return "".join(f", {row}.{quoted('p_' + name)} AS {quoted(name)}" for name in names)


def _cells(ladder: Ladder, zoom: int, names: Sequence[str], source: str) -> TileSql:
    # LATERAL with the condition inside: a cell of many points costs no look at the table.
    own = f"LEFT JOIN LATERAL (SELECT * FROM ({source}) AS r WHERE c.n = 1 AND r.pk = c.ids OFFSET 0) AS own ON true"
    sql = f"""
        SELECT CASE WHEN n = 1 THEN ids END AS feature_id, CASE WHEN n = 1 THEN ids END AS id,
               n AS {COUNT_OF_POINTS}{_chosen(names)}, {_place(zoom)} AS mvt_geom
        FROM {table(ladder, "cells")} AS c {own if names else ""}
        WHERE z = {zoom} AND tx = %s AND ty = %s AND n > 0 ORDER BY cell"""
    return TileSql(sql, after=(Slot.X, Slot.Y), takes_source=bool(names))


def _shapes(ladder: Ladder, zoom: int, names: Sequence[str], source: str) -> TileSql:
    own = f"LEFT JOIN LATERAL (SELECT * FROM ({source}) AS r WHERE r.pk = s.id OFFSET 0) AS own ON true"
    nothing = "".join(f", NULL AS {quoted(name)}" for name in names)
    sql = f"""
        (SELECT s.id AS feature_id, s.id, 1 AS {COUNT_OF_SHAPES}, NULL::int AS {LEFT_OUT}{_chosen(names)},
                ST_GeomFromTWKB(s.geom) AS mvt_geom
         FROM {table(ladder, "shapes")} AS s {own if names else ""}
         WHERE z = {zoom} AND tx = %s AND ty = %s ORDER BY s.id)
        UNION ALL
        (SELECT NULL, NULL, n, n{nothing}, {_place(zoom)}
         FROM {table(ladder, "cells")} WHERE z = {zoom} AND tx = %s AND ty = %s AND n > 0 ORDER BY cell)"""
    return TileSql(sql, after=(Slot.X, Slot.Y) * 2, takes_source=bool(names))


def full_source(ladder: Ladder, names: Sequence[str], source: str, boxes: Sequence[tuple[Slot, ...]]) -> TileSql:
    """Return `pk`, geometry in EPSG:3857 as `mvt_source` and properties of the rows whose pieces meet a tile's boxes.

    Pieces of one area are joined again, or their seams would be drawn as borders.
    """
    meets = " OR ".join(["geom && ST_MakeEnvelope(%s, %s, %s, %s, 3857)"] * len(boxes))
    whole = (
        "CASE ST_Dimension(parts[1]) WHEN 2 THEN ST_Union(parts) ELSE ST_CollectionHomogenize(ST_Collect(parts)) END"
    )
    columns = "".join(f", own.{quoted('p_' + name)}" for name in names)
    sql = f"""
        SELECT found.id AS pk, CASE cardinality(parts) WHEN 1 THEN parts[1] ELSE {whole} END AS mvt_source{columns}
        FROM (SELECT id, array_agg(geom) AS parts FROM {table(ladder, "full")} WHERE {meets} GROUP BY id) AS found
        CROSS JOIN LATERAL (SELECT * FROM ({source}) AS r WHERE r.pk = found.id OFFSET 0) AS own
        ORDER BY found.id"""
    return TileSql(sql, before=tuple(slot for box in boxes for slot in box))
