"""Who gets what at the addresses of `ogc/`."""

from tests.architecture.access.answers import EVERYBODY, INTERNAL, NOTHING

ASKS_NOTHING = "400 400 400 400 400 400 400"
"""The address of a service; what is asked of it are its parameters (`tests/integration/ogc`)."""
PICTURED_INSIDE = "400 200 200 200 200 200 200"
"""A layer that one may not know of is refused in the service's own words, as one that there is not."""
READS = [
    ("ogc_landing", "", EVERYBODY),
    ("ogc_landing_without_slash", "", EVERYBODY),
    ("ogc_conformance", "", EVERYBODY),
    ("ogc_api", "", EVERYBODY),
    ("ogc_collections", "", EVERYBODY),
    ("ogc_collection", "name=open-layer", EVERYBODY),
    ("ogc_collection", "name=inner-layer", INTERNAL),
    ("ogc_queryables", "name=inner-layer", INTERNAL),
    ("ogc_items", "name=monitoring_points", EVERYBODY),
    ("ogc_items", "name=inner-layer", INTERNAL),
    ("ogc_item", "name=inner-layer key=1", INTERNAL),
    ("ogc_tilesets", "name=inner-layer", INTERNAL),
    ("ogc_tileset", "name=inner-layer grid=CGCS2000", INTERNAL),
    ("ogc_matrix_sets", "", EVERYBODY),
    ("ogc_matrix_set", "grid=CGCS2000", EVERYBODY),
    ("ogc_catalogue", "", EVERYBODY),
    ("ogc_records", "", EVERYBODY),
    ("ogc_record", "key=open-layer", EVERYBODY),
    ("ogc_record", "key=inner-layer", INTERNAL),
    ("ogc_record", "key=inner-raster", INTERNAL),
    ("ogc_styles", "", EVERYBODY),
    ("ogc_style", "style=open-layer", EVERYBODY),
    ("ogc_style", "style=inner-layer", INTERNAL),
    ("ogc_style_metadata", "style=inner-layer", INTERNAL),
    ("ogc_layer_styles", "name=inner-layer", INTERNAL),
    ("ogc_layer_style", "name=inner-layer style=inner-layer", INTERNAL),
    ("ogc_layer_style", "name=open-layer style=inner-layer", NOTHING),
    ("ogc_layer_style_metadata", "name=inner-layer style=inner-layer", INTERNAL),
    ("sta_root", "", EVERYBODY),
    ("sta_root_slash", "", EVERYBODY),
    ("sta", "resource=Things", EVERYBODY),
    ("sta", "resource=Things(999999)", NOTHING),
    ("ogc_wfs", "", ASKS_NOTHING),
    ("ogc_wms", "", ASKS_NOTHING),
    ("ogc_wmts", "", ASKS_NOTHING),
    ("ogc_wmts_capabilities", "", EVERYBODY),
    ("ogc_wmts_tile", "name=inner-layer style=default grid=CGCS2000 z=1 row=0 column=1", PICTURED_INSIDE),
    ("ogc_arcgis", "name=inner-layer", INTERNAL),
    ("ogc_arcgis_style", "name=inner-layer", INTERNAL),
    ("ogc_arcgis_root_style", "name=inner-layer", INTERNAL),
    ("ogc_arcgis_resource", "name=inner-layer rest=sprites/sprite.json", "404 302 302 302 302 302 302"),
    ("ogc_arcgis_tile", "name=inner-layer z=0 y=0 x=0", INTERNAL),
]
WRITES = [
    ("ogc_items", "name=open-layer", "403 403 403 403 415 415 415"),
    ("ogc_items", "name=inner-layer", "404 403 403 403 415 415 415"),
    ("ogc_items", "name=monitoring_points", "405 405 405 405 405 405 405"),
]
