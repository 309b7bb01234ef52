"""Read a layer with GDAL (pyogrio) in batches, decoding DBF text ourselves.

A shapefile is opened as ISO-8859-1, which loses no byte; each value is then decoded with the encoding
that was chosen, so that one bad value costs its row and not the file.
"""

import contextlib
import warnings as python_warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from pyproj import CRS

from geokit.crs import systems as crs_tools
from geokit.formats.table import BY_DRIVER
from geokit.readers import curves, gdal_drivers  # noqa: F401 - shuts GDAL's doors
from geokit.readers.arrow_batches import NoGeometry, Piece, read_pieces
from geokit.readers.csv_reader import TextGuess
from geokit.readers.dbf_columns import ShapeTable
from geokit.readers.geojson_crs import declared_code
from geokit.readers.shapefile import M_TYPES, MULTIPATCH, Z_TYPES, index_count, shape_type
from geokit.readers.short_lines import whole_parts
from geokit.readers.sqlite_numbers import Numbers
from geokit.records.rows import EXACT, Batch, Field, Issue, convert_column
from geokit.records.source_layer import SourceLayer
from geokit.records.text_encoding import TextEncoding, decode, detect, read_dbf_header
from geokit.refusal import BadInput
from geokit.wording import gettext as _

LOSSLESS = "ISO-8859-1"
GUESSED_AT_ONCE = 20_000
LOOKED_AT = 1_000
SQLITE = ("GPKG", "SQLite")
MIXED = (*SQLITE, "FlatGeobuf", "OpenFileGDB")
"""Formats whose layers may be of any kind of geometry, and whose first rows are read without the others."""
LONGEST = 1e21
"""From where on people write powers of ten."""
TURN = 360
"""Degrees. What lies further is in no geographic CRS, whichever way round its axes are."""
LOST = -1  # the id of a row that GDAL does not give
UNREADABLE = (
    DataSourceError, DataLayerError, FeatureError, UnicodeDecodeError, RuntimeError, OSError, pa.ArrowException,
)  # fmt: skip
OGR_KINDS = {
    "OFTInteger": "integer",
    "OFTInteger64": "bigint",
    "OFTReal": "double",
    "OFTString": "text",
    "OFTDate": "date",
    "OFTDateTime": "datetime",
    "OFTTime": "text",
    "OFTStringList": "text",
    "OFTIntegerList": "text",
    "OFTInteger64List": "text",
    "OFTRealList": "text",
}


