"""Who gets what at the addresses of `tiles/`."""

from tests.architecture.access.answers import EVERYBODY, INTERNAL

READS = [
    ("raster_list", "", EVERYBODY),
    ("raster_json", "name=open-raster", EVERYBODY),
    ("raster_json", "name=inner-raster", INTERNAL),
    ("raster_tile", "name=inner-raster z=12 x=3428 y=1691", INTERNAL),
    ("raster_tile_webp", "name=inner-raster z=12 x=3428 y=1691", INTERNAL),
    ("tileset_json", "names=open-layer", EVERYBODY),
    ("tileset_json", "names=inner-layer", INTERNAL),
    ("vector_tile", "names=inner-layer z=9 x=428 y=211", INTERNAL),
    ("tileset_list", "", EVERYBODY),
    ("tileset_json", "names=monitoring_points", EVERYBODY),
    ("tileset_json", "names=findings", EVERYBODY),
    ("vector_tile", "names=monitoring_points z=9 x=428 y=211", EVERYBODY),
    ("tile_grid", "name=CGCS2000", EVERYBODY),
    ("glyphs", "stack=Noto%20Sans%20SC span=0-255", EVERYBODY),
    ("raster_tile", "name=hillshade z=10 x=857 y=422", EVERYBODY),
]
