"""Lines and areas: per zoom, simplified and cut into tiles; what is too small is left out and counted.

The full detail is kept in EPSG:3857 and in pieces of at most 256 vertices, for the zooms beyond.
"""

from collections.abc import Sequence
from typing import Any

from tiles.ladder import kinds, parts
from tiles.ladder.models import Ladder
from tiles.ladder.names import (
    DETAIL,
    MARKER_BITS,
    SMALLEST,
    WORLD_BITS,
    WORLD_M,
    geometry_in_degrees,
    quoted,
    source_table,
    table,
)  # fmt: skip
from tiles.ladder.points import upsert

# ruff: noqa: S608

Items = Sequence[dict[str, Any]]
"""Columns of `Ladder.kinds`."""
PIECE = 256
WHOLE = 1024
"""Up to so many vertices a shape stays in one piece."""
LIKE_ONE = 20
"""So many vertices take about as long to cut as one small shape."""


def create(ladder: Ladder) -> str:
    full, shapes = table(ladder, "full"), table(ladder, "shapes")
    return f"""
        CREATE TABLE {full} (id bigint NOT NULL, geom geometry(Geometry, 3857) NOT NULL);
        CREATE INDEX ON {full} USING gist (geom); CREATE INDEX ON {full} (id);
        CREATE TABLE {shapes} (
            z smallint NOT NULL, tx int NOT NULL, ty int NOT NULL, id bigint NOT NULL, geom bytea NOT NULL,
            PRIMARY KEY (z, tx, ty, id));
        CREATE INDEX ON {shapes} (id, z);
        CREATE TABLE {table(ladder, "cells")} (
            z smallint NOT NULL, tx int NOT NULL, ty int NOT NULL, cell smallint NOT NULL,
            n int NOT NULL, sx bigint NOT NULL, sy bigint NOT NULL, ids bigint NOT NULL,
            PRIMARY KEY (z, tx, ty, cell));
        {kinds.create(ladder)}"""


def rows(ladder: Ladder, relation: str, counted: Items = ()) -> str:
    """Return what copies are made of, of each row of `relation` that has a geometry, in parentheses.

    id; geometry in degrees, `g`, and in EPSG:3857, `m`; the middle of its box and its extent (the longer side) in world
    units, `ux`, `uy` and `span`; `area` and `length` on the map; the values of the columns `counted` as k0, k1, ...
    """
    carried = "".join(f", k{number}" for number in range(len(counted)))
    return f"""(
        SELECT id, g, tile_ladder.to_mercator(g) AS m, ux, uy, span{kinds.sizes()}{carried} FROM (
            SELECT id, g, {_middle("box")},
                   greatest((least(ST_XMax(box) - ST_XMin(box), 360) / 360 * {1 << WORLD_BITS})::bigint,
                            tile_ladder.world_y(ST_YMin(box)) - tile_ladder.world_y(ST_YMax(box))) AS span{carried}
            FROM (
                SELECT {quoted(ladder.key)}::bigint AS id, {geometry_in_degrees(ladder)} AS g,
                       Box2D({geometry_in_degrees(ladder)}) AS box{kinds.values(counted)}
                FROM {relation} AS r
            ) AS boxed
            -- An empty geometry has no box; asking for its emptiness would unpack all of it.
            WHERE box IS NOT NULL
        ) AS measured)"""


def _middle(box: str) -> str:
    """Return SQL of the middle of a box in degrees, in world units: `ux, uy`. It lies in the box, or a turn away."""
    return (
        f"tile_ladder.world_x((ST_XMin({box}) + ST_XMax({box})) / 2) AS ux,"
        f" (tile_ladder.world_y(ST_YMax({box})) + tile_ladder.world_y(ST_YMin({box}))) / 2 AS uy"
    )


def gather(ladder: Ladder, leaves: Sequence[parts.Leaf]) -> list[str]:
    """Put the rows of a part into the temporary table `ladder_rows`: each zoom looks at them several times."""
    counted = ladder.kinds or ()
    names = ["id", "m", "ux", "uy", "span", "area", "length", *(f"k{number}" for number in range(len(counted)))]
    values = "".join(f", k{number} jsonb" for number in range(len(counted)))
    return [
        "DROP TABLE IF EXISTS ladder_rows",
        "CREATE TEMPORARY TABLE ladder_rows (id bigint, m geometry, ux bigint, uy bigint, span bigint,"
        f" area float8, length float8{values}) ON COMMIT DROP",
        "ALTER TABLE ladder_rows ALTER m SET STORAGE EXTERNAL",  # packing coordinates takes long and saves little
        *(
            f"INSERT INTO ladder_rows SELECT {', '.join(names)}"
            f" FROM {rows(ladder, parts.rows_near(ladder, leaf), counted)} AS near WHERE {parts.is_in(leaf)}"
            for leaf in leaves
        ),
    ]


