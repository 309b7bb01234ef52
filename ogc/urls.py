"""The addresses of the standard interface. The project passes its catalogue in, as for the tiles."""

from django.urls import URLPattern, path

from ogc import views
from tiles.http.catalogue import Catalogue


def ogc_urls(catalogue: Catalogue) -> list[URLPattern]:
    """Return the routes below `/ogc/`; the standard writes them without a slash at the end."""
    collection = "ogc/collections/<str:name>"
    known = {"catalogue": catalogue}
    return [
        path("ogc/", views.LandingPage.as_view(**known), name="ogc_landing"),
        path("ogc/conformance", views.Conformance.as_view(**known), name="ogc_conformance"),
        path("ogc/api", views.Description.as_view(**known), name="ogc_api"),
        path("ogc/collections", views.Collections.as_view(**known), name="ogc_collections"),
        path(collection, views.Collection.as_view(**known), name="ogc_collection"),
        path(f"{collection}/queryables", views.Queryables.as_view(**known), name="ogc_queryables"),
        path(f"{collection}/items", views.Items.as_view(**known), name="ogc_items"),
        path(f"{collection}/items/<str:key>", views.Item.as_view(**known), name="ogc_item"),
        path(f"{collection}/tiles", views.TileSets.as_view(**known), name="ogc_tilesets"),
        path(f"{collection}/tiles/<str:grid>", views.TileSet.as_view(**known), name="ogc_tileset"),
        path("ogc/tileMatrixSets", views.MatrixSets.as_view(**known), name="ogc_matrix_sets"),
        path("ogc/tileMatrixSets/<str:grid>", views.MatrixSet.as_view(**known), name="ogc_matrix_set"),
    ]
