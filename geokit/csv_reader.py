"""Read a CSV with coordinate columns or WKT.

Types are told from every value, not from a sample: a code such as `0012` stays text, a column is a
number only when all its values are. Empty cells are NULL.
"""

import codecs
import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geokit import crs as crs_tools
from geokit.encoding import CHINESE, TextEncoding, normalise
from geokit.refusal import BadInput
from geokit.rows import Batch, Field, Issue, convert_column
from geokit.sources import SourceLayer

LNG_NAMES = ("lng", "lon", "long", "longitude", "经度", "东经", "x_wgs84", "point_x")
LAT_NAMES = ("lat", "latitude", "纬度", "北纬", "y_wgs84", "point_y")
X_NAMES = ("x", "easting", "x坐标", "横坐标", "东坐标")
Y_NAMES = ("y", "northing", "y坐标", "纵坐标", "北坐标")
WKT_NAMES = ("wkt", "geom", "geometry", "the_geom", "wkt_geom", "geom_wkt", "几何")
DELIMITERS = ",;\t|"
INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
NUMBER = re.compile(r"-?(0|[1-9]\d*)?\.?\d+([eE][+-]?\d+)?")
DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")
GUARDED = re.compile(r"''*[=+\-@\t\r]")
csv.field_size_limit(16 * 1024 * 1024)  # a polygon's WKT is long


@dataclass(slots=True)
class _Guess:
    """Which kinds a column's values still allow."""

    integer: bool = True
    double: bool = True
    date: bool = True
    wide: bool = False
    seen: bool = False

    def look(self, value: str) -> None:
        self.seen = True
        if self.integer and not INTEGER.fullmatch(value):
            self.integer = False
        if self.integer and len(value) > 9 and abs(int(value)) >= 2**31:
            self.wide = True
        if self.double and not self.integer and (not NUMBER.fullmatch(value) or re.match(r"-?0\d", value)):
            self.double = False
        if self.date and not (DATE.fullmatch(value) and _is_date(value)):
            self.date = False

    @property
    def kind(self) -> str:
        if not self.seen:
            return "text"
        if self.integer:
            return "bigint" if self.wide else "integer"
        return "double" if self.double else "date" if self.date else "text"


def _is_date(value: str) -> bool:
    try:
        dt.date(*map(int, re.split("[-/]", value)))
    except ValueError:
        return False
    return True


def _normal_date(value: str) -> str:
    year, month, day = re.split("[-/]", value)
    return f"{year}-{int(month):02}-{int(day):02}"


