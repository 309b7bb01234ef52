"""A table that somebody sends as a file: CSV (UTF-8 or GB18030) or XLSX, read as rows of text.

Only the cells: what the columns mean and what a row may do is the business of whoever asks.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from geokit.readers.xlsx_reader import cell_text
from geokit.refusal import BadInput, TooLarge
from geokit.sources.sheet_extent import check_extent
from geokit.sources.unzip import Limits, check_workbook
from ui.downloads import unguarded

ENCODINGS = ("utf-8-sig", "gb18030")
ZIP_START = b"PK\x03\x04"

type Cells = list[list[str]]
BRACKETS = str.maketrans("（）", "()")


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """How much of a file is read: its bytes, those of a workbook unpacked, the rows below the head, and its cells."""

    bytes: int = 5 * 1024**2
    inflated: int = 100 * 1024**2
    rows: int = 5_000
    cells: int = 2_000_000
    """Of one sheet, empty ones between the first and the last included."""


USUAL = SheetLimits()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the file (the head is row 1) and its cells by column name, without blanks around them."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def __contains__(self, column: object) -> bool:
        return column in self.cells


def read_sheet(
    name: str, content: bytes, heads: Mapping[str, str], needed: Sequence[str], limits: SheetLimits = USUAL
) -> list[SheetRow]:
    """Return the filled rows of a file; `heads` maps what a head cell may say, in small letters, to a column's name.

    Columns that nobody knows are left out. Raises BadInput (no table, a column missing or twice) or TooLarge.
    """
    head, *body = read_cells(name, content, limits) or [[]]
    columns = _columns(head, heads, needed)
    filled = [(number, row) for number, row in enumerate(body, start=2) if any(cell.strip() for cell in row)]
    if not filled:
        raise BadInput(_("表格里没有数据行。第一行应为表头。"), code="sheet-empty")
    if len(filled) > limits.rows:
        words = _("表格有 %(rows)d 行，一次最多 %(most)d 行。")
        raise TooLarge(words % {"rows": len(filled), "most": limits.rows}, code="sheet-too-large")
    return [
        SheetRow(number, {column: _cell(row, index) for index, column in columns.items()}) for number, row in filled
    ]


def read_cells(name: str, content: bytes, limits: SheetLimits = USUAL) -> Cells:
    """Return all cells of a CSV file, or of a workbook's first sheet, as text.

    Raises TooLarge, BadInput with the code `sheet-unreadable`, and what `check_workbook` refuses.
    """
    _check_size(name, content, limits)
    if content.startswith(ZIP_START):
        return next(iter(read_workbook(name, content, limits, most_sheets=1).values()), [])
    for encoding in ENCODINGS:
        try:
            return text_cells(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise BadInput(_("“%s”不是 XLSX，也不是 UTF-8 或 GB18030 编码的 CSV。") % name, code="sheet-unreadable")


def text_cells(text: str) -> Cells:
    """Return the cells of a CSV text, or of a table pasted from a spreadsheet: between them tab, semicolon or comma."""
    text = text.lstrip("\ufeff").replace("\0", "")  # which no text of a database holds
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = "\t" if "\t" in first else ";" if first.count(";") > first.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadInput(_("表格里的引号不成对，读不下去（%s）。") % error, code="sheet-unreadable") from None


def read_workbook(name: str, content: bytes, limits: SheetLimits = USUAL, *, most_sheets: int = 3) -> dict[str, Cells]:
    """Return the first sheets of an XLSX file as text, by their names.

    The file is looked through as a zip before a library opens it. Raises like `read_cells`.
    """
    _check_size(name, content, limits)
    unreadable = BadInput(_("“%s”打不开：文件已损坏或不是 XLSX。") % name, code="sheet-unreadable")
    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        check_workbook(Path(file.name), Limits(workbook_bytes=limits.inflated))
        check_extent(Path(file.name), limits.cells)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            if not book.sheet_names:
                raise unreadable
            return {title: _sheet_cells(book, title, limits.rows + 2) for title in book.sheet_names[:most_sheets]}
    except (CalamineError, OSError, IndexError) as error:
        raise unreadable from error


def _sheet_cells(book: CalamineWorkbook, title: str, most: int) -> Cells:
    rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False, nrows=most)
    return [[cell_text(cell).replace("\0", "") for cell in row] for row in rows]


def _check_size(name: str, content: bytes, limits: SheetLimits) -> None:
    if len(content) > limits.bytes:
        words = _("文件“%(name)s”超过 %(most)d MB，请分几次上传。")
        raise TooLarge(words % {"name": name, "most": limits.bytes // 1024**2}, code="sheet-too-large")


def _columns(head: Sequence[str], heads: Mapping[str, str], needed: Sequence[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    known = {_plain(said): means for said, means in heads.items()}
    for index, cell in enumerate(head):
        column = known.get(_plain(cell))
        if column in found.values():
            raise BadInput(_("表头里“%s”出现了两次，请只留一列。") % cell.strip(), code="sheet-head")
        if column:
            found[index] = column
    for column in needed:
        if column not in found.values():
            shown = next(said for said, means in heads.items() if means == column)
            raise BadInput(_("表头里没有“%s”这一列。") % shown, code="sheet-head")
    return found


def _plain(head: str) -> str:
    """A head as it is compared: however its letters and its brackets are written."""
    return head.strip().lower().translate(BRACKETS)


def _cell(row: Sequence[str], index: int) -> str:
    return unguarded(row[index].strip()) if index < len(row) else ""
