"""Service areas read from a GeoJSON file, or from a loaded layer with a column of station codes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon
from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.district import outline_box
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, TooLarge
from layers.models import Layer
from layers.permissions import columns_visible_to, layers_visible_to
from layers.storage.rows import rows_of
from stations.service_areas.services import SRID, clean_polygons
from ui import json_bodies

MAX_BYTES = 20 * 1024**2
MAX_FEATURES = 2_000
CODE_NAMES = ("code", "station", "station_code", "编号", "联络站编号")
NEAR_DEGREES = 0.5


def read_geojson(data: bytes) -> dict[str, GEOSGeometry]:
    """Return station code -> polygons of a GeoJSON FeatureCollection in WGS 84. Raises BadInput or TooLarge."""
    if len(data) > MAX_BYTES:
        raise TooLarge(gettext("文件超过 %d MB。") % (MAX_BYTES // 1024**2))
    try:
        body = json_bodies.loads(data)
        features = body["features"]
        pairs = [(_code(feature["properties"] or {}), json.dumps(feature["geometry"])) for feature in features]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _file_error("not-geojson", gettext("这不是 GeoJSON 要素集（FeatureCollection）。")) from error
    return _group_by_code((code, _geometry(text)) for code, text in pairs)


def polygon_layers(user: Asker) -> QuerySet[Layer]:
    """Return the loaded layers that hold polygons."""
    return layers_visible_to(user).filter(geometry_type__iendswith="polygon", kind=Layer.Kind.VECTOR)


def read_layer(user: Asker, layer: Layer) -> dict[str, GEOSGeometry]:
    """Return station code -> polygons of a loaded layer; its column of codes is found by name. Raises BadInput."""
    version = layer.current_version
    columns = columns_visible_to(user, layer)
    attribute = next((name for name, column in columns.items() if column.name.lower() in CODE_NAMES), None)
    if version is None or attribute is None:
        names = gettext("、").join(CODE_NAMES)
        raise _file_error(
            "no-code-column", gettext("图层里没有联络站编号这一列。可用的列名：%s") % names, field="layer"
        )
    if version.rows > MAX_FEATURES:
        raise _file_error("too-many", gettext("图层有 %d 行，不像是联络站的服务范围。") % version.rows, field="layer")
    rows = rows_of(version).exclude(geom=None).values_list(attribute, "geom")
    return _group_by_code((str(code or "").strip(), geom) for code, geom in rows)


def _code(properties: Mapping[str, Any]) -> str:
    return next((str(properties[name]).strip() for name in CODE_NAMES if properties.get(name)), "")


def _geometry(text: str) -> GEOSGeometry:
    try:
        return GEOSGeometry(text, srid=SRID)
    except (ValueError, GEOSException, GDALException) as error:
        raise _file_error("bad-geometry", gettext("有的图形无法读取。")) from error


def _group_by_code(pairs: Iterable[tuple[str, GEOSGeometry]]) -> dict[str, GEOSGeometry]:
    """Join the polygons of each station; refuse rows without a code and places far from the district."""
    found: dict[str, list] = {}
    for number, (code, geom) in enumerate(pairs, start=1):
        if not code:
            raise _file_error("no-code", gettext("第 %d 个要素没有联络站编号（属性 code）。") % number)
        if number > MAX_FEATURES:
            raise _file_error("too-many", gettext("要素超过 %d 个。") % MAX_FEATURES)
        found.setdefault(code, []).extend(clean_polygons(geom))
    if not found:
        raise _file_error("empty", gettext("文件里没有要素。"))
    shapes = {code: _merge_polygons(polygons) for code, polygons in found.items()}
    _refuse_far(shapes)
    return shapes


def _merge_polygons(polygons: list) -> GEOSGeometry:
    whole = MultiPolygon(polygons, srid=SRID)
    return clean_polygons(whole.unary_union) if polygons else whole


def _refuse_far(shapes: Mapping[str, GEOSGeometry]) -> None:
    box = outline_box()
    if box is None:
        return
    for code in _outside(shapes, box):
        words = gettext("%s 的坐标不在本区附近。文件要用 WGS 84 经纬度，先经度后纬度。")
        raise _file_error("far-away", words % code)


def _outside(shapes: Mapping[str, GEOSGeometry], box: tuple[float, float, float, float]) -> Iterator[str]:
    west, south, east, north = box
    for code, shape in shapes.items():
        if shape.empty:
            continue
        w, s, e, n = shape.extent
        if w < west - NEAR_DEGREES or s < south - NEAR_DEGREES or e > east + NEAR_DEGREES or n > north + NEAR_DEGREES:
            yield code


def _file_error(code: str, message: str, field: str = "file") -> BadInput:
    return BadInput(message, code=code, errors=[FieldError(field, code, message)])
