"""Read GeoParquet: a table of columns with a geometry as WKB and its CRS in the file's own description of it."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geokit.crs import systems as crs_tools
from geokit.readers import curves
from geokit.readers.arrow_batches import as_values
from geokit.records.rows import Batch, Field, Issue, convert_column
from geokit.records.source_layer import SourceLayer
from geokit.records.text_encoding import TextEncoding
from geokit.refusal import BadInput
from geokit.wording import gettext as _

UNREADABLE = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, AttributeError)
MOST_COLUMNS = 2_000
FARTHEST = 1e9
"""In any unit of any CRS."""


class ParquetReader:
    """A GeoParquet file opened for reading."""

    driver = "Parquet"

    def __init__(self, layer: SourceLayer, encoding: str | None = None, crs: str | None = None) -> None:
        self.layer, self.name = layer, layer.name
        self.encoding = TextEncoding("utf-8", "format")
        self.warnings: list[tuple[str, str]] = list(layer.warnings)
        try:
            self._file = pq.ParquetFile(layer.path)
            described = json.loads((self._file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
            self._geometry = str(described.get("primary_column") or "")
            self._about: dict[str, Any] = dict(described.get("columns", {}).get(self._geometry) or {})
            self._check()
            self._columns, self.fields = self._find_fields()
            kinds = [str(kind) for kind in self._about.get("geometry_types") or []]
        except UNREADABLE as error:
            raise self._unreadable() from error
        self.rows: int | None = self._file.metadata.num_rows
        self.dimensions = "Z" if any(kind.endswith(" Z") for kind in kinds) else ""
        self.geometry_type = kinds[0].removesuffix(" Z") if len(kinds) == 1 else "Unknown"
        self.crs = self._find_crs(crs)
        self.bounds = self._find_bounds()

    def _unreadable(self) -> BadInput:
        message = _("无法读取“%(name)s”：文件已损坏或格式不符。") % {"name": self.name}
        return BadInput(message, code="source-unreadable")

    def _check(self) -> None:
        names = self._file.schema_arrow.names
        if self._geometry not in names:
            message = _("“%(name)s”没有几何列，是一张普通表格。") % {"name": self.name}
            raise BadInput(message, code="no-geometry")
        if self._about.get("encoding") != "WKB" or len(names) > MOST_COLUMNS or len(set(names)) != len(names):
            message = _("“%s”的几何不是以 WKB 存放的，或者列名重复。请用 WKB 编码重新导出 GeoParquet。") % self.name
            raise BadInput(message, code="source-unreadable")

    def _find_fields(self) -> tuple[list[str], list[Field]]:
        columns, fields = [], []
        boxes = {str(paths[0]) for paths in (self._about.get("covering", {}).get("bbox") or {}).values() if paths}
        for item in self._file.schema_arrow:
            if item.name == self._geometry or item.name in boxes:
                continue
            kind = kind_of(item.type)
            if kind is None:
                message = _("字段“%(field)s”是二进制内容，没有导入。") % {"field": item.name}
                self.warnings.append(("field-dropped", message))
                continue
            columns.append(item.name)
            fields.append(Field(item.name, kind))
        return columns, fields

    def _find_crs(self, asked: str | None) -> crs_tools.SourceCrs | None:
        if asked:
            return crs_tools.from_user(asked)
        if "crs" not in self._about:
            return crs_tools.SourceCrs(CRS.from_epsg(4326), 4326, "format")  # what the standard says of silence
        said = self._about["crs"]
        if said is None:
            return None
        try:
            return crs_tools.from_wkt(CRS.from_json_dict(said).to_wkt(), "file")
        except (CRSError, BadInput, TypeError, AttributeError):
            message = _("坐标系说明（.prj）无法识别，请指明坐标系（如 EPSG:4549）。")
            self.warnings.append(("crs-unreadable", message))
            return None

    def _find_bounds(self) -> crs_tools.Bounds | None:
        """The box that the file states, else that of its rows."""
        box = self._about.get("bbox")
        if isinstance(box, list) and len(box) in (4, 6) and all(map(_is_edge, box)):
            west, south, east, north = (float(box[i]) for i in ((0, 1, 2, 3) if len(box) == 4 else (0, 1, 3, 4)))
            return (west, south, east, north)
        found = [edges for batch in self._tables(20_000, [self._geometry]) if (edges := _edges(batch)) is not None]
        if not found:
            return None
        low, high = np.min(found, axis=0), np.max(found, axis=0)
        return (float(low[0]), float(low[1]), float(high[2]), float(high[3]))

    def _tables(self, size: int, columns: list[str]) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._file.iter_batches(batch_size=size, columns=columns)
        except UNREADABLE as error:
            message = _("读取“%(name)s”的内容时出错，文件可能已损坏。") % {"name": self.name}
            raise BadInput(message, code="source-unreadable") from error

    def batches(self, size: int) -> Iterator[Batch]:
        first = 1
        for table in self._tables(size, [*self._columns, self._geometry]):
            yield self._batch(table, first)
            first += table.num_rows

    def _batch(self, table: pa.RecordBatch, first: int) -> Batch:
        issues: list[Issue] = []
        geometry, curved = curves.read_wkb(_wkb(table.column(table.schema.get_field_index(self._geometry))))
        issues.extend(curves.told(curved, first))
        columns = []
        for name, item in zip(self._columns, self.fields, strict=True):
            values = _values(table.column(table.schema.get_field_index(name)))
            columns.append(convert_column(values, item, first, issues))
        return Batch(first, geometry, columns, issues)


def kind_of(kind: pa.DataType) -> str | None:
    """The kind of column for an Arrow type; None for bytes, which are not imported."""
    if pa.types.is_dictionary(kind):
        return kind_of(kind.value_type)
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        small = kind.bit_width < 32 or kind == pa.int32()
        return "integer" if small else "text" if kind == pa.uint64() else "bigint"
    if pa.types.is_floating(kind):
        return "double"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "datetime"
    binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    return None if binary else "text"


def _values(column: pa.Array) -> list[Any]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _values(column.dictionary_decode())
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return as_values(column)
    found: list[Any] = column.to_pylist()
    return found


def _wkb(column: pa.Array) -> np.ndarray:
    held = np.empty(len(column), object)
    held[:] = column.to_pylist()
    return held


def _is_edge(value: Any) -> bool:
    """Whether a file's word for an edge is a number that one can be; programs write NaN where there are no rows."""
    return isinstance(value, int | float) and abs(value) < FARTHEST


def _edges(table: pa.RecordBatch) -> np.ndarray | None:
    box = shapely.total_bounds(curves.read_wkb(_wkb(table.column(0)))[0])
    return box if np.isfinite(box).all() else None
