"""From a layer to the SQL of a vector tile. The only module with ST_AsMVT.

An ordinary queryset, narrowed to what the asker may see, is compiled once (`statement`) and bound to one tile after
the other (`Statement.sql`); so a tile holds exactly what the API would list. Where a layer has generalised copies,
low zooms are read from those instead (`tiles/ladder`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BinaryField, BooleanField, F, Func, Q, QuerySet

from accounts.permissions import Asker
from tiles.engine.clusters import cluster_rows
from tiles.grids.address import TileAddress
from tiles.ladder.lookup import ladder_for_tile
from tiles.ladder.models import Ladder
from tiles.ladder.names import quoted
from tiles.ladder.read import full_source, part_sql, tile_sql
from tiles.layer.vector import EXTENT, Cluster, VectorLayer
from tiles.query.tile_parameters import SqlTemplate, TileFrame, TileParameter, bind, tile_rows


class _Bare(Func):
    """The geometry column as it is: declared as bytes, Django adds none of the casts it puts around geometries."""

    template = "%(expressions)s"
    output_field = BinaryField()


class _Meets(Func):
    """Whether the column's box meets a box of the tile's: ``geom && ...``."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, geometry: str, box: str, parameters: tuple[TileParameter, ...]) -> None:
        super().__init__(_Bare(F(geometry)), template=f"%(expressions)s && {box.replace('%s', '%%s')}")
        self.parameters = parameters

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = super().as_sql(compiler, connection, *args, **context)
        return sql.replace("%%s", "%s"), (*params, *self.parameters)


@dataclass(frozen=True, slots=True)
class Statement:
    """The query of one layer for one audience at one zoom of one grid, with slots where the tile comes in."""

    using: str
    frame: TileFrame
    inner: SqlTemplate
    edge: SqlTemplate
    """For the rim of the world: what lies beyond the antimeridian is in the buffer of the first and the last column."""

    def sql(self, tile: TileAddress) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL of one bytea, and its parameters."""
        return bind(self.at(tile), self.frame, tile)

    def at(self, tile: TileAddress) -> SqlTemplate:
        """Return the SQL with its slots, the same for nearly all tiles."""
        return self.edge if tile.is_at_edge else self.inner


def statement(layer: VectorLayer, user: Asker, tile: TileAddress) -> Statement | None:
    """Compile the layer for what `user` may see; of the tile only zoom and grid count. None: nothing to see."""
    if not layer.minzoom <= tile.z:
        return None
    # Rows without a place need no look: they meet no tile and are in no copy.
    rows = layer.visible_to(user)
    if rows.query.is_empty():
        return None
    frame = TileFrame(layer.geometry_field(rows).srid, tile.grid, tile.z, layer.buffer)
    copies = ladder_for_tile(layer, rows, tile)
    if copies is not None and tile.z <= (copies.top or 0):
        whole = _generalised(layer, rows, copies, frame)
        return Statement(rows.db, frame, whole, whole)
    if copies is not None and copies.kind == copies.Kind.SHAPES:
        frame = replace(frame, column_srid=3857)
        return Statement(rows.db, frame, *(_from_pieces(layer, rows, copies, frame, edge) for edge in (False, True)))
    return Statement(rows.db, frame, *(_plain(layer, rows, frame, edge) for edge in (False, True)))


def _compiled(layer: VectorLayer, rows: QuerySet[Any]) -> SqlTemplate:
    """Return the SQL of `pk`, the bare geometry as `mvt_source` and the properties `p_...`."""
    properties = layer.annotations()
    chosen = rows.annotate(**properties, mvt_source=_Bare(F(layer.geometry))).values("pk", "mvt_source", *properties)
    return SqlTemplate(*chosen.query.sql_with_params())


def _near(
    layer: VectorLayer, rows: QuerySet[Any], boxes: Iterable[tuple[str, tuple[TileParameter, ...]]]
) -> QuerySet[Any]:
    """Narrow `rows` to those whose box meets one of `boxes` of the buffered tile."""
    meets = Q()
    for box, parameters in boxes:
        here = Q(_Meets(layer.geometry, box, parameters))
        if layer.indexed is not None:
            column, off = layer.indexed
            here &= Q(_Meets(column, f"ST_Expand({box}, {off!r})", parameters))
        meets |= here
    return rows.filter(meets)


def _plain(layer: VectorLayer, rows: QuerySet[Any], frame: TileFrame, edge: bool) -> SqlTemplate:
    """Every row whose box meets the buffered tile."""
    is_points = "point" in layer.geometry_type.lower()
    # The same rows give the same bytes only in a fixed order. Sorting costs a tenth of a tile of points; where the
    # rows stay as they were loaded, the index finds them in one order anyway.
    order = () if is_points and layer.version_key else layer.order_by
    boxes = frame.column_envelopes(edge) if edge else frame.tile_envelopes()
    source = _compiled(layer, _near(layer, rows, boxes).order_by(*order))
    if layer.cluster:
        return _clustered(layer, layer.cluster, source, frame)
    sql, parameters = tile_rows(source.sql, _columns(layer), frame, edge, is_points)
    return _as_mvt(layer, sql, (*parameters, *source.params))


def _clustered(layer: VectorLayer, cluster: Cluster, source: SqlTemplate, frame: TileFrame) -> SqlTemplate:
    sql, parameters = cluster_rows(source.sql, cluster, list(layer.fields), frame)
    return _as_mvt(layer, sql, (*parameters, *source.params))


def _columns(layer: VectorLayer) -> str:
    return "".join(f", {quoted('p_' + name)} AS {quoted(name)}" for name in layer.fields)


def _generalised(layer: VectorLayer, rows: QuerySet[Any], copies: Ladder, frame: TileFrame) -> SqlTemplate:
    """What the ladder has of a low zoom, with the properties of the layer that it can afford there."""
    own = _compiled(layer, rows.order_by())
    kept = copies.properties(frame.zoom) or set()
    names = [name for name in layer.fields if name in kept]
    if layer.is_part:
        near = _compiled(layer, _near(layer, rows, frame.column_envelopes(False)).order_by())
        found = part_sql(copies, frame.zoom, names, own, near)
    else:
        found = tile_sql(copies, frame.zoom, names, own)
    return _as_mvt(layer, found.sql, found.params)


def _from_pieces(layer: VectorLayer, rows: QuerySet[Any], copies: Ladder, frame: TileFrame, edge: bool) -> SqlTemplate:
    """Full detail from the pieces in EPSG:3857, so that one long shape is not unpacked for each of its tiles."""
    found = full_source(copies, list(layer.fields), _compiled(layer, rows.order_by()), frame.boxes(edge))
    sql, parameters = tile_rows(found.sql, _columns(layer), frame, edge, points=False)
    return _as_mvt(layer, sql, (*parameters, *found.params))


def _as_mvt(layer: VectorLayer, rows: str, params: tuple[Any, ...]) -> SqlTemplate:
    # ST_AsMVT passes over rows whose geometry is NULL: nothing of them is in the tile.
    sql = f"SELECT ST_AsMVT(tile, %s, {EXTENT}, 'mvt_geom', 'feature_id') FROM ({rows}) AS tile"  # noqa: S608
    return SqlTemplate(sql, (layer.name, *params))