def fill_full(ladder: Ladder, found: str) -> str:
    """Keep the full detail of the rows `found`, which are as `rows` returns them."""
    return f"""
        INSERT INTO {table(ladder, "full")}
        SELECT id, piece
        FROM (SELECT id, m FROM {found} AS r OFFSET 0) AS r,
        LATERAL (SELECT ST_Subdivide(m, {PIECE}) WHERE ST_NPoints(m) > {WHOLE}
                 UNION ALL SELECT m WHERE ST_NPoints(m) <= {WHOLE}) AS p(piece)
        WHERE NOT ST_IsEmpty(piece) ORDER BY piece"""


def measure(ladder: Ladder) -> str:
    """Return pieces and vertices per tile of zoom 14: small shapes by their middles, large ones by their vertices."""
    shift = WORLD_BITS - parts.COUNTED_AT
    return f"""
        SELECT (p.ux >> {shift})::int AS tx, (p.uy >> {shift})::int AS ty, sum(p.n) AS n, sum(p.points)::bigint AS load
        FROM (SELECT g, ux, uy, ST_NPoints(g) AS points FROM {rows(ladder, source_table(ladder))} AS r OFFSET 0) AS r,
        LATERAL (SELECT r.ux, r.uy, 1::float8 AS n, r.points WHERE r.points <= {WHOLE}
                 UNION ALL SELECT tile_ladder.world_x(ST_X(v.geom)), tile_ladder.world_y(ST_Y(v.geom)), 1.0 / {PIECE}, 1
                 FROM ST_DumpPoints(g) AS v WHERE r.points > {WHOLE}) AS p
        GROUP BY 1, 2"""


def weigh(ladder: Ladder) -> str:
    """Return per tile of zoom 14, by the rows' middles: as how many small shapes they count, and their sizes."""
    shift = WORLD_BITS - parts.COUNTED_AT
    return f"""
        SELECT (ux >> {shift})::int AS tx, (uy >> {shift})::int AS ty, sum(1 + points / {LIKE_ONE})::bigint AS n,
               sum(ST_Length(m) + ST_Perimeter(m)) AS length, sum(ST_Area(m)) AS area
        FROM (SELECT m, ux, uy, ST_NPoints(g) AS points FROM {rows(ladder, source_table(ladder))} AS r OFFSET 0) AS r
        GROUP BY 1, 2"""


def cuts(top: int) -> str:
    """Return about how many parts the edges of tiles add to the shapes, for zooms 0 to `top`, by `ladder_tiles`.

    A line is cut about every side of a tile, in both directions; an area has besides every tile that lies within it.
    """
    return f"""
        SELECT z, 1.3 * length * (1 << z) / {WORLD_M} + area * (1 << z) * (1 << z) / {WORLD_M}::float8 ^ 2
        FROM (SELECT coalesce(sum(length), 0) AS length, coalesce(sum(area), 0) AS area FROM ladder_tiles) AS whole,
             generate_series(0, {top}) AS z"""


def fill_level(ladder: Ladder, found: str, zoom: str) -> str:
    """Cut what is large enough at `zoom` (a number or the name of a variable of the trigger)."""
    tolerance = f"{WORLD_M / DETAIL} / (1 << {zoom})"
    return f"""
        INSERT INTO {table(ladder, "shapes")}
        SELECT {zoom}, tx, ty, id, ST_AsTWKB(part, 0) FROM (
            SELECT id, ST_Simplify(m, {tolerance}, true) AS simple
            FROM {found} AS r WHERE {_is_large("r", zoom)} OFFSET 0
        ) AS s, LATERAL tile_ladder.cut(simple, {zoom}) ORDER BY tx, ty, id"""


def _is_large(row: str, zoom: str) -> str:
    return f"({row}.span << {zoom}) >= {(1 << WORLD_BITS) // SMALLEST}"


