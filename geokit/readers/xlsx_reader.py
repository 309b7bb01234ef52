"""Read a sheet of an Excel workbook (`.xlsx`, and the old `.xls`) with coordinate columns or WKT.

Excel says of each cell what it is: a code that was typed as text stays text whatever it looks like. Numbers are all
floats there; a column of whole ones is an integer. The head row is the first of the top rows that names coordinate
columns, since bureaus write titles above their tables.
"""

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine

from geokit.readers.table_reader import TITLE_ROWS, TableReader, head_names, head_row, names_places
from geokit.readers.xlsx_formulas import formulas_without_results
from geokit.records.coordinate_columns import NOTHING_CHOSEN, ChosenColumns
from geokit.records.rows import EXACT
from geokit.records.source_layer import SourceLayer
from geokit.records.text_encoding import TextEncoding
from geokit.refusal import BadInput, TooLarge
from geokit.wording import gettext as _

OLD_WORKBOOK_BYTES = 100 * 1024**2
CONTENT = "content.xml"
INDENTS = re.compile(rb"(<(?:/?table:|/text:p)[^<>]*>)\s+(?=<(?:/?table:|text:p))")
"""Blanks between the elements of an ODS that some programs (GDAL) indent; calamine takes them for text."""


@dataclass(slots=True)
class CellGuess:
    """Which kinds the cells of a column still allow."""

    integer: bool = True
    double: bool = True
    boolean: bool = True
    date: bool = True
    datetime: bool = True
    wide: bool = False
    seen: bool = False

    def look(self, value: Any) -> None:
        if value is None or value == "":
            return
        self.seen = True
        self.boolean &= isinstance(value, bool)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        self.double &= number
        self.integer &= number and float(value).is_integer() and abs(value) < EXACT
        self.wide |= number and abs(value) >= 2**31
        at_midnight = not isinstance(value, dt.datetime) or value.time() == dt.time()
        self.date &= isinstance(value, dt.date) and at_midnight
        self.datetime &= isinstance(value, dt.date)

    @property
    def kind(self) -> str:
        if not self.seen:
            return "text"
        if self.integer:
            return "bigint" if self.wide else "integer"
        ranked = (("double", self.double), ("boolean", self.boolean), ("date", self.date), ("datetime", self.datetime))
        return next((kind for kind, fits in ranked if fits), "text")


class XlsxReader(TableReader):
    """A sheet opened for reading."""

    driver = "XLSX"

    def __init__(
        self,
        layer: SourceLayer,
        encoding: str | None = None,
        crs: str | None = None,
        kinds: Mapping[str, str] | None = None,
        columns: ChosenColumns = NOTHING_CHOSEN,
    ) -> None:
        self.encoding = TextEncoding("utf-8", "format")
        with _workbook(layer.path) as workbook:
            self._rows = _rows_of(workbook, layer.inner or "")
        self._head = head_row([[cell_text(cell) for cell in row] for row in self._rows[:TITLE_ROWS]], columns.names)
        super().__init__(layer, crs, kinds, columns)
        if count := formulas_without_results(layer.path, layer.inner or ""):
            message = _("有 %d 个单元格是没有计算结果的公式，按空值读取。请用 Excel 打开并保存后再导入。")
            self.warnings.append(("formula-without-result", message % count))

    def _read_header(self) -> list[str]:
        if not self._rows:
            raise BadInput(_("工作表“%s”是空的。") % self.layer.inner, code="no-rows")
        top = [[cell_text(cell) for cell in row] for row in self._rows[: self._head + 1]]
        self._tell_title(sum(map(any, top[: self._head])))
        names = head_names(top, self._head)
        while names and not names[-1]:
            names.pop()
        return [name or _("列%d") % (index + 1) for index, name in enumerate(names)]

    def _data_rows(self) -> Iterator[list[Any]]:
        width = len(self._header)
        for row in self._rows[self._head + 1 :]:
            # Cells to the right of the last head cell are kept only where they hold something: that is an error.
            if any(cell != "" for cell in row):
                yield row if any(cell != "" for cell in row[width:]) else row[:width]

    def _new_guess(self) -> CellGuess:
        return CellGuess()

    def _values(self, cells: list[Any], kind: str) -> list[Any]:
        if kind == "text":
            return [cell_text(cell) or None for cell in cells]
        if kind == "date":
            return [cell.date() if isinstance(cell, dt.datetime) else None if cell == "" else cell for cell in cells]
        if kind == "datetime":
            return [_as_moment(cell) for cell in cells]
        return [None if cell == "" else cell for cell in cells]


def _as_moment(cell: Any) -> Any:
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return dt.datetime.combine(cell, dt.time())
    return None if cell == "" else cell


def cell_text(cell: Any) -> str:
    """A cell as people see it: whole numbers without `.0`, dates without an empty time."""
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return str(cell).strip()


def sheets_of(path: Path) -> list[str]:
    """Sheets that hold rows with places; where none has places, those that hold rows at all."""
    with _workbook(path) as workbook:
        tops = {name: _rows_of(workbook, name, TITLE_ROWS + 1) for name in workbook.sheet_names}
    filled = {name: rows for name, rows in tops.items() if len(rows) > 1}
    texts = {name: [[cell_text(cell) for cell in row] for row in rows] for name, rows in filled.items()}
    heads = {name: head_row(rows) for name, rows in texts.items()}
    placed = [name for name, rows in texts.items() if names_places(rows[heads[name]], rows[heads[name] + 1 :])]
    return placed or list(filled)


def _workbook(path: Path) -> python_calamine.CalamineWorkbook:
    if path.suffix.lower() == ".xls" and path.stat().st_size > OLD_WORKBOOK_BYTES:
        raise TooLarge(_("Excel 文件过大，请另存为 CSV 或拆分后再导入。"), code="workbook-too-large")
    try:
        return _opened(path)
    except python_calamine.PasswordError as error:
        raise BadInput(_("Excel 文件加了密码，请去掉密码后再导入。"), code="zip-encrypted") from error
    except (python_calamine.CalamineError, OSError, zipfile.BadZipFile, zlib.error) as error:
        message = _("Excel 文件已损坏，或不是 .xlsx / .xls。请用 Excel 打开后另存。")
        raise BadInput(message, code="source-unreadable") from error


def _opened(path: Path) -> python_calamine.CalamineWorkbook:
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.CalamineError:
        if not zipfile.is_zipfile(path):
            raise
        with zipfile.ZipFile(path) as archive:
            if CONTENT not in archive.namelist():
                raise
            return python_calamine.CalamineWorkbook.from_filelike(_without_indents(archive))


def _without_indents(archive: zipfile.ZipFile) -> BytesIO:
    """The same ODS with nothing between the elements of its tables."""
    plain = BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as made:
        for name in archive.namelist():
            content = archive.read(name)
            made.writestr(name, INDENTS.sub(rb"\1", content) if name == CONTENT else content)
    plain.seek(0)
    return plain


def _rows_of(workbook: python_calamine.CalamineWorkbook, name: str, most: int | None = None) -> list[list[Any]]:
    try:
        return workbook.get_sheet_by_name(name).to_python(skip_empty_area=True, nrows=most)
    except (python_calamine.CalamineError, OSError) as error:
        raise BadInput(_("工作表“%s”已损坏，无法读取。") % name, code="source-unreadable") from error