class OgrReader:
    """A layer of any GDAL format of the allow-list."""

    def __init__(self, layer: SourceLayer, encoding: str | None = None, crs: str | None = None) -> None:
        self.layer = layer
        self.driver = layer.driver
        self._format = BY_DRIVER[layer.driver]
        self.name = layer.name
        self.warnings: list[tuple[str, str]] = list(layer.warnings)
        self._is_shapefile = layer.driver == "ESRI Shapefile"
        self._path = f"{self._format.prefix}{layer.path}"
        has_table = self._is_shapefile and ".dbf" in layer.parts
        self._dbf = read_dbf_header(layer.parts[".dbf"], layer.name) if has_table else None
        self.encoding = self._find_encoding(encoding)
        self._info = self._read_info()
        self.rows = self._count_rows()
        names = [str(name) for name in self._info["fields"]]
        self._table = ShapeTable(self._dbf, self.encoding.name, names) if self._dbf else None
        self._columns, self.fields = self._find_fields()
        self._numbers = self._find_numbers()
        self.geometry_type = str(self._info["geometry_type"] or "Unknown")
        self.dimensions = self._find_dimensions()
        self.crs = self._find_crs(crs)
        self.bounds = self._find_bounds()
        if self._format.is_untyped:
            self.fields = self._told_by_values()

    def _read_info(self) -> dict[str, Any]:
        try:
            with python_warnings.catch_warnings():
                python_warnings.simplefilter("ignore")
                info: dict[str, Any] = pyogrio.read_info(
                    self._path, layer=self.layer.inner, encoding=self._ogr_encoding, force_total_bounds=True,
                    **self._format.options,
                )  # fmt: skip
                return info
        except (*UNREADABLE, IndexError) as error:
            raise BadInput(
                _("无法读取“%(name)s”：文件已损坏或格式不符。") % {"name": self.name}, code="source-unreadable"
            ) from error

    @property
    def _ogr_encoding(self) -> str | None:
        return LOSSLESS if self._is_shapefile else None

    def _find_encoding(self, asked: str | None) -> TextEncoding:
        if self._dbf is None:
            return TextEncoding("utf-8", "format")
        found = detect(self._dbf, self.layer.cpg, asked)
        self.warnings.extend(found.warnings)
        return found

    def _count_rows(self) -> int | None:
        if self._is_shapefile:
            return index_count(self.layer.parts[".shx"])
        count = int(self._info["features"])
        return count if count >= 0 else None

    def _find_fields(self) -> tuple[list[str], list[Field]]:
        """GDAL's column names and our fields; engine columns and binary ones are left out."""
        columns, fields = [], []
        hidden = self._format.engine_fields
        widths = dict(zip(self._info["fields"], self._info["ogr_types"], strict=True))
        subtypes = dict(zip(self._info["fields"], self._info["ogr_subtypes"], strict=True))
        for column, kind in widths.items():
            if column in hidden:
                continue
            name = self._name(column)
            if kind not in OGR_KINDS:
                self.warnings.append(("field-dropped", _("字段“%(field)s”是二进制内容，没有导入。") % {"field": name}))
                continue
            columns.append(column)
            found = "boolean" if subtypes[column] == "OFSTBoolean" else OGR_KINDS[kind]
            exact = self._table.kind(column) if self._table else None
            fields.append(Field(name, exact or found))
        return columns, fields

    def _find_numbers(self) -> Numbers | None:
        """Where GDAL reads a number that is none as 0."""
        if self.driver not in SQLITE:
            return None
        kinds = [field.kind for field in self.fields]
        return Numbers(self.layer.path, self.layer.inner or self.name, zip(self._columns, kinds, strict=True))

    def _told_by_values(self) -> list[Field]:
        """The fields with the kinds that all of their texts allow."""
        guesses = [TextGuess() for _field in self.fields]
        for piece in self._streamed(GUESSED_AT_ONCE):
            for guess, values in zip(guesses, piece.columns, strict=True):
                for value in filter(None, values):
                    guess.look(str(value))
        return [
            Field(field.name, guess.kind if field.kind == "text" else field.kind)
            for field, guess in zip(self.fields, guesses, strict=True)
        ]

    def _name(self, column: str) -> str:
        return self._table.name(column) if self._table else self.layer.field_names.get(column, column)

    def _find_dimensions(self) -> str:
        """`Z`, `M`, `ZM` or nothing: what the source has beyond x and y."""
        name = self.geometry_type
        if self._is_shapefile:
            number = shape_type(self.layer.parts[".shp"])
            # A Z shapefile may hold measures too; GDAL then says so in the type's name.
            has_z = number in Z_TYPES or number == MULTIPATCH
            has_m = number in M_TYPES or (has_z and name.endswith("ZM"))
        else:
            has_z = " Z" in name or name.startswith("2.5D")
            has_m = name.startswith("Measured") or name.endswith("M")
        if self._info["geometry_type"] and self.driver in MIXED and "Unknown" in name:
            has_z, has_m = self._looked_up()
        return "Z" * has_z + "M" * has_m

    def _looked_up(self) -> tuple[bool, bool]:
        """Whether the first rows have heights and measures; a layer of any kind of geometry does not say."""
        with contextlib.suppress(BadInput):  # the rows say so themselves
            for piece in self._streamed(LOOKED_AT):
                geometry, _curved = curves.read_wkb(piece.wkb)
                return bool(shapely.has_z(geometry).any()), bool(shapely.has_m(geometry).any())
        return False, False

    def _find_crs(self, asked: str | None) -> crs_tools.SourceCrs | None:
        if asked:
            return crs_tools.from_user(asked)
        if self._format.is_wgs84:
            return crs_tools.SourceCrs(CRS.from_epsg(4326), 4326, "format")
        text = self.layer.prj if self._is_shapefile else self._info["crs"]
        if not text:
            return self._assumed()
        if self.driver == "GeoJSON" and not self._is_geojson_crs():
            return None
        found_in = "prj" if self._is_shapefile else ("format" if self.driver == "GeoJSON" else "file")
        if str(text).upper().startswith("EPSG:"):
            found = crs_tools.from_user(str(text))
            return crs_tools.SourceCrs(found.crs, found.epsg, found_in)
        try:
            return crs_tools.from_wkt(str(text), found_in)
        except BadInput as refusal:
            self.warnings.append((refusal.code, refusal.message))
            return None

    def _is_geojson_crs(self) -> bool:
        """Whether GDAL's CRS of a GeoJSON can be: it takes WGS 84 where none is said, and where it knows none such."""
        code = declared_code(self.layer.path)
        if code and crs_tools.from_srid(code) is None:
            self.warnings.append(("crs-unreadable", _("文件写明的坐标系 EPSG:%d 无法识别。") % code))
            return False
        bounds = self._find_bounds()
        return bool(code) or bounds is None or max(map(abs, bounds)) <= TURN

    def _assumed(self) -> crs_tools.SourceCrs | None:
        """Degrees of a format whose files say nothing of their CRS."""
        bounds = self._find_bounds() if self._format.is_degrees else None
        if bounds is None or max(map(abs, bounds)) > 180:
            return None
        self.warnings.append(("crs-assumed", _("文件没有写明坐标系，数值像经纬度，按 WGS 84 读取，请在地图上核对。")))
        return crs_tools.SourceCrs(CRS.from_epsg(4326), 4326, "assumed")

    def _find_bounds(self) -> crs_tools.Bounds | None:
        bounds = self._info["total_bounds"]
        if bounds is None or not np.all(np.isfinite(bounds)):
            return None
        return tuple(float(value) for value in bounds)  # type: ignore[return-value]

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield every row. A row that GDAL cannot give is an issue, never a gap."""
        start = 0
        for piece in self._streamed(size):
            if self._is_shapefile:
                piece = self._placed(piece, start)
            yield self._batch(start, piece)
            start += len(piece.fids)
        if self._is_shapefile and start < (self.rows or 0):
            yield self._lost(start, (self.rows or 0) - start)

    def _streamed(self, size: int) -> Iterator[Piece]:
        try:
            options = {**self._format.options, **({"ENCODING": self._ogr_encoding} if self._ogr_encoding else {})}
            yield from read_pieces(self._path, self.layer.inner, options, self._columns, size)
        except NoGeometry:
            raise self._no_geometry() from None
        except UNREADABLE as error:
            raise self._unreadable() from error

    def _placed(self, piece: Piece, start: int) -> Piece:
        """Rows `start` .. of a shapefile, each at its own place: GDAL leaves out deleted ones."""
        size = int(piece.fids[-1]) + 1 - start
        found = piece.fids - start
        if len(found) == size:
            return piece
        fids, wkb = np.full(size, LOST), np.full(size, None, object)
        fids[found], wkb[found] = piece.fids, piece.wkb
        columns = []
        for values in piece.columns:
            column = np.full(size, None, object)
            column[found] = values
            columns.append(column.tolist())
        return Piece(fids, wkb, columns)

    def _lost(self, start: int, size: int) -> Batch:
        """The end of a shapefile whose last rows cannot be read."""
        nothing: list[list[Any]] = [[None] * size for _ in self.fields]
        return self._batch(start, Piece(np.full(size, LOST), np.full(size, None, object), nothing))

    def _batch(self, start: int, piece: Piece) -> Batch:
        issues: list[Issue] = []
        geometry = _from_wkb(piece.wkb, start + 1, issues)
        converted = []
        strange = self._numbers.strange(int(piece.fids.min()), int(piece.fids.max())) if self._numbers else {}
        for column, values, item in zip(self._columns, piece.columns, self.fields, strict=True):
            if column in strange:
                values = _without(strange[column], piece.fids, values, item, start + 1, issues)
            if self.driver == "GeoJSON" and item.kind == "double":
                issues += _rounded(values, item, start + 1)
            exact = self._as_written(column, values, item, start, issues)
            decoded = self._decoded(exact, item, start + 1, issues)
            converted.append(convert_column(decoded, item, start + 1, issues))
        for index in np.flatnonzero(piece.fids == LOST):
            reason = _("这一行已标记删除，或文件不完整而无法读出。")
            issues.append(Issue(start + int(index) + 1, "", "row-unreadable", reason))
        return Batch(start + 1, geometry, converted, issues)

    def _as_written(self, column: str, values: list[Any], item: Field, start: int, issues: list[Issue]) -> list[Any]:
        """A shapefile's column with what GDAL loses put right: digits of wide numbers, dates that are none."""
        if self._table is None:
            return values
        wide = self._table.wide_values(column, start, len(values))
        if wide is not None:
            return wide
        bad = self._table.bad_dates(column, start, len(values))
        values = list(values) if bad else values
        for row, text in bad:
            values[row - start] = None
            reason = _("字段“%(field)s”的值“%(value)s”不是日期（年月日八位数字）。") % {
                "field": item.name,
                "value": text,
            }
            issues.append(Issue(row + 1, item.name, "value-invalid", reason))
        return values

    def _unreadable(self) -> BadInput:
        return BadInput(
            _("读取“%(name)s”的内容时出错，文件可能已损坏。") % {"name": self.name}, code="source-unreadable"
        )

    def _no_geometry(self) -> BadInput:
        return BadInput(_("“%(name)s”没有几何列，是一张普通表格。") % {"name": self.name}, code="no-geometry")

    def _decoded(self, values: list[Any], item: Field, first_row: int, issues: list[Issue]) -> list[Any]:
        if not self._is_shapefile or item.kind != "text" or all(map(str.isascii, filter(None, values))):
            return values
        return [self._decoded_value(value, item, first_row + index, issues) for index, value in enumerate(values)]

    def _decoded_value(self, value: Any, item: Field, row: int, issues: list[Issue]) -> Any:
        if not isinstance(value, str) or value.isascii():
            return value
        raw = value.encode("latin-1")
        try:
            return decode(raw, self.encoding.name, len(raw))
        except UnicodeDecodeError:
            named = {"field": item.name, "encoding": self.encoding.name}
            reason = _("字段“%(field)s”的文字不是 %(encoding)s 编码，无法解读。") % named
            issues.append(Issue(row, item.name, "text-undecodable", reason))
            return None


