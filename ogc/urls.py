"""The addresses of the standard interfaces. The project passes its catalogue in, as for the tiles, and its looks."""

from django.urls import URLPattern, path

from ogc import views
from ogc.arcgis import views as arcgis
from ogc.editing import views as editing
from ogc.links import CATALOGUE
from ogc.pictures.tiles import Drawing
from ogc.records import views as records
from ogc.styles import views as styles
from ogc.wfs.views import Wfs
from ogc.wms.views import Wms
from ogc.wmts.views import Wmts, WmtsCapabilities, WmtsTile
from tiles.http.catalogue import Catalogue


def ogc_urls(catalogue: Catalogue, drawing: Drawing) -> list[URLPattern]:
    """Return the routes below `/ogc/`; the standard writes them without a slash at the end."""
    collection = "ogc/collections/<str:name>"
    known = {"catalogue": catalogue}
    return [
        path("ogc/", views.LandingPage.as_view(**known), name="ogc_landing"),
        # QGIS 3.40 does not follow a redirect to a path alone, and people type the address without the slash.
        path("ogc", views.LandingPage.as_view(**known), name="ogc_landing_without_slash"),
        path("ogc/conformance", views.Conformance.as_view(**known), name="ogc_conformance"),
        path("ogc/api", views.Description.as_view(**known), name="ogc_api"),
        path("ogc/collections", views.Collections.as_view(**known), name="ogc_collections"),
        path(f"ogc/collections/{CATALOGUE}", records.Catalogue.as_view(**known), name="ogc_catalogue"),
        path(f"ogc/collections/{CATALOGUE}/items", records.Records.as_view(**known), name="ogc_records"),
        path(f"ogc/collections/{CATALOGUE}/items/<str:key>", records.OneRecord.as_view(**known), name="ogc_record"),
        path(collection, views.Collection.as_view(**known), name="ogc_collection"),
        path(f"{collection}/queryables", views.Queryables.as_view(**known), name="ogc_queryables"),
        path(f"{collection}/items", editing.EditedItems.as_view(**known), name="ogc_items"),
        path(f"{collection}/items/<str:key>", editing.EditedItem.as_view(**known), name="ogc_item"),
        path(f"{collection}/tiles", views.TileSets.as_view(**known), name="ogc_tilesets"),
        path(f"{collection}/tiles/<str:grid>", views.TileSet.as_view(**known), name="ogc_tileset"),
        path("ogc/tileMatrixSets", views.MatrixSets.as_view(**known), name="ogc_matrix_sets"),
        path("ogc/tileMatrixSets/<str:grid>", views.MatrixSet.as_view(**known), name="ogc_matrix_set"),
        path("ogc/wfs", Wfs.as_view(**known), name="ogc_wfs"),
        *_of_pictures({**known, "drawing": drawing}),
    ]


def _of_pictures(known: dict[str, object]) -> list[URLPattern]:
    """What is drawn here, or carries how it is drawn."""
    tile = "ogc/wmts/1.0.0/<str:name>/<str:style>/<str:grid>/<str:z>/<str:row>/<str:column>.png"
    below = "ogc/collections/<str:name>/styles"
    server = "ogc/arcgis/<str:name>/VectorTileServer"
    return [
        path("ogc/styles", styles.Styles.as_view(**known), name="ogc_styles"),
        path("ogc/styles/<str:style>", styles.OneStyle.as_view(**known), name="ogc_style"),
        path("ogc/styles/<str:style>/metadata", styles.StyleMetadata.as_view(**known), name="ogc_style_metadata"),
        path(f"{below}", styles.Styles.as_view(**known), name="ogc_layer_styles"),
        path(f"{below}/<str:style>", styles.OneStyle.as_view(**known), name="ogc_layer_style"),
        path(f"{below}/<str:style>/metadata", styles.StyleMetadata.as_view(**known), name="ogc_layer_style_metadata"),
        path("ogc/wms", Wms.as_view(**known), name="ogc_wms"),
        path("ogc/wmts", Wmts.as_view(**known), name="ogc_wmts"),
        path("ogc/wmts/1.0.0/WMTSCapabilities.xml", WmtsCapabilities.as_view(**known), name="ogc_wmts_capabilities"),
        path(tile, WmtsTile.as_view(**known), name="ogc_wmts_tile"),
        path(server, arcgis.VectorTileServer.as_view(**known), name="ogc_arcgis"),
        path(f"{server}/resources/styles", arcgis.RootStyle.as_view(**known), name="ogc_arcgis_style"),
        path(f"{server}/resources/styles/root.json", arcgis.RootStyle.as_view(**known), name="ogc_arcgis_root_style"),
        path(f"{server}/resources/<path:rest>", arcgis.Resource.as_view(**known), name="ogc_arcgis_resource"),
        path(f"{server}/tile/<str:z>/<str:y>/<str:x>.pbf", arcgis.ServedTile.as_view(**known), name="ogc_arcgis_tile"),
    ]
