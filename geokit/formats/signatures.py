"""Whether a file is what its suffix says, by its own bytes, before any library opens it."""

import codecs
import re
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from geokit.records.text_encoding import utf16_without_mark
from geokit.refusal import BadInput
from geokit.wording import gettext as _

HEAD = 64 * 1024
CHUNK = 1024 * 1024
DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([^\"']{1,40})", re.IGNORECASE)
# Encodings in which "<!DOCTYPE" is spelled with the bytes of ASCII (UTF-16 only has zeros between them).
PLAIN_ENCODINGS = {
    b"utf-8", b"utf8", b"utf-16", b"utf-16le", b"utf-16be", b"us-ascii", b"ascii", b"gb2312", b"gbk", b"gb18030",
    b"big5", b"iso-8859-1", b"latin1", b"windows-1252", b"windows-936",
}  # fmt: skip
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CRS_LINK = re.compile(rb'"crs"\s*:\s*\{[^{}]*(\{[^{}]*\}[^{}]*)?"type"\s*:\s*"(link|url)"', re.IGNORECASE)
# A comment is two lines. Each pattern can divide a text in one way only, so that it is looked through once.
DXF_START = re.compile(rb"\s*+(?:999[ \t]*\r?\n[^\r\n]*\r?\n\s*+)*+0[ \t]*\r?\n\s*+SECTION\b")
SPATIALITE_FUNCTIONS = re.compile(
    r"\b(ogr_|gdal_|load_extension|readfile|writefile|fts3_tokenizer|eval\s*\()", re.IGNORECASE
)
TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')
GEOJSON_TYPE = re.compile(
    rb'"type"\s*:\s*"(Feature|FeatureCollection|GeometryCollection|(Multi)?(Point|LineString|Polygon))"'
)
ESRI_WORDS = re.compile(rb'"(geometryType"\s*:\s*"esriGeometry|rings"|paths"|wkid"|attributes")')
MAPINFO_START = re.compile(rb"\s*+(!table\b|Version\s+\d)", re.IGNORECASE)
OTHER_XML = re.compile(rb"<([\w.-]+:)?(kml|gpx|OGRVRTDataSource)[\s>/]")
GML_NAMESPACE = b"http://www.opengis.net/gml"
VIRTUAL_TABLE = re.compile(
    r"""CREATE VIRTUAL TABLE\s+(?:"(?:[^"]|"")+"|'(?:[^']|'')+'|\w+)\s+USING\s+["']?(\w+)""", re.IGNORECASE
)
"""As SQLite itself writes it down; another wording was put there by hand."""
PLAIN_SQL = re.compile(r"CREATE\s+(TABLE|INDEX|UNIQUE\s+INDEX|VIEW|TRIGGER)\s", re.IGNORECASE)
OF_GEOPACKAGE = frozenset({"rtree", "fts3", "fts4", "fts5"})
OF_SPATIALITE = OF_GEOPACKAGE | {"virtualspatialindex", "virtualelementary", "virtualknn", "virtualknn2"}


def is_sqlite(head: bytes) -> bool:
    return head.startswith(b"SQLite format 3\0")


def is_flatgeobuf(head: bytes) -> bool:
    return head.startswith(b"fgb")


def is_dxf(head: bytes) -> bool:
    return DXF_START.match(head.removeprefix(codecs.BOM_UTF8)) is not None


def is_workbook(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", OLE))


def is_tiff(head: bytes) -> bool:
    return head.startswith(TIFF)


def is_shapefile(head: bytes) -> bool:
    """Whether a `.shp` begins with its file code 9994, big-endian."""
    return head.startswith(b"\0\0\x27\x0a")


def is_old_workbook(path: Path) -> bool:
    """Whether an Excel file is of the kind before 2007 (or locked with a password), which is no zip."""
    with path.open("rb") as file:
        return file.read(len(OLE)) == OLE


def _text(head: bytes) -> bytes:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")


def _json_text(head: bytes) -> bytes:
    text = _text(head.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE).replace(b"\0", b""))
    return text if text.startswith(b"{") and b"gdal_streamed_alg" not in head else b""


def is_topojson(head: bytes) -> bool:
    return TOPOLOGY.search(_json_text(head)) is not None


def is_esri_json(head: bytes) -> bool:
    """Whether a JSON has what ArcGIS writes and GeoJSON has not."""
    text = _json_text(head)
    return bool(text) and GEOJSON_TYPE.search(text) is None and ESRI_WORDS.search(text) is not None


def is_geojson(head: bytes) -> bool:
    return bool(_json_text(head)) and not is_topojson(head) and not is_esri_json(head)


def is_json_lines(head: bytes) -> bool:
    """One GeoJSON object a line, with or without the record separator (RFC 8142) before each."""
    return _text(head).lstrip(b"\x1e \t\r\n").startswith(b"{") and b"gdal_streamed_alg" not in head


def is_parquet(head: bytes) -> bool:
    return head.startswith(b"PAR1")


def is_mapinfo(head: bytes) -> bool:
    """A `.tab` or a `.mif`: both begin with a word on their version."""
    return MAPINFO_START.match(head.removeprefix(codecs.BOM_UTF8)) is not None


def is_xml(head: bytes) -> bool:
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return text.startswith(b"<") and GML_NAMESPACE in text and not OTHER_XML.search(text)


def is_text_table(head: bytes) -> bool:
    # Every other byte of such a text is zero.
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or bool(utf16_without_mark(head))
    return not _text(head).startswith((b"<", b"{", b"PK\x03\x04", b"%PDF", OLE)) and (wide or b"\0" not in head)


def has_root(*names: bytes) -> Callable[[bytes], bool]:
    """A test for XML with one of these elements near its beginning."""
    root = re.compile(rb"<([\w.-]+:)?(" + b"|".join(names) + rb")[\s>/]")

    def looks(head: bytes) -> bool:
        text = head.replace(b"\0", b"")
        return text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and bool(root.search(text))

    return looks


def check_xml(chunks: Iterable[bytes], name: str) -> None:
    """Refuse DOCTYPE and entities, the ways in which an XML reaches other files or grows without end.

    `chunks` is the whole file in pieces. UTF-16 is looked through by leaving out its zeros.
    """
    tail = b""
    for number, chunk in enumerate(chunks):
        text = tail + chunk.replace(b"\0", b"")
        said = XML_ENCODING.search(text[:1000]) if number == 0 else None
        if said and said[1].lower() not in PLAIN_ENCODINGS:
            wrong = {"name": name, "encoding": said[1].decode("ascii", "replace")}
            raise BadInput(
                _("“%(name)s”写明的编码 %(encoding)s 不受支持，请另存为 UTF-8。") % wrong, code="source-unreadable"
            )
        if DOCTYPE.search(text):
            raise BadInput(
                _("“%(name)s”中含有 DOCTYPE 或实体定义，出于安全已拒绝。请重新导出，不要带这些定义。") % {"name": name},
                code="xml-entities",
            )
        tail = text[-64:]


def check_xml_file(path: Path) -> None:
    with path.open("rb") as file:
        check_xml(iter(lambda: file.read(CHUNK), b""), path.name)


def check_geojson(path: Path) -> None:
    """A CRS given as an address would be fetched from there."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            chunk = chunk.replace(b"\0", b"")  # of UTF-16
            if CRS_LINK.search(tail + chunk):
                raise BadInput(
                    _("GeoJSON 的坐标系写成了一个网址，出于安全不会去取。请删掉 crs 一项，并在导入时指明坐标系。"),
                    code="crs-link",
                )
            tail = chunk[-1000:]


def check_geopackage(path: Path) -> None:
    """Refuse what a GeoPackage needs only to reach outside itself: foreign virtual tables, file functions in SQL."""
    _check_database(path, "GeoPackage", "gpkg_contents", OF_GEOPACKAGE)


def check_spatialite(path: Path) -> None:
    """The same of a SpatiaLite database, which has virtual tables of its own for its indexes."""
    _check_database(path, "SpatiaLite", "geometry_columns", OF_SPATIALITE)


def _is_harmless(sql: str, modules: frozenset[str]) -> bool:
    """Tell whether a statement of the schema makes nothing but what SQLite keeps itself, or a known virtual table."""
    if (virtual := VIRTUAL_TABLE.match(sql)) is not None:
        return virtual[1].lower() in modules
    return not sql or PLAIN_SQL.match(sql) is not None


def _check_database(path: Path, title: str, needed: str, allowed: frozenset[str]) -> None:
    try:
        with sqlite3.connect(f"file:{path.resolve()}?mode=ro", uri=True) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            found = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
        connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise BadInput(_("%s 已损坏，无法打开。请重新导出。") % title, code="source-unreadable") from error
    if needed not in {str(name).lower() for _kind, name, _sql in found}:
        raise BadInput(_("这个 SQLite 文件不是 %s。请重新导出。") % title, code="source-unreadable")
    for _kind, name, sql in found:
        if not _is_harmless(sql, allowed) or SPATIALITE_FUNCTIONS.search(sql):
            message = _("%(title)s 里的“%(name)s”会读取别的文件，出于安全已拒绝。请只导出需要的图层。")
            raise BadInput(message % {"title": title, "name": str(name)[:80]}, code="gpkg-unsafe")