def count_left_out(ladder: Ladder, found: str, zoom: str, sign: int) -> list[str]:
    """Count, or discount, the rows of which `zoom` shows nothing, and what they cover."""
    return [
        upsert(ladder, cells_left_out(ladder, found, zoom, sign)),
        kinds.upsert(ladder, kinds_left_out(ladder, found, zoom, ladder.kinds or (), sign)),
    ]


def cells_left_out(ladder: Ladder, found: str, zoom: str, sign: int = 1) -> str:
    """Return the cells of rows of which `zoom` shows nothing: too small, or gone when simplified."""
    mask = (1 << MARKER_BITS) - 1
    return f"""
        SELECT {zoom}::smallint AS z, (x >> {MARKER_BITS})::int AS tx, (y >> {MARKER_BITS})::int AS ty,
               (((y & {mask}) << {MARKER_BITS}) | (x & {mask}))::smallint AS cell,
               ({sign} * count(*))::int AS n, ({sign} * sum(ux))::bigint AS sx, ({sign} * sum(uy))::bigint AS sy,
               0::bigint AS ids
        FROM ({_left_out(ladder, found, zoom)}) AS g
        GROUP BY x, y"""


def kinds_left_out(ladder: Ladder, found: str, zoom: str, counted: Items, sign: int = 1) -> str:
    """Return what those rows cover, per cell, column and value."""
    return kinds.grouped(_left_out(ladder, found, zoom, counted), counted, zoom, sign)


def _left_out(ladder: Ladder, found: str, zoom: str, counted: Items = ()) -> str:
    shift = WORLD_BITS - MARKER_BITS
    carried = "".join(f", k{number}" for number in range(len(counted)))
    return f"""
        SELECT ux, uy, ux >> ({shift} - {zoom}) AS x, uy >> ({shift} - {zoom}) AS y,
               {kinds.covered(zoom)} AS covered{carried}
        FROM {found} AS r
        WHERE NOT ({_is_large("r", zoom)})
           OR NOT EXISTS (SELECT FROM {table(ladder, "shapes")} s WHERE s.id = r.id AND s.z = {zoom})"""


def most_shown(ladder: Ladder) -> str:
    """Return per zoom the features of the fullest tile, twice: all of them carry properties."""
    return f"""
        SELECT z, max(features), max(features) FROM (
            SELECT z, count(*) AS features FROM {table(ladder, "shapes")} GROUP BY z, tx, ty
        ) AS tiles GROUP BY z ORDER BY z"""


def apply_changes(ladder: Ladder, side: str) -> str:
    """Return the statements of the trigger for one event: `INSERT`, `UPDATE` or `DELETE`.

    Rows of parts that are not there yet are left alone: they will be made from the table as it is then.
    """
    key, geometry = quoted(ladder.key), quoted(ladder.geometry)
    counted = [quoted(item["column"]) for item in ladder.kinds or ()]
    same = "".join(f" AND b.{name} IS NOT DISTINCT FROM a.{name}" for name in counted)

    def moved(these: str, those: str) -> str:
        """Rows whose geometry or counted value is another, or another's; the rest are drawn as before."""
        return (
            f"(SELECT * FROM {these} AS a WHERE NOT EXISTS (SELECT FROM {those} AS b"
            f" WHERE b.{key} = a.{key} AND b.{geometry} = a.{geometry}{same}))"
        )

    def made(changed: str) -> str:
        return f"(SELECT * FROM {rows(ladder, changed, ladder.kinds or ())} AS c WHERE {parts.is_made(ladder)})"

    gone = made(moved("old_rows", "new_rows") if side == "UPDATE" else "old_rows")
    come = made(moved("new_rows", "old_rows") if side == "UPDATE" else "new_rows")
    statements = []
    if side in ("UPDATE", "DELETE"):
        statements.append(_for_each_level(ladder, *count_left_out(ladder, gone, "level", -1)))
        statements += [
            f"DELETE FROM {table(ladder, what)} WHERE id IN (SELECT id FROM {gone} AS r);"
            for what in ("shapes", "full")
        ]
    if side in ("UPDATE", "INSERT"):
        statements.append(f"{fill_full(ladder, come)};")
        here = fill_level(ladder, come, "level"), *count_left_out(ladder, come, "level", 1)
        statements.append(_for_each_level(ladder, *here))
    return "\n".join(statements)


def _for_each_level(ladder: Ladder, *statements: str) -> str:
    return f"FOR level IN 0..{ladder.top} LOOP {'; '.join(statements)}; END LOOP;"