@dataclass(slots=True)
class _Scan:
    """What one pass over the file tells."""

    rows: int = 0
    guesses: list[_Guess] = field(default_factory=list)
    bounds: crs_tools.Bounds | None = None
    wkt_kind: str = "Unknown"

    def reach(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if not all(np.isfinite((x0, y0, x1, y1))):
            return
        old = self.bounds or (x0, y0, x1, y1)
        self.bounds = (min(old[0], x0), min(old[1], y0), max(old[2], x1), max(old[3], y1))


class CsvReader:
    """A CSV opened for reading; the coordinate columns stay attributes too, WKT does not."""

    driver = "CSV"
    dimensions = ""

    def __init__(self, layer: SourceLayer, encoding: str | None = None, crs: str | None = None) -> None:
        self.layer = layer
        self.name = layer.name
        self.warnings: list[tuple[str, str]] = list(layer.warnings)
        self.encoding = _find_encoding(layer.path, encoding)
        self._delimiter = self._find_delimiter()
        self._header = self._read_header()
        self._wkt, self._x, self._y = self._find_geometry_columns()
        scan = self._scan()
        self.rows: int | None = scan.rows
        self._kept = [index for index in range(len(self._header)) if index != self._wkt]
        self.fields = [Field(self._header[index], scan.guesses[index].kind) for index in self._kept]
        self.bounds: crs_tools.Bounds | None = scan.bounds
        self.geometry_type = "Point" if self._wkt is None else scan.wkt_kind
        self.crs = self._find_crs(crs)

    def _open(self) -> Iterator[list[str]]:
        with self.layer.path.open(encoding=_codec(self.encoding.name), errors="replace", newline="") as file:
            try:
                yield from csv.reader(file, delimiter=self._delimiter)
            except csv.Error as error:
                raise BadInput(f"CSV 第 {error} 处无法解析，请检查引号是否成对。", code="csv-unreadable") from error

    def _find_delimiter(self) -> str:
        with self.layer.path.open(encoding=_codec(self.encoding.name), errors="replace") as file:
            line = file.readline()
        return max(DELIMITERS, key=line.count)

    def _read_header(self) -> list[str]:
        header = [name.strip() for name in next(self._open(), [])]
        if len(header) < 1 or not any(header):
            raise BadInput("CSV 没有表头行。", code="csv-no-header")
        return [name or f"列{index + 1}" for index, name in enumerate(header)]

    def _find_geometry_columns(self) -> tuple[int | None, int, int]:
        names = [name.lower() for name in self._header]
        for choices in (WKT_NAMES,):
            if found := [index for index, name in enumerate(names) if name in choices]:
                return found[0], -1, -1
        for east, north in ((LNG_NAMES, LAT_NAMES), (X_NAMES, Y_NAMES)):
            x = next((index for index, name in enumerate(names) if name in east), None)
            y = next((index for index, name in enumerate(names) if name in north), None)
            if x is not None and y is not None:
                return None, x, y
        columns = "、".join(self._header[:12])
        raise BadInput(
            f"CSV 里没有找到坐标列（lng/lat、经度/纬度、x/y）或 WKT 列。现有列：{columns}。", code="csv-no-coordinates"
        )

    def _scan(self) -> _Scan:
        scan = _Scan(guesses=[_Guess() for _ in self._header])
        for row in islice(self._open(), 1, None):
            if not any(row):
                continue
            scan.rows += 1
            for guess, value in zip(scan.guesses, row, strict=False):
                if text := value.strip():
                    guess.look(text)
            geometry = self._geometry(row)
            if geometry is not None and not isinstance(geometry, str) and not geometry.is_empty:
                scan.reach(*geometry.bounds)
                scan.wkt_kind = geometry.geom_type if scan.wkt_kind == "Unknown" else scan.wkt_kind
        return scan

    def _geometry(self, row: list[str]) -> Any:
        """The row's geometry, None where it has none, or a sentence saying why it cannot be read."""
        if self._wkt is not None:
            text = row[self._wkt].strip() if self._wkt < len(row) else ""
            if not text:
                return None
            found = shapely.from_wkt(
                text.partition(";")[2] if text.upper().startswith("SRID=") else text, on_invalid="ignore"
            )
            return found if found is not None else f"“{text[:60]}”不是有效的 WKT。"
        cells = [row[index].strip() if index < len(row) else "" for index in (self._x, self._y)]
        if not any(cells):
            return None
        try:
            return shapely.Point(*(float(cell) for cell in cells))
        except ValueError:
            return f"坐标“{cells[0]}, {cells[1]}”不是数字。"

    def _find_crs(self, asked: str | None) -> crs_tools.SourceCrs | None:
        if asked:
            return crs_tools.from_user(asked)
        degrees = self.bounds is not None and max(map(abs, self.bounds)) <= 180
        named = self._wkt is None and self._header[self._x].lower() in LNG_NAMES
        if not degrees:
            return None
        if not named:
            self.warnings.append(("crs-assumed", "文件没有写明坐标系，数值像经纬度，按 WGS 84 读取，请在地图上核对。"))
        return crs_tools.SourceCrs(crs_tools.CRS.from_epsg(4326), 4326, "columns" if named else "assumed")

    def batches(self, size: int) -> Iterator[Batch]:
        rows = (row for row in islice(self._open(), 1, None) if any(row))
        first = 1
        while chunk := list(islice(rows, size)):
            yield self._batch(chunk, first)
            first += len(chunk)

    def _batch(self, rows: list[list[str]], first: int) -> Batch:
        issues: list[Issue] = []
        geometry = np.full(len(rows), None, object)
        for offset, row in enumerate(rows):
            found = self._geometry(row)
            if isinstance(found, str):
                issues.append(Issue(first + offset, "geom", "coordinate-invalid", found))
            else:
                geometry[offset] = found
            if len(row) > len(self._header):
                reason = f"这一行有 {len(row)} 列，比表头的 {len(self._header)} 列多。"
                issues.append(Issue(first + offset, "", "csv-extra-columns", reason))
            if any("\ufffd" in cell for cell in row):
                issues.append(
                    Issue(first + offset, "", "text-undecodable", f"文字不是 {self.encoding.name} 编码，无法解读。")
                )
        columns = [
            self._column(rows, index, item, first, issues) for index, item in zip(self._kept, self.fields, strict=True)
        ]
        return Batch(first, geometry, columns, issues)

    def _column(self, rows: list[list[str]], index: int, item: Field, first: int, issues: list[Issue]) -> list[object]:
        values = [(row[index].strip() or None) if index < len(row) else None for row in rows]
        if item.kind == "date":
            values = [value and _normal_date(value) for value in values]
        elif item.kind == "text":
            values = [value and _plain_text(value) for value in values]
        return convert_column(values, item, first, issues)


def _plain_text(value: str) -> str:
    """Take away the apostrophe that spreadsheets, and our own export, put before what would be a formula."""
    return value[1:] if GUARDED.match(value) else value


def _codec(name: str) -> str:
    return "utf-8-sig" if name == "utf-8" else name


def _find_encoding(path: Path, asked: str | None) -> TextEncoding:
    """Byte-order mark, strict UTF-8 over the whole file, else GB18030."""
    if asked:
        return TextEncoding(normalise(asked), "option")
    with path.open("rb") as file:
        head = file.read(4)
        if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return TextEncoding("utf-16", "bom")
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(1024 * 1024):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return TextEncoding(CHINESE, "gb18030")
    return TextEncoding("utf-8", "bom" if head.startswith(codecs.BOM_UTF8) else "utf-8")
