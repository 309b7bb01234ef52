"""From a layer to the bytes of a vector tile. The only place with ST_AsMVT.

An ordinary queryset, narrowed to what the asker may see and to the tile, is compiled once and wrapped
in ``ST_AsMVT``; so the tile holds exactly what the API would list.
"""

import io
import struct
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import Polygon
from django.db import OperationalError, connections, transaction
from django.db.models import BinaryField, BooleanField, F, Func, IntegerField, QuerySet, Value
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from geokit.refusal import Busy
from tiles.address import TileAddress
from tiles.layer import EXTENT, VectorLayer

_COPY_HEADER = struct.Struct("!11sII")
_COPY_FIELD = struct.Struct("!hi")


class TileEnvelope(Func):
    """``ST_TileEnvelope(z, x, y)``: the tile's square in EPSG:3857."""

    function = "ST_TileEnvelope"
    output_field = GeometryField(srid=3857)


class AsMVTGeom(Func):
    """``ST_AsMVTGeom``: geometry in tile coordinates, NULL when nothing of it is left.

    Declared as bytes so that Django selects it bare, without the cast it puts around geometries.
    """

    function = "ST_AsMVTGeom"
    output_field = BinaryField()


def features_in(layer: VectorLayer, user: Any, tile: TileAddress) -> QuerySet:
    """Return the layer's features that `user` may see and whose box meets the buffered tile."""
    queryset = layer.queryset(user)
    column = layer.geometry_field(queryset)
    box = Polygon.from_bbox(tile.bounds(layer.buffer))
    box.srid = 4326
    if column.srid != 4326:
        box.transform(column.srid)
    return queryset.filter(**{f"{layer.geometry}__bboverlaps": box})


def _rows(layer: VectorLayer, user: Any, tile: TileAddress) -> QuerySet:
    envelope = TileEnvelope(*(Value(part, output_field=IntegerField()) for part in (tile.z, tile.x, tile.y)))
    geometry = AsMVTGeom(
        Transform(F(layer.geometry), 3857),
        envelope,
        Value(EXTENT, output_field=IntegerField()),
        Value(layer.buffer, output_field=IntegerField()),
        Value(True, output_field=BooleanField()),
    )
    properties = layer.annotations()
    rows = features_in(layer, user, tile).annotate(**properties, mvt_geom=geometry).order_by(*layer.order_by)
    return rows.values("pk", "mvt_geom", *properties)


def _wrap(layer: VectorLayer, rows: QuerySet) -> tuple[str, tuple]:
    """Return the SQL that makes one layer's bytes, and its parameters."""
    connection = connections[rows.db]
    quote = connection.ops.quote_name
    inner, params = rows.query.sql_with_params()
    columns = "".join(f", {quote('p_' + name)} AS {quote(name)}" for name in layer.fields)
    # No text of a user's is in here: names are the code's own and quoted, values are parameters.
    sql = f"""
        SELECT ST_AsMVT(tile, %s, {EXTENT}, 'mvt_geom', 'feature_id')
        FROM (
            SELECT pk AS feature_id, pk AS id{columns}, mvt_geom
            FROM ({inner}) AS features
            WHERE mvt_geom IS NOT NULL
        ) AS tile
    """  # noqa: S608
    return sql, (layer.name, *params)


def _read_one_binary(cursor: Any, sql: bytes) -> bytes:
    """Run a query of one bytea through COPY in binary: three times faster than bytea as text."""
    out = io.BytesIO()
    cursor.copy_expert(b"COPY (" + sql + b") TO STDOUT (FORMAT binary)", out)
    data = out.getbuffer()
    start = _COPY_HEADER.size + _COPY_HEADER.unpack_from(data)[2]
    _, length = _COPY_FIELD.unpack_from(data, start)
    start += _COPY_FIELD.size
    return bytes(data[start : start + max(length, 0)])


def layer_bytes(layer: VectorLayer, user: Any, tile: TileAddress, timeout_ms: int) -> bytes:
    """Return the encoded layer, empty when nothing of it is in the tile.

    Raises :class:`geokit.refusal.Busy` when the query outlasts `timeout_ms`.
    """
    if not layer.minzoom <= tile.z:
        return b""
    rows = _rows(layer, user, tile)
    if rows.query.is_empty():
        return b""
    sql, params = _wrap(layer, rows)
    try:
        with transaction.atomic(using=rows.db), connections[rows.db].cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [timeout_ms])
            raw = cursor.cursor
            return _read_one_binary(raw, raw.mogrify(sql, params))
    except (OperationalError, QueryCanceled) as error:
        if isinstance(error, QueryCanceled) or isinstance(error.__cause__, QueryCanceled):
            message = _("瓦片 %(layer)s %(tile)s 计算超时，请稍后重试。") % {"layer": layer.name, "tile": tile}
            raise Busy(message, code="tile-timeout") from error
        raise
