"""Rows to GeoJSON features: rings right-handed, coordinates in the axes asked for, times with their zone."""

import datetime as dt
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, GeomOutputGeoFunc, Transform
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.encoding import force_str

from ogc.crs import STORED_SRID, Crs
from tiles.engine.time_limit import within_a_tiles_time
from tiles.layer.vector import VectorLayer


class RightHanded(GeomOutputGeoFunc):
    """Outer rings against the clock, as RFC 7946 has it."""

    function = "ST_ForcePolygonCCW"
    geom_param_pos = (0,)


class NorthFirst(GeomOutputGeoFunc):
    """The second coordinate before the first."""

    function = "ST_FlipCoordinates"
    geom_param_pos = (0,)


def features_of(layer: VectorLayer, rows: QuerySet[Any], crs: Crs) -> list[dict[str, Any]]:
    """Return the rows as GeoJSON features with the properties that the layer's tiles carry."""
    annotations = layer.annotations()
    found = rows.annotate(ogc_geometry=_geometry(layer, crs), **annotations)
    with within_a_tiles_time(rows.db):
        return [_feature(row, layer.fields) for row in found.values("pk", "ogc_geometry", *annotations)]


def _geometry(layer: VectorLayer, crs: Crs) -> AsGeoJSON:
    expression: Any = RightHanded(layer.geometry)
    if crs.srid != STORED_SRID:
        expression = Transform(expression, crs.srid)
    if crs.north_first:
        expression = NorthFirst(expression)
    return AsGeoJSON(expression, precision=crs.decimals)


def _feature(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": row["pk"],
        "geometry": json.loads(row["ogc_geometry"]),
        "properties": {name: plain(row[f"p_{name}"]) for name in names},
    }


def plain(value: Any) -> Any:
    """Return a value as JSON has it; a time without zone is local time."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        aware = timezone.make_aware(value) if timezone.is_naive(value) else value
        return timezone.localtime(aware).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return force_str(value)


def count_of(rows: QuerySet[Any]) -> int | None:
    """How many rows there are; None where counting takes longer than a tile may."""
    try:
        with within_a_tiles_time(rows.db):
            return rows.order_by().count()
    except OperationalError:
        return None
