"""A file into rows of a dataset: a sheet as `ui.sheets` reads it, a GIS file as the importer of layers reads it.

Encodings, coordinate systems, offset coordinates and broken rings are settled by the importer's own `open_source` and
`RowChecker`: what a layer would refuse is a refused row here, with the same code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSException, GEOSGeometry, Point
from django.utils.translation import gettext as _

from accounts.loads import Dataset, GivenRow, Shape
from accounts.loads.long_cells import put_together
from accounts.loads.services import ReadFile, RowOutcome
from geokit.crs.gcj02 import to_wgs84_from
from geokit.formats.table import VECTOR_SUFFIXES
from geokit.geometry.geojson import plain
from geokit.geometry.repair import family_of_name
from geokit.records.rows import Issue
from geokit.refusal import BadInput, FieldError, TooLarge, refuse
from layers.importing.import_report import Report
from layers.importing.options import KIND_FAMILIES, LoadOptions
from layers.importing.row_checks import RowChecker
from layers.importing.source import SeveralKinds, open_source
from ui.sheet_rows import Outcome
from ui.sheets import SheetRow, read_sheet

SHEETS = (".csv", ".xlsx")
GIS = tuple(sorted({".zip", *VECTOR_SUFFIXES} - {".csv", ".xlsx", ".shx", ".dbf", ".prj", ".cpg", ".cst"}))
MOST_BYTES = 50 * 1024**2
MOST_VERTICES = 500_000
MOST_WKT = 200_000
BATCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person says of a file where it cannot say it itself; empty: detect it."""

    crs: str = ""
    datum: str = "wgs84"
    encoding: str = ""
    layer: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns of the dataset by further heads of this file, such as ``{"XZMC": "name"}``."""


def is_readable(name: str) -> bool:
    """Tell whether a file is of a kind that is read, by its name."""
    return Path(name).suffix.lower() in (*SHEETS, *GIS)


def read_file(dataset: Dataset, name: str, path: Path, how: Reading | None = None) -> ReadFile:
    """Return the rows of a file. Raises BadInput or TooLarge, with a code of docs/import-codes.md for GIS files."""
    suffix, how = Path(name).suffix.lower(), how or Reading()
    if suffix not in (*SHEETS, *GIS):
        known = _("、").join((*SHEETS, *GIS))
        message = _("不认识“%(name)s”的格式。可用：%(known)s。") % {"name": name, "known": known}
        raise BadInput(message, code="no-layer", errors=[FieldError("file", "no-layer", message)])
    if path.stat().st_size > (dataset.limits.bytes if suffix in SHEETS else MOST_BYTES):
        raise TooLarge(_("文件“%s”太大，请分几次导入。") % name, code="upload-too-large")
    content = path.read_bytes()
    if suffix in SHEETS:
        rows, refused = _sheet(dataset, name, content, how)
    elif dataset.shape is Shape.NONE:
        message = _("“%s”没有图形，请用表格导入。") % dataset.title
        raise BadInput(message, code="no-shape", errors=[FieldError("file", "no-shape", message)])
    else:
        rows, refused = _layer(dataset, name, path, how)
    return ReadFile(name, content, rows, refused)


def _heads(dataset: Dataset, how: Reading) -> dict[str, str]:
    names = {column.name for column in dataset.columns}
    if unknown := sorted(set(how.columns.values()) - names):
        known = _("、").join(sorted(names))
        message = _("“%(title)s”没有“%(column)s”这一列，可用：%(known)s。")
        said = {"title": dataset.title, "column": unknown[0], "known": known}
        raise BadInput(message % said, code="column-unknown")
    return dataset.heads() | {head.strip().lower(): name for head, name in how.columns.items()}


def _sheet(dataset: Dataset, name: str, content: bytes, how: Reading) -> tuple[list[GivenRow], list[RowOutcome]]:
    found = read_sheet(name, content, _heads(dataset, how), dataset.needed, dataset.limits)
    rows: list[GivenRow] = []
    refused: list[RowOutcome] = []
    for row in found:
        try:
            cells = put_together(dataset.columns, row.cells)
            given = GivenRow(row.number, cells, _fitting(dataset, _place(dataset, row, how)))
            rows.extend(dataset.unfold(given) if dataset.unfold else [given])
        except BadInput as refusal:
            refused.append(_refused(dataset, row, refusal.errors))
    return rows, refused


def _refused(dataset: Dataset, row: SheetRow, errors: tuple[FieldError, ...]) -> RowOutcome:
    return RowOutcome(row.number, dataset.key_of(row.cells), Outcome.REFUSED, errors=errors)


def _place(dataset: Dataset, row: SheetRow, how: Reading) -> GEOSGeometry | None:
    """The place that a row of a sheet writes: a longitude and latitude, or WKT; in EPSG:4326."""
    if dataset.shape is Shape.NONE:
        return None
    if row["wkt"]:
        return _wkt(row)
    if not row["lng"] and not row["lat"]:
        return None
    try:
        lng, lat = float(row["lng"]), float(row["lat"])
    except ValueError:
        raise refuse("lng", "not-a-number", _("经度和纬度应是小数。")) from None
    if not (-180 <= lng <= 180 and -90 <= lat <= 90):
        raise refuse("lng", "impossible", _("经度和纬度超出范围，或写反了。"))
    if move := to_wgs84_from(how.datum):
        lng, lat = (float(value) for value in move(lng, lat))
    return Point(lng, lat, srid=4326)


def _fits(dataset: Dataset, shape: GEOSGeometry | None) -> bool:
    return shape is None or shape.geom_type in dataset.shape.kinds


def _misfit(dataset: Dataset) -> tuple[FieldError]:
    kinds = _("、").join(dataset.shape.kinds)
    message = _("图形的类型不对：“%(title)s”应是 %(kinds)s。") % {"title": dataset.title, "kinds": kinds}
    return (FieldError("", "geometry-type", message),)


def _fitting(dataset: Dataset, shape: GEOSGeometry | None) -> GEOSGeometry | None:
    if not _fits(dataset, shape):
        [error] = _misfit(dataset)
        raise BadInput(error.message, code=error.code, errors=[error])
    return shape


def _wkt(row: SheetRow) -> GEOSGeometry:
    text = row["wkt"]
    try:
        if len(text) > MOST_WKT or not text.lstrip()[:1].isalpha():
            raise ValueError("no WKT")
        shape = GEOSGeometry(text.partition(";")[2] or text, srid=4326)
    except (GEOSException, ValueError):
        raise refuse("wkt", "unreadable", _("WKT 读不懂。")) from None
    west, south, east, north = shape.extent if not shape.empty else (999, 999, 999, 999)
    if shape.empty or not shape.valid or west < -180 or south < -90 or east > 180 or north > 90:
        raise refuse("wkt", "geometry-invalid", _("WKT 的图形是空的、无效的，或不是 WGS 84 经纬度。"))
    return shape


def _layer(dataset: Dataset, name: str, path: Path, how: Reading) -> tuple[list[GivenRow], list[RowOutcome]]:
    """The features of a GIS file, read and checked like those of a layer.

    A dataset is of one kind: where points, lines and areas are mixed, rows of the other kinds are refused one by one.
    """
    options = LoadOptions(
        path=path, file_name=name, crs=how.crs, datum=how.datum, encoding=how.encoding, layer=how.layer
    )
    report = Report()
    try:
        return _rows_of(dataset, options, report, how)
    except SeveralKinds:
        return _rows_of(dataset, replace(options, kind=_kind_for(dataset, report.kinds)), Report(), how)


def _kind_for(dataset: Dataset, counts: Mapping[str, int]) -> str:
    """The commonest of the file's kinds that the dataset takes; the commonest of all where it takes none of them."""
    taken = {family_of_name(name) for name in dataset.shape.kinds}
    return next((kind for kind in counts if KIND_FAMILIES[kind] in taken), next(iter(counts)))


