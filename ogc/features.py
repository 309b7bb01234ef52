"""Rows to GeoJSON features: rings right-handed, coordinates in the axes asked for, times with their zone."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, GeomOutputGeoFunc, Transform
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.encoding import force_str

from accounts.permissions import Asker
from geokit.records.rows import NO_DATE
from ogc.crs import STORED_SRID, Crs
from ogc.moments import in_utc
from tiles.cache.lookup import content_of, digest
from tiles.engine.time_limit import within_a_tiles_time
from tiles.layer.fingerprint import Fingerprint
from tiles.layer.vector import VectorLayer

EVERY_DIGIT = 15
"""Decimals with which a double comes back as the same double."""


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


def tagged_feature(layer: VectorLayer, rows: QuerySet[Any], crs: Crs) -> tuple[dict[str, Any], str] | None:
    """Return one row as a feature and the ETag of its state, read at one moment; None where there is none."""
    annotations = layer.annotations()
    found = rows.annotate(ogc_geometry=_geometry(layer, crs), ogc_shape=Fingerprint(layer.geometry), **annotations)
    with within_a_tiles_time(rows.db):
        row = found.values("pk", "ogc_geometry", "ogc_shape", *annotations).first()
    return None if row is None else (_feature(row, layer.fields), _tag(row, layer.fields))


def state_of(layer: VectorLayer, rows: QuerySet[Any]) -> tuple[Any, str] | None:
    """Return key and ETag of one row, whatever the axes of its answers; None where there is none."""
    annotations = layer.annotations()
    found = rows.annotate(ogc_shape=Fingerprint(layer.geometry), **annotations)
    row = found.values("pk", "ogc_shape", *annotations).first()
    return None if row is None else (row["pk"], _tag(row, layer.fields))


def stored_feature(layer: VectorLayer, rows: QuerySet[Any], crs: Crs) -> dict[str, Any]:
    """Return one row as a feature with every digit of its coordinates; to be changed, not to be sent."""
    annotations = layer.annotations()
    shape = _placed(layer.geometry, crs)
    found = rows.annotate(ogc_geometry=AsGeoJSON(shape, precision=EVERY_DIGIT), **annotations)
    return _feature(found.values("pk", "ogc_geometry", *annotations).get(), layer.fields)


def _tag(row: Mapping[str, Any], names: Iterable[str]) -> str:
    state = json.dumps([row["ogc_shape"], *(plain(row[f"p_{name}"]) for name in names)], ensure_ascii=False)
    return f'"{hashlib.blake2b(state.encode(), digest_size=16).hexdigest()}"'


def _geometry(layer: VectorLayer, crs: Crs) -> AsGeoJSON:
    return AsGeoJSON(_placed(RightHanded(layer.geometry), crs), precision=crs.decimals)


def _placed(geometry: Any, crs: Crs) -> Any:
    expression = geometry
    if crs.srid != STORED_SRID:
        expression = Transform(expression, crs.srid)
    if crs.north_first:
        expression = NorthFirst(expression)
    return expression


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
        return _moment(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return force_str(value)


def _moment(value: dt.datetime) -> str:
    """As RFC 3339 writes it, which knows no seconds in an offset: local time before 1901 had some, and is given in UTC.

    The first day of all, with which some programs say "no date", is of no year in UTC and has the offset of today.
    """
    if value.date() == NO_DATE:
        return value.replace(tzinfo=dt.timezone(timezone.localtime().utcoffset() or dt.timedelta())).isoformat()
    aware = timezone.make_aware(value) if timezone.is_naive(value) else value
    local = timezone.localtime(aware)
    offset = local.utcoffset() or dt.timedelta()
    return in_utc(aware, "auto") if offset % dt.timedelta(minutes=1) else local.isoformat()


KEEP_SECONDS = 3600
TOO_MANY = -1


def matched_of(layer: VectorLayer, rows: QuerySet[Any], user: Asker) -> int | None:
    """How many rows of a layer there are: counted once for all pages as long as the layer stays as it is.

    None where counting takes longer than a tile may. Raises Busy.
    """
    try:
        sql, parameters = rows.order_by().query.sql_with_params()
    except EmptyResultSet:
        return 0
    key = "matched:" + digest([content_of(layer, user), sql, repr(parameters)])
    known: int | None = cache.get(key)
    if known is None:
        known = count_of(rows)
        cache.set(key, TOO_MANY if known is None else known, KEEP_SECONDS)
    return None if known == TOO_MANY else known


def count_of(rows: QuerySet[Any]) -> int | None:
    """How many rows there are; None where counting takes longer than a tile may."""
    try:
        with within_a_tiles_time(rows.db):
            return rows.order_by().count()
    except OperationalError:
        return None
