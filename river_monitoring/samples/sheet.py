"""A sheet of samples as laboratories send it: pasted from a spreadsheet, CSV or XLSX, one row per point and time.

Reading only: `sheet_import` decides which rows are stored.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, TooLarge
from river_monitoring.samples.models import Sample
from river_monitoring.samples.sheet_heads import Column, column_of, converted, parameter_names, plain
from river_monitoring.standard.evaluation import GB3838_2002, Standard
from ui.sheets import SheetLimits, read_cells, text_cells

LIMITS = SheetLimits()
POINT_HEADS = frozenset({"code", "point", "编码", "点位", "点位编码", "断面", "断面编码", "点位编号"})
TIME_HEADS = frozenset({"time", "datetime", "采样时间", "监测时间", "时间", "日期", "采样日期", "phenomenon_time"})
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
    """One row: its number in the sheet (the head is row 1), point and time as written, and its readings.

    Readings are text in the standard's unit, a non-detect with its L. `source` is how the sample came in.
    """

    number: int
    point: str
    at: str
    readings: dict[str, str]
    source: str = Sample.Source.IMPORT


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
    point, at, columns = _heads(head, standard)
    return [_row(number, row, point, at, columns) for number, row in filled]


def _heads(head: Sequence[str], standard: Standard) -> tuple[int, int, dict[int, Column]]:
    heads = [plain(cell) for cell in head]
    point = next((index for index, name in enumerate(heads) if name in POINT_HEADS), None)
    at = next((index for index, name in enumerate(heads) if name in TIME_HEADS), None)
    if point is None or at is None:
        missing = _("点位编码") if point is None else _("采样时间")
        raise BadInput(_("表头里没有“%s”这一列。") % missing, code="sheet-head")
    names = parameter_names(standard)
    columns: dict[int, Column] = {}
    for index, name in enumerate(heads):
        if index in (point, at) or not name:
            continue
        column = column_of(name, names, standard)
        if column and column.parameter in {known.parameter for known in columns.values()}:
            raise BadInput(_("表头里“%s”出现了两次，请只留一列。") % head[index].strip(), code="sheet-head")
        if column:
            columns[index] = column
    if not columns:
        raise BadInput(_("表头里没有任何监测指标，例如 pH、溶解氧、高锰酸盐指数、氨氮、总磷。"), code="sheet-head")
    return point, at, columns


def _row(number: int, row: Sequence[str], point: int, at: int, columns: dict[int, Column]) -> SheetRow:
    def cell(index: int) -> str:
        return row[index].strip() if index < len(row) else ""

    readings = {
        column.parameter: converted(cell(index), column.factor) for index, column in columns.items() if cell(index)
    }
    return SheetRow(number, cell(point), cell(at), readings)


def parse_time(text: str) -> datetime | None:
    """A time as people write it, in the site's zone; a day alone means noon of it. None when it is no time."""
    plain = unicodedata.normalize("NFKC", text).strip()
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
    except ValueError:
        return None
    if found_iso is None:
        return None
    return timezone.make_aware(found_iso) if timezone.is_naive(found_iso) else found_iso


def as_text(rows: Iterable[SheetRow]) -> str:
    """The rows as tab-separated text that `parse_text` reads back: what a page carries from preview to confirmation."""
    kept = list(rows)
    codes = list(dict.fromkeys(code for row in kept for code in row.readings))
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["code", "time", *codes])
    writer.writerows([row.point, row.at, *(row.readings.get(code, "") for code in codes)] for row in kept)
    return out.getvalue()
