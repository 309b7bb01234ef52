"""The ladder as tiles read it."""

from collections.abc import Sequence

from tiles.ladder import kinds, points, shapes
from tiles.ladder.models import Ladder
from tiles.ladder.names import MARKER_BITS, WORLD_BITS, quoted, table
from tiles.query.tile_parameters import SqlTemplate, TileParameter

# ruff: noqa: S608 - names of the code's own (quoted) and numbers

COUNT_OF_POINTS, COUNT_OF_SHAPES, LEFT_OUT = "point_count", "feature_count", "left_out"
SHARE = "covered_share"
"""Of a cell's area that its left-out shapes cover, above 0 and at most 1; a line is one pixel wide."""
TILE_BITS = 12
"""A tile has 4096 units."""


def tile_sql(ladder: Ladder, zoom: int, names: Sequence[str], own: SqlTemplate) -> SqlTemplate:
    """Return the rows of a generalised tile. `own` are the layer's own rows: `pk` and `p_<name>`."""
    if ladder.kind == Ladder.Kind.CELLS:
        return _cells(SqlTemplate(table(ladder, "cells"), ()), zoom, names, own)
    cells, sums = (SqlTemplate(table(ladder, what), ()) for what in ("cells", "kinds"))
    return _shapes(ladder, cells, sums, zoom, names, own, all_rows=not names)


def part_sql(ladder: Ladder, zoom: int, names: Sequence[str], own: SqlTemplate, near: SqlTemplate) -> SqlTemplate:
    """Return the same for a layer that is but a part of the table's rows: what is stored per cell does not fit.

    `near` are the part's rows around the tile, with the column as `mvt_source`; they are counted on the spot.
    """
    values = "".join(f", {quoted('p_' + name)} AS {quoted(name)}" for name in names)
    rows = (
        f"(SELECT pk AS {quoted(ladder.key)}, mvt_source::geometry AS {quoted(ladder.geometry)}{values}"
        f" FROM ({near.sql}) AS n)"
    )
    if ladder.kind == Ladder.Kind.CELLS:
        return _cells(SqlTemplate(f"({points.cells_of(ladder, rows, zoom)})", near.params), zoom, names, own)
    chosen = [item for item in ladder.kinds or () if item["column"] in names]
    found = shapes.rows(ladder, rows, chosen)
    cells = SqlTemplate(f"({shapes.cells_left_out(ladder, found, str(zoom))})", near.params)
    sums = SqlTemplate(f"({shapes.kinds_left_out(ladder, found, str(zoom), chosen)})", near.params)
    return _shapes(ladder, cells, sums, zoom, names, own, all_rows=False)


def _place(zoom: int) -> str:
    """The mean place of a cell, in units of the tile that the cell is in."""
    shift, mask = WORLD_BITS - TILE_BITS - zoom, (1 << TILE_BITS) - 1
    return f"ST_Point((sx / n >> {shift}) & {mask}, (sy / n >> {shift}) & {mask})"


def _chosen(names: Sequence[str]) -> str:
    return "".join(f", own.{quoted('p_' + name)} AS {quoted(name)}" for name in names)


def _cells(cells: SqlTemplate, zoom: int, names: Sequence[str], own: SqlTemplate) -> SqlTemplate:
    # LATERAL with the condition inside: a cell of many points costs no look at the table.
    looked_up = (
        f"LEFT JOIN LATERAL (SELECT * FROM ({own.sql}) AS r WHERE c.n = 1 AND r.pk = c.ids OFFSET 0) AS own ON true"
    )
    sql = f"""
        SELECT CASE WHEN n = 1 THEN ids END AS feature_id, CASE WHEN n = 1 THEN ids END AS id,
               n AS {COUNT_OF_POINTS}{_chosen(names)}, {_place(zoom)} AS mvt_geom
        FROM {cells.sql} AS c {looked_up if names else ""}
        WHERE z = {zoom} AND tx = %s AND ty = %s AND n > 0 ORDER BY cell"""
    return SqlTemplate(sql, (*cells.params, *(own.params if names else ()), TileParameter.X, TileParameter.Y))


def _shapes(
    ladder: Ladder,
    cells: SqlTemplate,
    sums: SqlTemplate,
    zoom: int,
    names: Sequence[str],
    own: SqlTemplate,
    all_rows: bool,
) -> SqlTemplate:
    """Shapes, and squares over the cells of those that are left out, under all the rest."""
    looked_up = f"JOIN LATERAL (SELECT * FROM ({own.sql}) AS r WHERE r.pk = s.id OFFSET 0) AS own ON true"
    chosen = [item for item in ladder.kinds or () if item["column"] in names]
    places = {item["column"]: f"k{number}" for number, item in enumerate(chosen)}
    values = "".join(f", {places.get(name, 'NULL')} AS {quoted(name)}" for name in names)
    covering = kinds.stands_for(sums, zoom, TileParameter.X, TileParameter.Y, chosen)
    sql = f"""
        (SELECT s.id AS feature_id, s.id, 1 AS {COUNT_OF_SHAPES}, NULL::int AS {LEFT_OUT},
                NULL::real AS {SHARE}{_chosen(names)}, ST_GeomFromTWKB(s.geom) AS mvt_geom
         FROM {table(ladder, "shapes")} AS s {"" if all_rows else looked_up}
         WHERE z = {zoom} AND tx = %s AND ty = %s ORDER BY s.id)
        UNION ALL
        (SELECT NULL, NULL, n, n, covered_share{values}, {_square()}
         FROM {cells.sql} AS c LEFT JOIN ({covering.sql}) AS k USING (cell)
         WHERE z = {zoom} AND tx = %s AND ty = %s AND n > 0 ORDER BY cell)"""
    tile = (TileParameter.X, TileParameter.Y)
    return SqlTemplate(sql, (*(() if all_rows else own.params), *tile, *cells.params, *covering.params, *tile))


def _square() -> str:
    """The cell itself, in units of its tile."""
    side, mask = 1 << (TILE_BITS - MARKER_BITS), (1 << MARKER_BITS) - 1
    west, north = f"(cell & {mask}) * {side}", f"(cell >> {MARKER_BITS}) * {side}"
    return f"ST_MakeEnvelope({west}, {north}, {west} + {side}, {north} + {side})"


def full_source(
    ladder: Ladder, names: Sequence[str], own: SqlTemplate, boxes: Sequence[tuple[TileParameter, ...]]
) -> SqlTemplate:
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
        CROSS JOIN LATERAL (SELECT * FROM ({own.sql}) AS r WHERE r.pk = found.id OFFSET 0) AS own
        ORDER BY found.id"""
    return SqlTemplate(sql, (*(parameter for box in boxes for parameter in box), *own.params))
