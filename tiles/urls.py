"""The addresses of the tile engine. The project passes its catalogue in."""

from django.urls import URLPattern, path

from tiles import views
from tiles.catalogue import Catalogue


def tile_urls(catalogue: Catalogue) -> list[URLPattern]:
    """Return the routes under which `catalogue` is served."""
    known = {"catalogue": catalogue}
    return [
        path("tiles/", views.tileset_list, known, name="tileset_list"),
        path("tiles/<str:names>.json", views.tileset_json, known, name="tileset_json"),
        path("tiles/<str:names>/<str:z>/<str:x>/<str:y>.mvt", views.vector_tile, known, name="vector_tile"),
        path("rasters/<str:name>/<str:z>/<str:x>/<str:y>.png", views.raster_tile, known, name="raster_tile"),
    ]