def _without(
    strange: Mapping[int, str], fids: np.ndarray, values: list[Any], item: Field, first_row: int, issues: list[Issue]
) -> list[Any]:
    """The values, None where the file holds what is no such number; each is an issue."""
    values = list(values)
    for index, fid in enumerate(fids.tolist()):
        if fid in strange:
            values[index] = None
            named = {"field": item.name, "value": strange[fid]}
            reason = _("字段“%(field)s”是数字列，这一行的值“%(value)s”不是这样的数字。") % named
            issues.append(Issue(first_row + index, item.name, "value-invalid", reason))
    return values


def _rounded(values: list[Any], item: Field, first_row: int) -> list[Issue]:
    """Whole numbers among decimals that are too long for a double, which JSON itself has no bound for."""
    reason = _("字段“%s”的数字超过 15 位，末几位可能有出入。要保留每一位请按文字导出。") % item.name
    return [
        Issue(first_row + index, item.name, "value-rounded", reason, rejected=False)
        for index, value in enumerate(values)
        if value is not None and EXACT <= abs(value) < LONGEST
    ]


def _from_wkb(wkb: np.ndarray, first_row: int, issues: list[Issue]) -> np.ndarray:
    """Geometries, arcs as lines; a kind that has no planar form (TIN, multipatch) is an issue."""
    geometry, curved = curves.read_wkb(wkb)
    issues.extend(curves.told(curved, first_row))
    for index in np.flatnonzero(shapely.is_missing(geometry)):
        if wkb[index] is None:
            continue
        geometry[index] = whole_parts(wkb[index])
        if geometry[index] is not None:
            reason = _("线里只有一个点的段没有保留，其余各段已导入。")
            issues.append(Issue(first_row + int(index), "geom", "parts-left-out", reason, rejected=False))
        else:
            reason = _("三维表面或损坏的图形，无法转为平面图形。")
            issues.append(Issue(first_row + int(index), "geom", "geometry-unsupported", reason))
    return geometry
