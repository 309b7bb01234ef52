"""Who gets what at the addresses of `ogc/`."""

from tests.architecture.access.answers import EVERYBODY, INTERNAL

READS = [
    ("ogc_landing", "", EVERYBODY),
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
]