def _rows_of(
    dataset: Dataset, options: LoadOptions, report: Report, how: Reading
) -> tuple[list[GivenRow], list[RowOutcome]]:
    rows: list[GivenRow] = []
    refused: list[RowOutcome] = []
    with open_source(options, report, BATCH_ROWS) as source:
        source.cleaner = replace(source.cleaner, others_elsewhere=False)  # no other layer takes them
        heads = _heads(dataset, how)
        names = [heads.get(column.name.strip().lower(), "") for column in source.columns]
        _require_columns(dataset, names)
        checker = RowChecker(source)
        for batch in source.batches():
            checked = checker.check(batch)
            refused += [_issue(issue) for issue in checked.issues if issue.rejected]
            features = list(_features(names, checked))
            rows += [row for row in features if _fits(dataset, row.shape)]
            refused += [_refused(dataset, row, _misfit(dataset)) for row in features if not _fits(dataset, row.shape)]
            _require_few(dataset, rows)
    return rows, refused


def _require_columns(dataset: Dataset, names: list[str]) -> None:
    """A layer of borders need only say whose they are; the rest is in the sheet."""
    for column in dataset.key:
        if column not in names:
            message = _("图层里没有“%s”这一列。请改字段名，或在设置里写明对应的字段。") % dataset.labels()[column]
            raise BadInput(message, code="sheet-head", errors=[FieldError("file", "sheet-head", message)])


def _require_few(dataset: Dataset, rows: list[GivenRow]) -> None:
    if len(rows) > dataset.limits.rows:
        raise TooLarge(_("图层的要素超过 %d 个，请分几次导入。") % dataset.limits.rows, code="sheet-too-large")
    if sum(row.shape.num_coords for row in rows if row.shape is not None) > MOST_VERTICES:
        raise TooLarge(_("图形合计超过 %d 个顶点，请先简化。") % MOST_VERTICES, code="too-detailed")


def _features(names: list[str], checked: Any) -> Iterator[GivenRow]:
    for index, number in enumerate(checked.source_rows):
        cells = {name: _cell(values[index]) for name, values in zip(names, checked.values, strict=True) if name}
        shape = checked.geometry[index]
        yield GivenRow(number, cells, _geos(shape) if shape is not None else None)


def _cell(value: Any) -> str:
    """A value of a feature as a cell: whole numbers without a point, nothing for missing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(plain(value)).strip()


def _geos(shape: Any) -> GEOSGeometry:
    """The shape itself where it is a Multi of one part."""
    parts = getattr(shape, "geoms", None)
    only = parts[0] if parts is not None and len(parts) == 1 else shape
    return GEOSGeometry(memoryview(shapely.to_wkb(shapely.force_2d(only))), srid=4326)


def _issue(issue: Issue) -> RowOutcome:
    error = FieldError(issue.field, issue.code, issue.reason)
    return RowOutcome(issue.row, "", Outcome.REFUSED, errors=(error,))
