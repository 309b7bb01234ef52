"""Texts of surveyors: points of CASS (`.dat`) and boundaries for land approval (勘测定界 `.txt`).

A line of CASS is `number,code,east,north,height` without a head. A boundary file has a head of `name=value` and
parcels of `point,ring,north,east`, each parcel after a line that ends with `@`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from geokit.crs import systems as crs_tools
from geokit.readers.csv_reader import CsvReader
from geokit.records.coordinate_columns import CoordinateColumns
from geokit.records.rows import Batch, Field, Issue
from geokit.records.source_layer import SourceLayer
from geokit.records.text_encoding import text_encoding
from geokit.refusal import BadInput, TooLarge
from geokit.wording import gettext as _

SUFFIXES = (".txt", ".dat")
HEAD_BYTES = 64 * 1024
MOST_BYTES = 256 * 1024**2
PARCELS = "[地块坐标]"
CASS_NAMES = {5: ("点号", "编码", "东坐标", "北坐标", "高程"), 4: ("点号", "东坐标", "北坐标", "高程")}
CASS_LINE = re.compile(r"[^,;]{1,40},(?:[^,]{0,40},)?-?\d{1,9}(?:\.\d+)?,-?\d{1,9}(?:\.\d+)?,-?\d{0,6}(?:\.\d*)?,?\s*")
PARCEL_NAMES = ("界址点数", "地块面积", "地块编号", "地块名称", "图形属性", "图幅号", "地块用途", "地类编码")
FAMILY_WORDS = {"2000": "cgcs2000", "80": "xian80", "54": "beijing54"}
ZONED = 1_000_000


def kind_of(path: Path) -> str:
    """`BOUNDARY`, `CASS`, or `CSV` for any other text."""
    with path.open("rb") as file:
        raw = file.read(HEAD_BYTES)
    text = raw.decode(_codec(path), "replace")
    if PARCELS in text:
        return "BOUNDARY"
    lines = [line for line in text.splitlines()[:3] if line.strip()]
    return "CASS" if path.suffix.lower() == ".dat" and lines and all(map(CASS_LINE.fullmatch, lines)) else "CSV"


def _codec(path: Path) -> str:
    return text_encoding(path).name


class CassReader(CsvReader):
    """Points of a CASS file. A line has no name of its CRS."""

    driver = "CASS"

    def _read_header(self) -> list[str]:
        width = len([*next(self._open(), [])])
        self._head_rows = 0
        return list(CASS_NAMES.get(width, CASS_NAMES[5]))

    def _find_coordinates(self) -> CoordinateColumns:
        return CoordinateColumns(None, len(self._header) - 3, len(self._header) - 2)


@dataclass(slots=True)
class Parcel:
    """One parcel: what its head line says, and its rings of points (x east, y north) by number."""

    line: int
    values: list[str]
    rings: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    wrong: str = ""


class BoundaryReader:
    """Parcels of a boundary file as polygons, lines or points."""

    driver = "BOUNDARY"
    dimensions = ""

    def __init__(
        self,
        layer: SourceLayer,
        encoding: str | None = None,
        crs: str | None = None,
        kinds: Mapping[str, str] | None = None,
    ) -> None:
        if layer.path.stat().st_size > MOST_BYTES:
            raise TooLarge(_("文字文件过大，请拆分后再导入。"), code="text-too-large")
        self.layer, self.name = layer, layer.name
        self.encoding = text_encoding(layer.path, encoding)
        self.warnings: list[tuple[str, str]] = list(layer.warnings)
        codec = "utf-8-sig" if self.encoding.name == "utf-8" else self.encoding.name
        lines = layer.path.read_text(codec, "replace").splitlines()
        self.head, self._parcels = _read(lines)
        self.fields = [Field(name, "text") for name in PARCEL_NAMES]
        self._geometry = np.array([_shape(parcel) for parcel in self._parcels], dtype=object)
        self.rows: int | None = len(self._parcels)
        self.geometry_type = "Unknown"
        self.bounds = _bounds(self._geometry)
        self.crs = crs_tools.from_user(crs) if crs else self._declared()

    def _declared(self) -> crs_tools.SourceCrs | None:
        """The CRS that the head names, where the eastings agree with its zone."""
        code = declared_code(self.head, self.bounds)
        if code is None:
            return None
        return crs_tools.SourceCrs(CRS.from_epsg(code), code, "file")

    def batches(self, size: int) -> Iterator[Batch]:
        for start in range(0, len(self._parcels), size):
            parcels = self._parcels[start : start + size]
            issues = [
                Issue(start + offset + 1, "geom", "coordinate-invalid", parcel.wrong)
                for offset, parcel in enumerate(parcels)
                if parcel.wrong
            ]
            columns: list[list[Any]] = [
                [(parcel.values[place].strip() or None) if place < len(parcel.values) else None for parcel in parcels]
                for place in range(len(PARCEL_NAMES))
            ]
            yield Batch(start + 1, self._geometry[start : start + size], columns, issues)


def _bounds(geometry: np.ndarray) -> crs_tools.Bounds | None:
    west, south, east, north = map(float, shapely.total_bounds(geometry))
    return (west, south, east, north) if np.isfinite((west, south, east, north)).all() else None


def declared_code(head: Mapping[str, str], bounds: crs_tools.Bounds | None) -> int | None:
    """EPSG code of the Gauss-Krüger zone that a head states; None where there is none or the eastings speak against it.

    >>> head = {"坐标系": "2000国家大地坐标系", "几度分带": "3", "带号": "40"}
    >>> declared_code(head, (40512345, 3.3e6, 40512400, 3.4e6))
    4528
    """
    name, degrees, zone = (head.get(key, "") for key in ("坐标系", "几度分带", "带号"))
    key = next((family for words, family in FAMILY_WORDS.items() if words in name), "")
    family = next((item for item in crs_tools.FAMILIES if item.key == key), None)
    if family is None or degrees not in ("3", "6") or not re.fullmatch(r"\d{2}", zone) or bounds is None:
        return None
    meridian = 3 * int(zone) if degrees == "3" else 6 * int(zone) - 3
    prefixes = {int(edge // ZONED) for edge in (bounds[0], bounds[2])}
    if prefixes not in ({0}, {int(zone)}):
        return None
    east = 500_000 + (0 if prefixes == {0} else int(zone) * ZONED)
    return crs_tools.gauss_kruger_code(family, meridian, east, six_degrees=degrees == "6")


def _read(lines: list[str]) -> tuple[dict[str, str], list[Parcel]]:
    head: dict[str, str] = {}
    parcels: list[Parcel] = []
    in_parcels = False
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line:
            continue
        if line.startswith("["):
            in_parcels = line.startswith(PARCELS)
        elif not in_parcels:
            name, _equals, value = line.partition("=")
            head[name.strip()] = value.strip()
        elif line.endswith("@"):
            parcels.append(Parcel(number, line.removesuffix("@").split(",")))
        elif parcels:
            _add_point(parcels[-1], line, number)
        else:
            raise BadInput(_("第 %d 行的界址点前面没有地块说明行（以 @ 结尾）。") % number, code="source-unreadable")
    return head, parcels


def _add_point(parcel: Parcel, line: str, number: int) -> None:
    cells = [cell.strip() for cell in line.split(",")]
    try:
        north, east = float(cells[2]), float(cells[3])
        if not np.isfinite((north, east)).all():
            raise ValueError(line)
    except (ValueError, IndexError):
        parcel.wrong = parcel.wrong or _("第 %(line)d 行“%(text)s”不是界址点。") % {"line": number, "text": line[:60]}
        return
    parcel.rings.setdefault(cells[1], []).append((east, north))


def _shape(parcel: Parcel) -> Any:
    """Rings within others are holes; None where there is none."""
    if parcel.wrong or not parcel.rings:
        parcel.wrong = parcel.wrong or _("第 %d 行的地块没有界址点。") % parcel.line
        return None
    kind = parcel.values[4].strip() if len(parcel.values) > 4 else ""
    rings = list(parcel.rings.values())
    if kind == "点":
        return shapely.MultiPoint([point for ring in rings for point in ring])
    if kind == "线":
        return _or_wrong(parcel, shapely.MultiLineString, rings, 2)
    return _or_wrong(parcel, _polygon, rings, 3)


def _or_wrong(parcel: Parcel, make: Any, rings: list[list[tuple[float, float]]], least: int) -> Any:
    if short := [ring for ring in rings if len(set(ring)) < least]:
        parcel.wrong = _("第 %(line)d 行的地块有一圈只有 %(count)d 个点。") % {
            "line": parcel.line,
            "count": len(short[0]),
        }
        return None
    return make(rings)


def _polygon(rings: list[list[tuple[float, float]]]) -> Any:
    """Rings put together by the even-odd rule: one that lies in another is a hole in it."""
    made = sorted((shapely.Polygon(ring) for ring in rings), key=lambda ring: -abs(ring.area))
    if len(made) == 1 or not all(shapely.is_valid(made)):
        return made[0] if len(made) == 1 else shapely.MultiPolygon(made)
    whole: Any = made[0]
    for ring in made[1:]:
        whole = whole.symmetric_difference(ring)
    return whole
