"""A table that somebody sends as a file: CSV (UTF-8 or GB18030) or XLSX, read as rows of text.

Only the cells: what the columns mean and what a row may do is the business of whoever asks.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from python_calamine import CalamineError, CalamineWorkbook

from geokit.readers.xlsx_reader import cell_text
from geokit.refusal import BadInput, TooLarge
from geokit.sources.unzip import Limits, check_workbook
from geokit.wording import gettext as _

MAX_BYTES = 5 * 1024 * 1024
MAX_INFLATED = 100 * 1024 * 1024
MAX_ROWS = 5_000
ENCODINGS = ("utf-8-sig", "gb18030")
ZIP_START = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the file (the head is row 1) and its cells by column name, without blanks around them."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read_sheet(name: str, content: bytes, heads: Mapping[str, str], needed: Sequence[str]) -> list[SheetRow]:
    """Return the filled rows of a file; `heads` maps what a head cell may say to a column's name.

    Columns that nobody knows are left out. Raises BadInput (no table, a column missing or twice) or TooLarge.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge(_("文件“%s”超过 5 MB，请分几次上传。") % name, code="sheet-too-large")
    cells = workbook_cells(name, content) if content.startswith(ZIP_START) else _csv(name, content)
    head, *body = cells or [[]]
    columns = _columns(head, heads, needed)
    filled = [(number, row) for number, row in enumerate(body, start=2) if any(cell.strip() for cell in row)]
    if not filled:
        raise BadInput(_("表格里没有数据行。第一行应为表头。"), code="sheet-empty")
    if len(filled) > MAX_ROWS:
        words = _("表格有 %(rows)d 行，一次最多 %(most)d 行。")
        raise TooLarge(words % {"rows": len(filled), "most": MAX_ROWS}, code="sheet-too-large")
    return [
        SheetRow(number, {column: row[index].strip() for index, column in columns.items() if index < len(row)})
        for number, row in filled
    ]


def _columns(head: Sequence[str], heads: Mapping[str, str], needed: Sequence[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for index, cell in enumerate(head):
        column = heads.get(cell.strip().lower())
        if column in found.values():
            raise BadInput(_("表头里“%s”出现了两次，请只留一列。") % cell.strip(), code="sheet-head")
        if column:
            found[index] = column
    for column in needed:
        if column not in found.values():
            shown = next(said for said, means in heads.items() if means == column)
            raise BadInput(_("表头里没有“%s”这一列。") % shown, code="sheet-head")
    return found


def _csv(name: str, content: bytes) -> list[list[str]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
        try:
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise BadInput(_("表格里的引号不成对，读不下去（%s）。") % error, code="sheet-unreadable") from None
    raise BadInput(_("“%s”不是 XLSX，也不是 UTF-8 或 GB18030 编码的 CSV。") % name, code="sheet-unreadable")


def workbook_cells(name: str, content: bytes) -> list[list[str]]:
    """Return the first sheet of an XLSX file as text. It is looked through as a zip before a library opens it.

    Raises BadInput, code `sheet-unreadable`, and what `check_workbook` refuses.
    """
    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        check_workbook(Path(file.name), Limits(workbook_bytes=MAX_INFLATED))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MAX_ROWS + 2)
    except (CalamineError, OSError, IndexError) as error:
        raise BadInput(_("“%s”打不开：文件已损坏或不是 XLSX。") % name, code="sheet-unreadable") from error
    return [[cell_text(cell) for cell in row] for row in cells]
