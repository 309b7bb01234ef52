"""Read a DXF drawing: one layer for each kind of geometry in it, text decoded whatever the header claims.

GDAL reads the entities; blocks are put in place as their own entities. A drawing has no CRS. Its text is in the code
page of `$DWGCODEPAGE` up to AutoCAD 2006 and in UTF-8 since; Chinese drawings often claim another, so the bytes decide.
"""

import re
import shutil
import warnings as python_warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from pyogrio.raw import read as ogr_read

from geokit.crs import systems as crs_tools
from geokit.geometry.repair import LINE, PARTS, POINT, POLYGON
from geokit.readers import gdal_drivers  # noqa: F401 - shuts GDAL's doors
from geokit.records.geometry_bytes import from_wkb
from geokit.records.rows import Batch, Field, Issue, convert_column
from geokit.records.source_layer import SourceLayer
from geokit.records.text_encoding import CHINESE, TextEncoding, is_chinese_text, normalise
from geokit.refusal import BadInput, TooLarge
from geokit.wording import gettext as _
from geokit.wording import gettext_noop

MAX_BYTES = 512 * 1024**2
"""GDAL keeps a drawing's blocks and entities in memory."""
SAMPLE_BYTES = 8 * 1024**2
KINDS = {POINT: gettext_noop("点"), LINE: gettext_noop("线"), POLYGON: gettext_noop("面")}
FIELDS = ("Layer", "SubClasses", "Linetype", "EntityHandle", "Text")
VERSION = re.compile(rb"\$ACADVER[ \t]*\r?\n[ \t]*1[ \t]*\r?\n[ \t]*AC(\d{4})")
CODE_PAGE = re.compile(rb"\$DWGCODEPAGE[ \t]*\r?\n[ \t]*3[ \t]*\r?\n[ \t]*([\w-]+)")
UTF8_SINCE = 1021  # AutoCAD 2007
CODE_PAGES = {"ansi_936": CHINESE, "gb2312": CHINESE, "ansi_950": "cp950", "big5": "cp950", "ansi_932": "cp932",
              "ansi_949": "cp949", "utf-8": "utf-8"}  # fmt: skip


