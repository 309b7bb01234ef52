"""What the form of an export offers."""

from typing import Any

from django.utils.translation import gettext_lazy

from layers.exporting.services import fitting_zones
from layers.exporting.shapefile_writer import ENCODINGS
from layers.storage.models import LayerVersion

FORMATS = {
    "gpkg": "GeoPackage",
    "zip": "Shapefile",
    "geojson": "GeoJSON",
    "fgb": "FlatGeobuf",
    "csv": "CSV",
    "pmtiles": "PMTiles",
}
CRS_NAMES = {"": "WGS 84", "EPSG:4490": "CGCS2000", "EPSG:3857": "Web Mercator"}
GAUSS_KRUGER = gettext_lazy("CGCS2000 3 度带（EPSG:%(code)s）")


def export_context(version: LayerVersion | None) -> dict[str, Any]:
    """What `layers/exporting/_form.html` offers: formats, CRSs (zones that fit the layer first), encodings."""
    zones = fitting_zones(version) if version else []
    fitting = [(f"EPSG:{code}", GAUSS_KRUGER % {"code": code}) for code in zones]
    names = list(CRS_NAMES.items())
    return {"formats": FORMATS, "export_crs": [*names[:2], *fitting, *names[2:]], "export_encodings": ENCODINGS}
