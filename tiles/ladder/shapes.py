"""Lines and areas: per zoom, simplified and cut into tiles; what is too small is left out and counted.

The full detail is kept in EPSG:3857 and in pieces of at most 256 vertices, for the zooms beyond.
"""

from collections.abc import Sequence
from typing import Any

from tiles.ladder import kinds
from tiles.ladder.models import Ladder
from tiles.ladder.names import (
    DETAIL,
    MARKER_BITS,
    SMALLEST,
    WORLD_BITS,
    WORLD_M,
    geometry_in_degrees,
    quoted,
    table,
)  # fmt: skip
from tiles.ladder.points import upsert

# ruff: noqa: S608

Items = Sequence[dict[str, Any]]
"""Columns of `Ladder.kinds`."""
PIECE = 256
WHOLE = 1024
"""Up to so many vertices a shape stays in one piece."""


def create(ladder: Ladder) -> str:
    return f"""
        CREATE TABLE {table(ladder, "full")} (id bigint NOT NULL, geom geometry(Geometry, 3857) NOT NULL);
        CREATE TABLE {table(ladder, "shapes")} (
            z smallint NOT NULL, tx int NOT NULL, ty int NOT NULL, id bigint NOT NULL, geom bytea NOT NULL);
        CREATE TABLE {table(ladder, "cells")} (
            z smallint NOT NULL, tx int NOT NULL, ty int NOT NULL, cell smallint NOT NULL,
            n int NOT NULL, sx bigint NOT NULL, sy bigint NOT NULL, ids bigint NOT NULL,
            PRIMARY KEY (z, tx, ty, cell));
        {kinds.create(ladder)}"""


def rows(ladder: Ladder, relation: str, counted: Items = ()) -> str:
    """Return id, geometry in degrees, its extent (the longer side) and the middle of its box in world units.

    `counted` are columns whose values are carried along as k0, k1, ...
    """
    carried = "".join(f", k{number}" for number in range(len(counted)))
    return f"""
        SELECT id, g, (ux + east) / 2 AS ux, (north + south) / 2 AS uy,
               greatest(east - ux, south - north) AS span{carried} FROM (
            SELECT id, g, tile_ladder.world_x(greatest(ST_XMin(box), -180)) AS ux,
                   tile_ladder.world_x(least(ST_XMax(box), 180)) AS east,
                   tile_ladder.world_y(ST_YMax(box)) AS north, tile_ladder.world_y(ST_YMin(box)) AS south{carried}
            FROM (
                SELECT {quoted(ladder.key)}::bigint AS id, {geometry_in_degrees(ladder)} AS g,
                       Box2D({geometry_in_degrees(ladder)}) AS box{kinds.values(counted)}
                FROM {relation} AS r
            ) AS boxed
            -- An empty geometry has no box; asking for its emptiness would unpack all of it.
            WHERE box IS NOT NULL
        ) AS measured"""


def fill_full(ladder: Ladder, relation: str) -> str:
    return f"""
        INSERT INTO {table(ladder, "full")}
        SELECT id, piece
        FROM (SELECT id, tile_ladder.to_mercator(g) AS g FROM ({rows(ladder, relation)}) AS r OFFSET 0) AS m,
        LATERAL (SELECT ST_Subdivide(g, {PIECE}) WHERE ST_NPoints(g) > {WHOLE}
                 UNION ALL SELECT g WHERE ST_NPoints(g) <= {WHOLE}) AS p(piece)
        WHERE NOT ST_IsEmpty(piece) ORDER BY piece"""


def index_full(ladder: Ladder) -> str:
    full, shapes = table(ladder, "full"), table(ladder, "shapes")
    return f"""
        CREATE INDEX ON {full} USING gist (geom); CREATE INDEX ON {full} (id);
        ALTER TABLE {shapes} ADD PRIMARY KEY (z, tx, ty, id); CREATE INDEX ON {shapes} (id, z)"""


def measure(ladder: Ladder) -> str:
    """Return pieces and vertices per tile of zoom 14, by the middle of each piece."""
    to_degrees = "ST_Transform(ST_SetSRID(ST_Centroid(Box2D(geom)::geometry), 3857), 4326)"
    shift = WORLD_BITS - 14
    return f"""
        SELECT (tile_ladder.world_x(ST_X(c)) >> {shift})::int AS tx,
               (tile_ladder.world_y(ST_Y(c)) >> {shift})::int AS ty,
               count(*) AS n, sum(points)::bigint AS load
        FROM (SELECT {to_degrees} AS c, ST_NPoints(geom) AS points FROM {table(ladder, "full")} OFFSET 0) AS p
        GROUP BY 1, 2"""


def cuts(ladder: Ladder, top: int) -> str:
    """Return about how many parts the edges of tiles add to the shapes, for zooms 0 to `top`.

    A line is cut about every side of a tile, in both directions; an area has besides every tile that lies within it.
    """
    return f"""
        SELECT z, 1.3 * length * (1 << z) / {WORLD_M} + area * (1 << z) * (1 << z) / {WORLD_M}::float8 ^ 2
        FROM (SELECT coalesce(sum(ST_Length(geom) + ST_Perimeter(geom)), 0) AS length,
                     coalesce(sum(ST_Area(geom)), 0) AS area
              FROM {table(ladder, "full")}) AS whole, generate_series(0, {top}) AS z"""


