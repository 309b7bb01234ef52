"""Features of loaded layers by the open standard: written by who keeps the layer, seen by more."""

from tests.architecture.access.foreign.row import Foreign

RING = [[121.4, 29.8], [121.41, 29.8], [121.41, 29.81], [121.4, 29.8]]
FEATURE = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [RING]}, "properties": {"名称": "新塘"}}
GIS_ADDS, GIS_CHANGES = "403 403 403 201 403", "403 403 403 204 403"
ONE, INNER = "name=open-layer key=1", "name=inner-layer key=1"

FOREIGN = [
    Foreign("ogc_items", "name=open-layer", FEATURE, GIS_ADDS, taken=201, json=True),
    Foreign("ogc_items", "name=inner-layer", FEATURE, GIS_ADDS, taken=201, json=True),
    Foreign("ogc_item", ONE, FEATURE, GIS_CHANGES, taken=204, json=True, method="put"),
    Foreign("ogc_item", ONE, {"properties": {"名称": "改"}}, GIS_CHANGES, taken=204, json=True, method="patch"),
    Foreign("ogc_item", INNER, {"properties": {"名称": "改"}}, GIS_CHANGES, taken=204, json=True, method="patch"),
    Foreign("ogc_item", ONE, {}, GIS_CHANGES, taken=204, json=True, method="delete"),
]
NO_OBJECT: dict[str, str] = {}
