"""A sheet of samples as laboratories send it: pasted from a spreadsheet, CSV or XLSX, one row per point and time.

Reading only: `sheet_import` decides which rows are stored.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, TooLarge
from river_monitoring.samples.models import Sample
from river_monitoring.samples.provenance import Provenance
from river_monitoring.samples.sheet_heads import (
    LIMIT_HEADS,
    Column,
    column_of,
    converted,
    limit_column_of,
    parameter_names,
    plain,
)
from river_monitoring.standard.evaluation import GB3838_2002, Standard
from ui.sheets import SheetLimits, read_cells, text_cells
from ui.text.width import half_width

LIMITS = SheetLimits()
POINT_HEADS = frozenset({"code", "point", "编码", "点位", "点位编码", "断面", "断面编码", "点位编号"})
TIME_HEADS = frozenset({"time", "datetime", "采样时间", "监测时间", "时间", "日期", "采样日期", "phenomenon_time"})
FACT_HEADS = {
    "party": ("采样单位", "采样机构", "party"),
    "laboratory": ("检测单位", "检测机构", "分析单位", "laboratory"),
    "method": ("分析方法", "检测方法", "方法", "method"),
    "report_number": ("报告编号", "检测报告编号", "报告号", "report_number", "report number"),
}
"""Heads of the columns that say who measured, and how."""
DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
TIME_FORMATS = (
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分",
    "%Y年%m月%d日%H时",
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the sheet (the head is row 1), point and time as written, its readings and their origin.

    Readings are text in the standard's unit, a non-detect with its L. `source` is how the sample came in.
    """

    number: int
    point: str
    at: str
    readings: dict[str, str]
    source: str = Sample.Source.IMPORT
    provenance: Provenance = field(default_factory=Provenance)


def parse_text(text: str) -> list[SheetRow]:
    """Return the rows of pasted cells or a CSV text. Raises BadInput for a sheet that is none, TooLarge."""
    if len(text.encode()) > LIMITS.bytes:
        raise TooLarge(_("内容超过 5 MB，请分几次录入。"), code="sheet-too-large")
    return _rows(text_cells(text))


def parse_file(name: str, content: bytes) -> list[SheetRow]:
    """Return the rows of an uploaded CSV (UTF-8 or GB18030) or XLSX file. Raises BadInput or TooLarge."""
    return _rows(read_cells(name, content, LIMITS))


def _rows(cells: Sequence[Sequence[str]], standard: Standard = GB3838_2002) -> list[SheetRow]:
    head, *body = cells or [[]]
    filled = [(number, row) for number, row in enumerate(body, start=2) if any(cell.strip() for cell in row)]
    if not filled:
        raise BadInput(_("表格里没有数据行。第一行应为表头，其下每行一份水样。"), code="sheet-empty")
    if len(filled) > LIMITS.rows:
        raise TooLarge(
            _("表格有 %(rows)d 行，一次最多 %(most)d 行。") % {"rows": len(filled), "most": LIMITS.rows},
            code="sheet-too-large",
        )
    heads = _heads(head, standard)
    return [_row(number, row, heads) for number, row in filled]


@dataclass(frozen=True, slots=True)
class _Heads:
    """Which column holds what: point, time, readings, detection limits, and facts by their field."""

    point: int
    at: int
    readings: dict[int, Column]
    limits: dict[int, Column]
    facts: dict[str, int]


def _heads(head: Sequence[str], standard: Standard) -> _Heads:
    heads = [plain(cell) for cell in head]
    point = next((index for index, name in enumerate(heads) if name in POINT_HEADS), None)
    at = next((index for index, name in enumerate(heads) if name in TIME_HEADS), None)
    if point is None or at is None:
        missing = _("点位编码") if point is None else _("采样时间")
        raise BadInput(_("表头里没有“%s”这一列。") % missing, code="sheet-head")
    facts = {field: index for field, names in FACT_HEADS.items() for index, name in enumerate(heads) if name in names}
    taken = {point, at, *facts.values()}
    rest = {index: name for index, name in enumerate(heads) if index not in taken and name}
    names = parameter_names(standard)
    limits = _once({index: limit_column_of(name, names, standard) for index, name in rest.items()}, head)
    others = {index: name for index, name in rest.items() if index not in limits}
    columns = _once({index: column_of(name, names, standard) for index, name in others.items()}, head)
    if not columns:
        raise BadInput(_("表头里没有任何监测指标，例如 pH、溶解氧、高锰酸盐指数、氨氮、总磷。"), code="sheet-head")
    return _Heads(point, at, columns, limits, facts)


def _once(found: Mapping[int, Column | None], head: Sequence[str]) -> dict[int, Column]:
    """The columns that are known, each parameter once. Raises BadInput."""
    columns: dict[int, Column] = {}
    for index, column in found.items():
        if column and column.parameter in {known.parameter for known in columns.values()}:
            raise BadInput(_("表头里“%s”出现了两次，请只留一列。") % head[index].strip(), code="sheet-head")
        if column:
            columns[index] = column
    return columns


def _row(number: int, row: Sequence[str], heads: _Heads) -> SheetRow:
    def cell(index: int) -> str:
        return row[index].strip() if index < len(row) else ""

    def values(columns: Mapping[int, Column]) -> dict[str, str]:
        return {col.parameter: converted(cell(index), col.factor) for index, col in columns.items() if cell(index)}

    provenance = Provenance(
        detection_limits=values(heads.limits), **{field: cell(index) for field, index in heads.facts.items()}
    )
    return SheetRow(number, cell(heads.point), cell(heads.at), values(heads.readings), provenance=provenance)


def parse_time(text: str) -> datetime | None:
    """A time as people write it, in the site's zone; a day alone means noon of it. None when it is no time."""
    plain = half_width(text).strip()
    for pattern in (*TIME_FORMATS, *DAY_FORMATS):
        try:
            found = datetime.strptime(plain, pattern)
        except ValueError:
            continue
        if pattern in DAY_FORMATS:
            found = found.replace(hour=12)
        return timezone.make_aware(found)
    try:
        found_iso = parse_datetime(plain)
        if found_iso is None:
            return None
        # In the site's zone: ISO 8601 can write one beyond sixteen hours, which the database does not know.
        return timezone.make_aware(found_iso) if timezone.is_naive(found_iso) else timezone.localtime(found_iso)
    except (ValueError, OverflowError):
        return None


def as_text(rows: Iterable[SheetRow]) -> str:
    """The rows as tab-separated text that `parse_text` reads back: what a page carries from preview to confirmation.

    Blank rows stand where the sheet had some, so that each row keeps its number, by which unusual values are confirmed.
    """
    kept = list(rows)
    codes = list(dict.fromkeys(code for row in kept for code in row.readings))
    limits = list(dict.fromkeys(code for row in kept for code in row.provenance.detection_limits))
    facts = [field for field in FACT_HEADS if any(getattr(row.provenance, field) for row in kept)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["code", "time", *facts, *codes, *(f"{code}{LIMIT_HEADS[0]}" for code in limits)])
    last = 1
    for row in kept:
        out.write("\n" * (row.number - last - 1))
        last = row.number
        named = (getattr(row.provenance, field) for field in facts)
        found = (row.readings.get(code, "") for code in codes)
        below = (row.provenance.detection_limits.get(code, "") for code in limits)
        writer.writerow([row.point, row.at, *named, *found, *below])
    return out.getvalue()
