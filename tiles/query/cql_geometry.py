"""Geometries written in a filter, checked before the database sees them."""

import json
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon
from django.utils.translation import gettext as _

from tiles.query.cql_values import bad

TYPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")


def literal_geometry(node: Any) -> GEOSGeometry:
    """Return a box or a GeoJSON geometry of the tree in WGS 84. Raises BadInput `bad-filter`."""
    shape = _box(node["bbox"]) if isinstance(node, dict) and "bbox" in node else _shape(node)
    west, south, east, north = shape.extent
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise bad(_("过滤条件里的几何超出经纬度范围，请用 WGS 84 经度、纬度。"))
    if not shape.valid:
        raise bad(_("过滤条件里的几何无效：%(reason)s。") % {"reason": shape.valid_reason[:80]})
    shape.srid = 4326
    return shape


def _box(numbers: Any) -> GEOSGeometry:
    """A box whose west lies east of its east crosses the antimeridian."""
    if not isinstance(numbers, list) or len(numbers) != 4:
        raise bad(_("BBOX 须有四个数：西、南、东、北。"))
    west, south, east, north = numbers
    if south > north:
        raise bad(_("BBOX 的南边不能在北边之上。"))
    if west <= east:
        return Polygon.from_bbox((west, south, east, north))
    return MultiPolygon(Polygon.from_bbox((west, south, 180, north)), Polygon.from_bbox((-180, south, east, north)))


def _shape(node: Any) -> GEOSGeometry:
    if not isinstance(node, dict) or node.get("type") not in TYPES:
        raise bad(_("空间条件须比较 geom 与一个几何，例如 S_INTERSECTS(geom, BBOX(121,29,122,30))。"))
    try:
        shape = GEOSGeometry(json.dumps(node))
    except (GEOSException, GDALException, ValueError, TypeError) as error:
        raise bad(_("过滤条件里的几何读不懂。")) from error
    if shape.empty:
        raise bad(_("过滤条件里的几何是空的。"))
    return shape