def fill_level(ladder: Ladder, relation: str, zoom: str) -> str:
    """Cut what is large enough at `zoom` (a number or the name of a variable of the trigger)."""
    tolerance = f"{WORLD_M / DETAIL} / (1 << {zoom})"
    return f"""
        INSERT INTO {table(ladder, "shapes")}
        SELECT {zoom}, tx, ty, id, ST_AsTWKB(part, 0) FROM (
            SELECT id, ST_Simplify(tile_ladder.to_mercator(g), {tolerance}, true) AS simple
            FROM ({rows(ladder, relation)}) AS r WHERE (span << {zoom}) >= {(1 << WORLD_BITS) // SMALLEST} OFFSET 0
        ) AS s, LATERAL tile_ladder.cut(simple, {zoom}) ORDER BY tx, ty, id"""


def count_left_out(ladder: Ladder, relation: str, zoom: str, sign: int) -> list[str]:
    """Count, or discount, the rows of which `zoom` shows nothing, and what they cover."""
    return [
        upsert(ladder, cells_left_out(ladder, relation, zoom, sign)),
        kinds.upsert(ladder, kinds_left_out(ladder, relation, zoom, ladder.kinds or (), sign)),
    ]


def cells_left_out(ladder: Ladder, relation: str, zoom: str, sign: int = 1) -> str:
    """Return the cells of rows of which `zoom` shows nothing: too small, or gone when simplified."""
    mask = (1 << MARKER_BITS) - 1
    return f"""
        SELECT {zoom}::smallint AS z, (x >> {MARKER_BITS})::int AS tx, (y >> {MARKER_BITS})::int AS ty,
               (((y & {mask}) << {MARKER_BITS}) | (x & {mask}))::smallint AS cell,
               ({sign} * count(*))::int AS n, ({sign} * sum(ux))::bigint AS sx, ({sign} * sum(uy))::bigint AS sy,
               0::bigint AS ids
        FROM ({_left_out(ladder, relation, zoom)}) AS g
        GROUP BY x, y"""


def kinds_left_out(ladder: Ladder, relation: str, zoom: str, counted: Items, sign: int = 1) -> str:
    """Return what those rows cover, per cell, column and value."""
    return kinds.grouped(_left_out(ladder, relation, zoom, counted), counted, zoom, sign)


def _left_out(ladder: Ladder, relation: str, zoom: str, counted: Items = ()) -> str:
    shift = WORLD_BITS - MARKER_BITS
    carried = "".join(f", k{number}" for number in range(len(counted)))
    return f"""
        SELECT ux, uy, ux >> ({shift} - {zoom}) AS x, uy >> ({shift} - {zoom}) AS y,
               {kinds.covered(zoom)} AS covered{carried}
        FROM ({rows(ladder, relation, counted)}) AS r
        WHERE NOT EXISTS (SELECT FROM {table(ladder, "shapes")} s WHERE s.id = r.id AND s.z = {zoom})"""


def most_shown(ladder: Ladder) -> str:
    """Return per zoom the features of the fullest tile, twice: all of them carry properties."""
    return f"""
        SELECT z, max(features), max(features) FROM (
            SELECT z, count(*) AS features FROM {table(ladder, "shapes")} GROUP BY z, tx, ty
        ) AS tiles GROUP BY z ORDER BY z"""


def apply_changes(ladder: Ladder, side: str) -> str:
    """Return the statements of the trigger for one event: `INSERT`, `UPDATE` or `DELETE`."""
    key, geometry = quoted(ladder.key), quoted(ladder.geometry)
    counted = [quoted(item["column"]) for item in ladder.kinds or ()]
    same = "".join(f" AND b.{name} IS NOT DISTINCT FROM a.{name}" for name in counted)

    def moved(these: str, those: str) -> str:
        """Rows whose geometry or counted value is another, or another's; the rest are drawn as before."""
        return (
            f"(SELECT * FROM {these} AS a WHERE NOT EXISTS (SELECT FROM {those} AS b"
            f" WHERE b.{key} = a.{key} AND b.{geometry} = a.{geometry}{same}))"
        )

    gone = moved("old_rows", "new_rows") if side == "UPDATE" else "old_rows"
    come = moved("new_rows", "old_rows") if side == "UPDATE" else "new_rows"
    statements = []
    if side in ("UPDATE", "DELETE"):
        statements.append(_for_each_level(*count_left_out(ladder, gone, "level", -1)))
        statements += [
            f"DELETE FROM {table(ladder, what)} WHERE id IN (SELECT {key} FROM {gone} AS r);"
            for what in ("shapes", "full")
        ]
    if side in ("UPDATE", "INSERT"):
        statements.append(f"{fill_full(ladder, come)};")
        here = fill_level(ladder, come, "level"), *count_left_out(ladder, come, "level", 1)
        statements.append(_for_each_level(*here))
    return "\n".join(statements)


def _for_each_level(*statements: str) -> str:
    """Levels 0 to `stage - 2` are there; the later ones will be made from the table as it is then."""
    return f"FOR level IN 0..(built - 2) LOOP {'; '.join(statements)}; END LOOP;"