def layers_of(path: Path, name: str, folder: Path) -> Iterator[SourceLayer]:
    """A layer for each kind of geometry that the drawing holds. Raises BadInput, TooLarge."""
    if path.stat().st_size > MAX_BYTES:
        message = _("DXF 有 %(size)d MB，超过 %(limit)d MB 的上限，请拆分后再导入。")
        sizes = {"size": path.stat().st_size // 1024**2, "limit": MAX_BYTES // 1024**2}
        raise TooLarge(message % sizes, code="drawing-too-large")
    readable = _in_utf8(path, folder, find_encoding(path))
    geometry, _columns = _read(readable, name)
    present = [family for family in KINDS if len(_of_family(geometry, family))]
    for family in present:
        title = f"{name} · {_(KINDS[family])}" if len(present) > 1 else name
        # The file as it came stays at hand: another encoding may be asked for.
        yield SourceLayer("DXF", readable, title, {".dxf": path}, inner=family)


def find_encoding(path: Path) -> TextEncoding:
    """The header's code page where the bytes bear it out, else what they speak for."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    version, page = VERSION.search(sample), CODE_PAGE.search(sample)
    modern = bool(version and int(version[1]) >= UTF8_SINCE)
    declared = "utf-8" if modern else _code_page(page[1].decode("ascii").lower() if page else "")
    words = [line.strip() for line in sample.split(b"\n")[:-1] if not line.isascii()]
    if not words:
        return TextEncoding(declared or "utf-8", "format")
    if _decodes(words, "utf-8"):
        return TextEncoding("utf-8", "format" if declared == "utf-8" else "utf-8")
    if is_chinese_text(words) and _decodes(words, CHINESE):
        return TextEncoding(CHINESE, "format" if declared == CHINESE else "gb18030")
    if declared and _decodes(words, declared):
        return TextEncoding(declared, "format")
    note = ("encoding-unsure", _("无法从内容判断文字编码，暂按西欧编码（cp1252）读取，请在预览中核对。"))
    return TextEncoding("cp1252", "fallback", (note,))


def _code_page(declared: str) -> str | None:
    if declared in CODE_PAGES:
        return CODE_PAGES[declared]
    try:
        return normalise(f"cp{declared.removeprefix('ansi_')}") if declared else None
    except BadInput:
        return None


def _decodes(words: list[bytes], encoding: str) -> bool:
    try:
        for word in words:
            word.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _in_utf8(path: Path, folder: Path, encoding: TextEncoding) -> Path:
    """The drawing in UTF-8 under a name of ours; GDAL is told to take every drawing as UTF-8."""
    target = folder / f"drawing{len(list(folder.iterdir()))}.dxf"
    if encoding.name == "utf-8":
        shutil.copyfile(path, target)
        return target
    with path.open("rb") as source, target.open("wb") as sink:
        for line in source:
            sink.write(line if line.isascii() else line.decode(encoding.name, "replace").encode())
    return target


def _read(path: Path, name: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            meta, _fids, wkb, data = ogr_read(str(path), layer="entities", columns=list(FIELDS))
    except (DataSourceError, DataLayerError, FeatureError, UnicodeDecodeError, RuntimeError) as error:
        message = _("无法读取“%(name)s”：DXF 已损坏，或是二进制 DXF。请在 CAD 里另存为文本 DXF。") % {"name": name}
        raise BadInput(message, code="source-unreadable") from error
    columns = dict(zip(meta["fields"], data, strict=True))
    return from_wkb(wkb), columns


def _of_family(geometry: np.ndarray, family: str) -> np.ndarray:
    """Indexes of the entities of one kind; a collection counts as every kind it has parts of."""
    kinds = shapely.get_type_id(geometry)
    mixed = [
        index
        for index in np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION)
        if np.isin(shapely.get_type_id(shapely.get_parts(geometry[index])), PARTS[family]).any()
    ]
    return np.union1d(np.flatnonzero(np.isin(kinds, PARTS[family])), np.array(mixed, dtype=int))


class DxfReader:
    """The entities of one kind of a drawing; their own layer is a field."""

    driver = "DXF"

    def __init__(self, layer: SourceLayer, encoding: str | None = None, crs: str | None = None) -> None:
        self.layer = layer
        self.name = layer.name
        path, self.encoding = layer.path, find_encoding(layer.parts[".dxf"])
        if encoding:
            self.encoding = TextEncoding(normalise(encoding), "option")
            path = _in_utf8(layer.parts[".dxf"], layer.path.parent, self.encoding)
        self.warnings = [*layer.warnings, *self.encoding.warnings]
        geometry, columns = _read(path, layer.name)
        chosen = _of_family(geometry, layer.inner or LINE)
        self._geometry = geometry[chosen]
        self._columns = [columns[name][chosen].tolist() for name in FIELDS]
        self.rows: int | None = len(chosen)
        self.fields = [Field(name, "text") for name in FIELDS]
        self.geometry_type = layer.inner or LINE
        heights = shapely.get_coordinates(self._geometry, include_z=True)[:, 2]
        self.dimensions = "Z" * bool(np.nan_to_num(heights).any())
        self.crs = crs_tools.from_user(crs) if crs else None
        self.bounds: crs_tools.Bounds | None = _bounds(self._geometry)

    def batches(self, size: int) -> Iterator[Batch]:
        for start in range(0, len(self._geometry), size):
            issues: list[Issue] = []
            columns: list[list[Any]] = [
                convert_column(values[start : start + size], item, start + 1, issues)
                for values, item in zip(self._columns, self.fields, strict=True)
            ]
            yield Batch(start + 1, self._geometry[start : start + size], columns, issues)


def _bounds(geometry: np.ndarray) -> crs_tools.Bounds | None:
    box = shapely.total_bounds(geometry)
    if not np.isfinite(box).all():
        return None
    west, south, east, north = (float(value) for value in box)
    return west, south, east, north
