"""Points: cells per zoom with the exact number of points, their mean place and, for one point alone, its id.

A cell holds sums and the exclusive or of the ids, so a change is added or taken away without looking at the others,
in any order, and gives what a fresh build would.
"""

from tiles.ladder import parts
from tiles.ladder.models import Ladder
from tiles.ladder.names import CELL_BITS, WORLD_BITS, geometry_in_degrees, quoted, source_table, table

# S608 throughout: the SQL is put together from names of the database's catalogue (quoted) and numbers of ours.
# ruff: noqa: S608


def create(ladder: Ladder) -> str:
    return f"""
        CREATE TABLE {table(ladder, "cells")} (
            z smallint NOT NULL, tx int NOT NULL, ty int NOT NULL, cell smallint NOT NULL,
            n int NOT NULL, sx bigint NOT NULL, sy bigint NOT NULL, ids bigint NOT NULL,
            PRIMARY KEY (z, tx, ty, cell))"""


def places(ladder: Ladder, rows: str) -> str:
    """Return id and world place of each of `rows`; a multipoint counts once, at its first point."""
    geometry = geometry_in_degrees(ladder)
    return f"""
        SELECT id, tile_ladder.world_x(lon) AS ux, tile_ladder.world_y(lat) AS uy FROM (
            SELECT id, ST_X(p) AS lon, ST_Y(p) AS lat FROM (
                SELECT {quoted(ladder.key)}::bigint AS id, ST_GeometryN({geometry}, 1) AS p FROM {rows} AS r
                WHERE {quoted(ladder.geometry)} IS NOT NULL AND NOT ST_IsEmpty({quoted(ladder.geometry)})
                OFFSET 0
            ) AS found OFFSET 0
        ) AS placed"""


def measure(ladder: Ladder) -> str:
    """Return rows per tile of zoom 14: tx, ty, n, load. `load` is n again: a point is one vertex."""
    shift = WORLD_BITS - 14
    return f"""
        SELECT (ux >> {shift})::int AS tx, (uy >> {shift})::int AS ty, count(*) AS n, count(*) AS load
        FROM ({places(ladder, source_table(ladder))}) AS p GROUP BY 1, 2"""


def fill_finest(ladder: Ladder, zoom: int, leaf: parts.Leaf) -> str:
    """Fill a zoom within a tile from the table itself."""
    here = f"SELECT * FROM ({places(ladder, parts.rows_near(ladder, leaf))}) AS near WHERE {parts.is_in(leaf)}"
    return f"INSERT INTO {table(ladder, 'cells')} {_at_zoom(here, zoom)} ORDER BY 1, 2, 3, 4"


def cells_of(ladder: Ladder, rows: str, zoom: int) -> str:
    """Return the cells of `rows` at a zoom."""
    return _at_zoom(places(ladder, rows), zoom)


def _at_zoom(placed: str, zoom: int) -> str:
    return _grouped(f"SELECT {zoom} AS z, 1 AS sign, id, ux, uy FROM ({placed}) AS p")


def _grouped(signed: str) -> str:
    """Return the cells of rows with z, sign, id and place."""
    mask = (1 << CELL_BITS) - 1
    return f"""
        SELECT z::smallint, (x >> {CELL_BITS})::int AS tx, (y >> {CELL_BITS})::int AS ty,
               (((y & {mask}) << {CELL_BITS}) | (x & {mask}))::smallint AS cell,
               sum(sign)::int AS n, sum(sign * ux)::bigint AS sx, sum(sign * uy)::bigint AS sy, bit_xor(id) AS ids
        FROM (SELECT *, ux >> ({WORLD_BITS - CELL_BITS} - z) AS x, uy >> ({WORLD_BITS - CELL_BITS} - z) AS y
              FROM ({signed}) AS s) AS g
        GROUP BY z, x, y"""


def fill_coarser(ladder: Ladder, zoom: int, leaf: parts.Leaf) -> str:
    """Fill a zoom within a tile from the cells of the next finer one."""
    finer = zoom + 1 - leaf[0]
    x, y = leaf[1] << finer, leaf[2] << finer
    last = (1 << finer) - 1
    return _fill_coarser(ladder, zoom, f"tx BETWEEN {x} AND {x + last} AND ty BETWEEN {y} AND {y + last}")


def fill_above(ladder: Ladder, zoom: int) -> str:
    """Fill a zoom where the parts' tiles are of higher ones."""
    above = f"""
        SELECT tx >> (z - {zoom}), ty >> (z - {zoom}) FROM {table(ladder, "parts")} WHERE z > {zoom}"""
    return _fill_coarser(ladder, zoom, f"(tx >> 1, ty >> 1) IN ({above})")


def _fill_coarser(ladder: Ladder, zoom: int, where: str) -> str:
    """Four cells of the next finer zoom are one."""
    half, bits = 1 << (CELL_BITS - 1), CELL_BITS
    return f"""
        INSERT INTO {table(ladder, "cells")}
        SELECT {zoom}, tx >> 1, ty >> 1,
               ((((ty & 1) * {half} + (cell >> {bits + 1})) << {bits})
                | ((tx & 1) * {half} + ((cell & {(1 << bits) - 1}) >> 1)))::smallint,
               sum(n)::int, sum(sx)::bigint, sum(sy)::bigint, bit_xor(ids)
        FROM {table(ladder, "cells")} WHERE z = {zoom + 1} AND {where} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""


def most_alone(ladder: Ladder) -> str:
    """Return per zoom the features of the fullest tile, and the single points of the tile with most of those.

    None of the latter where fewer than a tenth of the cells are single points: looking up properties that so few
    features have would take as long as all the rest of the tile.
    """
    return f"""
        SELECT z, max(features), CASE WHEN sum(alone) * 10 >= sum(features) THEN max(alone) END FROM (
            SELECT z, count(*) AS features, count(*) FILTER (WHERE n = 1) AS alone
            FROM {table(ladder, "cells")} GROUP BY z, tx, ty
        ) AS tiles GROUP BY z ORDER BY z"""


def apply_changes(ladder: Ladder, side: str) -> str:
    """Return the statements of the trigger for one event: `INSERT`, `UPDATE` or `DELETE`."""
    changed = []
    if side in ("UPDATE", "DELETE"):
        changed.append(f"SELECT -1 AS sign, p.* FROM ({places(ladder, 'old_rows')}) AS p")
    if side in ("UPDATE", "INSERT"):
        changed.append(f"SELECT 1 AS sign, p.* FROM ({places(ladder, 'new_rows')}) AS p")
    signed = f"SELECT made.z, c.* FROM ({' UNION ALL '.join(changed)}) AS c, {parts.already_made(ladder)}"
    return f"{upsert(ladder, _grouped(signed))};"


def upsert(ladder: Ladder, cells: str) -> str:
    """Add cells of differences. One that reaches zero stays, as zero; readers pass over it."""
    return f"""
        INSERT INTO {table(ladder, "cells")} AS c
        SELECT * FROM ({cells}) AS d WHERE (n, sx, sy, ids) <> (0, 0, 0, 0) ORDER BY z, tx, ty, cell
        ON CONFLICT (z, tx, ty, cell) DO UPDATE
        SET n = c.n + excluded.n, sx = c.sx + excluded.sx, sy = c.sy + excluded.sy, ids = c.ids # excluded.ids"""
