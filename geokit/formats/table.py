"""The formats that can be imported: one row says all that sets a format apart, everything else reads this table.

The list of GDAL's drivers, what an upload accepts, the check of first bytes, the helps of page and command come from
here. A format that GDAL reads needs a row and a test; one that we read ourselves a reader besides (`readers.factory`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geokit.formats import signatures
from geokit.refusal import BadInput
from geokit.wording import gettext as _


@dataclass(frozen=True, slots=True)
class Format:
    """One format, whose data lie in a single file unless it is the shapefile or the GeoTIFF."""

    driver: str
    """GDAL's name for it; our own where GDAL does not read it."""
    title: str
    """What people call it."""
    suffixes: tuple[str, ...]
    has_signature: Callable[[bytes], bool]
    """Whether the first 64 KiB of its main file are of this format."""
    inspect: Callable[[Path], None] | None = None
    """Looks through the whole file and raises BadInput for what is dangerous in it."""
    gdal_drivers: tuple[str, ...] = ()
    """What GDAL must keep to read it."""
    lists_layers: bool = False
    """Whether a file can hold several layers that GDAL lists."""
    is_wgs84: bool = False
    """Whether the format knows no other CRS than WGS 84."""
    engine_fields: frozenset[str] = frozenset()
    """Columns that GDAL adds or that hold no data of people's."""


SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst")
WORLD_FILES = (".tfw", ".tifw", ".wld")
SHAPEFILE = Format(
    "ESRI Shapefile", "Shapefile", (".shp",), signatures.is_shapefile,
    gdal_drivers=("ESRI Shapefile",),
)  # fmt: skip
GEOTIFF = Format("GTiff", "GeoTIFF", (".tif", ".tiff"), signatures.is_tiff)
SINGLE_FILE_FORMATS = (
    Format(
        "GPKG", "GeoPackage", (".gpkg",), signatures.is_sqlite, signatures.check_geopackage,
        gdal_drivers=("GPKG",), lists_layers=True,
    ),
    Format(
        "GeoJSON", "GeoJSON", (".geojson", ".json"), signatures.is_geojson, signatures.check_geojson,
        gdal_drivers=("GeoJSON",),
    ),
    Format("FlatGeobuf", "FlatGeobuf", (".fgb",), signatures.is_flatgeobuf, gdal_drivers=("FlatGeobuf",)),
    Format(
        "KML", "KML/KMZ", (".kml",), signatures.has_root(b"kml"), signatures.check_xml_file,
        gdal_drivers=("KML", "LIBKML"), lists_layers=True, is_wgs84=True,
        engine_fields=frozenset({
            "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon",
        }),
    ),
    Format(
        "GPX", "GPX", (".gpx",), signatures.has_root(b"gpx"), signatures.check_xml_file,
        gdal_drivers=("GPX",), lists_layers=True, is_wgs84=True,
        engine_fields=frozenset({
            "magvar", "geoidheight", "fix", "sat", "hdop", "vdop", "pdop", "ageofdgpsdata", "dgpsid", "link1_text",
            "link1_type", "link2_href", "link2_text", "link2_type",
        }),
    ),
    Format("DXF", "DXF", (".dxf",), signatures.is_dxf, gdal_drivers=("DXF",)),
    Format("CSV", "CSV", (".csv",), signatures.is_text_table, gdal_drivers=("CSV",)),
    Format("XLSX", "XLSX", (".xlsx", ".xls"), signatures.is_workbook),
)  # fmt: skip
NOT_READ = {
    ".gdb": "FileGDB", ".tab": "MapInfo", ".mif": "MapInfo", ".dwg": "DWG", ".rar": "RAR", ".7z": "7z", ".gml": "GML",
}  # fmt: skip
"""Suffixes that people send and that are refused by the format's name."""
ARCHIVES = (".zip", ".kmz")
NOTES = frozenset({".json", ".gpx", ".dxf", ".xlsx", ".xls"})
"""Files that describe the GeoTIFF beside which they lie in a zip, and do not make it a source of vectors."""

FORMATS = (SHAPEFILE, *SINGLE_FILE_FORMATS, GEOTIFF)
BY_DRIVER = {item.driver: item for item in FORMATS}
SINGLE_FILES = {suffix: item.driver for item in SINGLE_FILE_FORMATS for suffix in item.suffixes}
RASTERS = GEOTIFF.suffixes
VECTOR_SUFFIXES = frozenset((*SHAPEFILE.suffixes, *SINGLE_FILES)) - NOTES
UPLOAD_SUFFIXES = (*ARCHIVES, *SINGLE_FILES, *RASTERS)
"""What one uploaded file may be; parts of a shapefile come together or in a zip."""
GDAL_DRIVERS = frozenset({"MEM", *(driver for item in FORMATS for driver in item.gdal_drivers)})


def check_signature(driver: str, path: Path) -> None:
    """Refuse `source-unreadable`, or a code that says more, where `path` is no file for `driver`."""
    found = BY_DRIVER[driver]
    with path.open("rb") as file:
        head = file.read(signatures.HEAD)
    if not found.has_signature(head):
        named = {"driver": driver, "suffix": path.suffix}
        raise BadInput(
            _("文件内容不是 %(driver)s，与扩展名 %(suffix)s 不符。请确认文件没有改名，或请对方重新导出。") % named,
            code="source-unreadable",
        )
    if found.inspect is not None:
        found.inspect(path)


def titles() -> str:
    """Return the names of all formats for a sentence: `Shapefile、GeoPackage、…`."""
    return _("、").join(item.title for item in FORMATS)
