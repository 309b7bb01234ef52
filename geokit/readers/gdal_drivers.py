"""GDAL with the doors shut: only the drivers we read and write, and no way to the network.

GDAL picks a driver by a file's content. Some drivers (VRT, GDALG, WFS, HTTP and others) open further paths or addresses
that the file names, and the GeoJSON driver fetches a CRS from an address that the file gives. So whatever the
table of formats does not name is taken away from this process, and GDAL's web requests are sent where nobody answers.

Imported for its effect by every module here that uses pyogrio, which carries a GDAL of its own.
"""

import pyogrio
from pyogrio import _ogr

from geokit.formats.table import GDAL_DRIVERS

NOBODY = "http://127.0.0.1:9"  # the discard port: refused at once
OPTIONS = {
    "GDAL_HTTP_PROXY": NOBODY,
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    # SQLite functions of GDAL that would load other files from inside a view or trigger.
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "OGR_SQLITE_STATIC_VIRTUAL_OGR": "NO",
    "OGR_SQLITE_LIST_VIRTUAL_OGR": "NO",
    # geokit.readers.dxf_reader turns the file into UTF-8 beforehand, whatever its header says.
    "DXF_ENCODING": "UTF-8",
    "DXF_MERGE_BLOCK_GEOMETRIES": "FALSE",
    # Without its schema a GML has only texts; GDAL would take the zeros from codes, and follow its links.
    "GML_FIELDTYPES": "ALWAYS_STRING",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
}


def shut_doors() -> None:
    """Take away every driver that the table of formats does not name. Safe to call again."""
    others = sorted(set(pyogrio.list_drivers()) - GDAL_DRIVERS)
    pyogrio.set_gdal_config_options({**OPTIONS, "GDAL_SKIP": ",".join(others)} if others else OPTIONS)
    if others:
        # GDAL looks at GDAL_SKIP while it registers drivers, which pyogrio has done on being imported.
        _ogr._register_drivers()


shut_doors()
