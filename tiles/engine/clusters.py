"""Things that lie near one another as one symbol: their number and, where they have a rank, the worst of them.

A line or an area counts where a point on it lies. The cells of a zoom are squares that divide its tiles evenly, so
every thing is counted in exactly one tile and the counts of a zoom add up to the number that the asker may see. A
cluster lies in the middle of its things. Whether one is in a cell is decided in the database after the change of
coordinates, for all tiles alike: one on the border of two tiles is never in both and never in neither (the layer's
`buffer` of one unit lets both look at it).
"""

from tiles.ladder.names import quoted
from tiles.layer.vector import EXTENT, Cluster
from tiles.query.tile_parameters import TileFrame, TileParameter


def cluster_rows(
    source: str, cluster: Cluster, fields: list[str], frame: TileFrame
) -> tuple[str, tuple[TileParameter, ...]]:
    """Return the SQL of a tile's clusters, and its slots: they come before the parameters of `source`.

    `source` gives `pk`, the column as it is (`mvt_source`) and the properties `p_...` of each point. Beside `count`
    there are the worst value and `worst_count`, how many have it, where the layer has a rank; and of a thing that is
    alone its own properties and its id as `point`.
    """
    grid = frame.grid
    cell = grid.side(frame.zoom) / cluster.cells
    columns = grid.columns(frame.zoom) * cluster.cells
    worst = quoted(f"p_{cluster.worst}") if cluster.worst else "0"
    ranked = f"max(worst) AS {quoted(cluster.worst)}, (count(*) FILTER (WHERE own = worst))::int AS worst_count, "
    placed = "mvt_source" if cluster.of_points else "ST_PointOnSurface(mvt_source)"
    alone = [name for name in fields if name != cluster.worst]
    single = "".join(f", {_alone(quoted('p_' + name))} AS {quoted(name)}" for name in alone)
    envelope, of_tile = frame.envelope
    # No text of a user's is in here: names are the code's own and quoted, numbers are the grid's.
    sql = f"""
        SELECT cell_y * {columns} + cell_x AS feature_id, cell_y * {columns} + cell_x AS id,
            count(*)::int AS count, {ranked if cluster.worst else ""}{_alone("pk")} AS point{single},
            ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(avg(x), avg(y)), {grid.srid}), envelope, {EXTENT}, {EXTENT}, true)
                AS mvt_geom
        FROM (
            SELECT celled.*, {worst} AS own, max({worst}) OVER (PARTITION BY cell_x, cell_y) AS worst FROM (
                SELECT located.*, floor((x - {grid.west!r}) / {cell!r})::bigint AS cell_x,
                    floor(({grid.north!r} - y) / {cell!r})::bigint AS cell_y
                FROM (
                    SELECT features.*, tile.*, ST_X(placed) AS x, ST_Y(placed) AS y
                    FROM (SELECT {envelope} AS envelope, %s::bigint AS tile_x, %s::bigint AS tile_y) AS tile,
                        ({source}) AS features,
                        LATERAL (SELECT ST_Transform({placed}, {grid.srid}) AS placed OFFSET 0) AS moved
                ) AS located
            ) AS celled
            WHERE cell_x / {cluster.cells} = tile_x AND cell_y / {cluster.cells} = tile_y
        ) AS counted
        GROUP BY cell_x, cell_y, envelope
        ORDER BY max(worst), 1"""  # noqa: S608
    return sql, (*of_tile, TileParameter.X, TileParameter.Y)


def _alone(column: str) -> str:
    """The value of a cluster's only point; nothing of a cluster of several."""
    return f"CASE WHEN count(*) = 1 THEN (array_agg({column}))[1] END"
