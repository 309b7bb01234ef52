"""The formats that can be imported: one row says all that sets a format apart, everything else reads this table.

The list of GDAL's drivers, what an upload accepts, the check of first bytes, the helps of page and command come from
here. A format that GDAL reads needs a row and a test; one that we read ourselves a reader besides (`readers.factory`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geokit.formats import signatures
from geokit.refusal import BadInput
from geokit.wording import gettext as _
from geokit.wording import gettext_noop


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
    prefix: str = ""
    """Before a path it makes GDAL take this driver whatever else the content might be."""
    options: Mapping[str, str] = field(default_factory=dict)
    """How GDAL opens it."""
    is_untyped: bool = False
    """Whether all values are texts whose kinds are told by looking at each: `0012` is no number."""
    is_degrees: bool = False
    """Whether coordinates that look like degrees are WGS 84 where the file says nothing."""


SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst")
WORLD_FILES = (".tfw", ".tifw", ".wld")
SHAPEFILE = Format(
    "ESRI Shapefile", "Shapefile", (".shp",), signatures.is_shapefile,
    gdal_drivers=("ESRI Shapefile",),
)  # fmt: skip
TAB_PARTS = (".tab", ".dat", ".map", ".id", ".ind")
MIF_PARTS = (".mif", ".mid")
MAPINFO = Format(
    "MapInfo File", "MapInfo TAB/MIF", (".tab", ".mif"), signatures.is_mapinfo, gdal_drivers=("MapInfo File",)
)
FILE_GEODATABASE = Format(
    "OpenFileGDB", "FileGDB", (".gdb",), lambda _head: True, gdal_drivers=("OpenFileGDB",), lists_layers=True
)
GEOTIFF = Format("GTiff", "GeoTIFF", (".tif", ".tiff"), signatures.is_tiff)
SINGLE_FILE_FORMATS = (
    Format(
        "GPKG", "GeoPackage", (".gpkg",), signatures.is_sqlite, signatures.check_geopackage,
        gdal_drivers=("GPKG",), lists_layers=True,
    ),
    Format(
        "GeoJSON", "GeoJSON", (".geojson", ".json"), signatures.is_geojson, signatures.check_geojson,
        gdal_drivers=("GeoJSON",), prefix="GeoJSON:",
    ),
    Format(
        "TopoJSON", "TopoJSON", (".topojson",), signatures.is_topojson, gdal_drivers=("TopoJSON",),
        lists_layers=True, prefix="TopoJSON:", is_degrees=True,
    ),
    Format(
        "ESRIJSON", "Esri JSON", (".esrijson",), signatures.is_esri_json, gdal_drivers=("ESRIJSON",),
        prefix="ESRIJSON:",
    ),
    Format("GeoJSONSeq", "GeoJSONSeq", (".geojsonl", ".geojsons", ".ndjson", ".jsonl"), signatures.is_json_lines),
    Format(
        "GML", "GML", (".gml",), signatures.is_xml, signatures.check_xml_file, gdal_drivers=("GML",),
        lists_layers=True, is_untyped=True,
        engine_fields=frozenset({"lowerCorner", "upperCorner"}),
        options={"DOWNLOAD_SCHEMA": "NO", "WRITE_GFS": "NO", "GFS_TEMPLATE": "", "REGISTRY": "none.xml"},
    ),
    Format(
        "SQLite", "SpatiaLite", (".sqlite", ".sqlite3", ".db"), signatures.is_sqlite, signatures.check_spatialite,
        gdal_drivers=("SQLite",), lists_layers=True, options={"LIST_ALL_TABLES": "NO"},
    ),
    Format("Parquet", "GeoParquet", (".parquet", ".geoparquet"), signatures.is_parquet),
    Format("FlatGeobuf", "FlatGeobuf", (".fgb",), signatures.is_flatgeobuf, gdal_drivers=("FlatGeobuf",)),
    Format(
        "KML", "KML/KMZ/OVKML", (".kml", ".ovkml"), signatures.has_root(b"kml"), signatures.check_xml_file,
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
    Format("CSV", "CSV", (".csv", ".tsv"), signatures.is_text_table, gdal_drivers=("CSV",)),
    Format("XLSX", "XLSX/ODS/ET", (".xlsx", ".xls", ".et", ".ods"), signatures.is_workbook),
    Format("CASS", "CASS .dat", (".dat",), signatures.is_text_table),
    Format("BOUNDARY", gettext_noop("勘测定界 .txt"), (".txt",), signatures.is_text_table),
)  # fmt: skip
_TO_EXCHANGE = gettext_noop("请先转换成 Shapefile（zip）、GeoPackage 或 GeoJSON")
NOT_READ = {
    ".dwg": ("DWG", gettext_noop("请在 CAD 中另存为 DXF（文本）")),
    ".dgn": ("DGN", gettext_noop("请在 CAD 中另存为 DXF（文本）")),
    ".vct": ("VCT", gettext_noop("请用国土或 GIS 软件转换成文件地理数据库（gdb 打成 zip）或 Shapefile")),
    ".mdb": ("MDB", gettext_noop("请在 ArcGIS 中转换成文件地理数据库（gdb 打成 zip）")),
    ".accdb": ("ACCDB", gettext_noop("请另存为 XLSX 或 CSV")),
    ".wt": ("MapGIS", _TO_EXCHANGE), ".wl": ("MapGIS", _TO_EXCHANGE), ".wp": ("MapGIS", _TO_EXCHANGE),
    ".udb": ("SuperMap", _TO_EXCHANGE), ".udbx": ("SuperMap", _TO_EXCHANGE), ".e00": ("E00", _TO_EXCHANGE),
    ".docx": ("Word", gettext_noop("请把表格另存为 XLSX")), ".pdf": ("PDF", gettext_noop("请向对方索取原始数据")),
}  # fmt: skip
"""Suffixes that people send and that are refused by the format's name, each with the way out."""
PACKED = {
    ".7z": ("7zip", "none"), ".rar": ("rar", "none"), ".tar": ("tar", "none"), ".tgz": ("tar", "gzip"),
    ".gz": ("tar", "gzip"), ".bz2": ("tar", "bzip2"), ".xz": ("tar", "xz"),
}  # fmt: skip
"""Archives that libarchive unpacks: its names of format and filter. Never `all`: some formats name other files."""
ARCHIVES = (".zip", ".kmz", ".ovkmz", *PACKED)
NOTES = frozenset({".json", ".gpx", ".dxf", ".xlsx", ".xls", ".et", ".ods", ".txt", ".dat", ".db", ".gml"})
"""Files that describe the GeoTIFF beside which they lie in a zip, and do not make it a source of vectors."""

FORMATS = (SHAPEFILE, FILE_GEODATABASE, MAPINFO, *SINGLE_FILE_FORMATS, GEOTIFF)
BY_DRIVER = {item.driver: item for item in FORMATS}
SINGLE_FILES = {suffix: item.driver for item in SINGLE_FILE_FORMATS for suffix in item.suffixes}
RASTERS = GEOTIFF.suffixes
VECTOR_SUFFIXES = frozenset((*SHAPEFILE.suffixes, *MAPINFO.suffixes, *SINGLE_FILES)) - NOTES
UPLOAD_SUFFIXES = (*ARCHIVES, *SINGLE_FILES, *MAPINFO.suffixes, *RASTERS)
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
    return _("、").join(_(item.title) for item in FORMATS)


def way_out(suffixes: Iterable[str]) -> str:
    """What to do about formats that are not read, or nothing where `suffixes` holds none of them."""
    known = {NOT_READ[suffix] for suffix in suffixes if suffix in NOT_READ}
    return "".join(_("暂不支持 %(name)s，%(way)s。") % {"name": name, "way": _(way)} for name, way in sorted(known))
