"""The addresses of the tile engine. The project passes its catalogue in."""

from django.urls import URLPattern, path

from tiles.glyphs.views import glyphs
from tiles.http import raster_views, views
from tiles.http.catalogue import Catalogue


def tile_urls(catalogue: Catalogue) -> list[URLPattern]:
    """Return the routes under which `catalogue` is served."""
    known = {"catalogue": catalogue}
    return [
        path("tiles/", views.tileset_list, known, name="tileset_list"),
        path("tiles/<str:names>.json", views.tileset_json, known, name="tileset_json"),
        path("tiles/<str:names>/<str:z>/<str:x>/<str:y>.mvt", views.vector_tile, known, name="vector_tile"),
        path("tiles/grids/<str:name>.json", views.grid_json, name="tile_grid"),
        path("fonts/<str:stack>/<str:span>.pbf", glyphs, name="glyphs"),
        path("rasters/", raster_views.raster_list, known, name="raster_list"),
        path("rasters/<str:name>.json", raster_views.raster_json, known, name="raster_json"),
        path("rasters/<str:name>/<str:z>/<str:x>/<str:y>.png", raster_views.png_tile, known, name="raster_tile"),
        path("rasters/<str:name>/<str:z>/<str:x>/<str:y>.webp", raster_views.webp_tile, known, name="raster_tile_webp"),
    ]
