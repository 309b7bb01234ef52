"""Files to take away: rows as CSV or XLSX, in which no cell can run as a formula, under names of any language."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ui.deadlines import check

BYTE_ORDER_MARK = "\ufeff"
"""Without it a Chinese spreadsheet program reads a CSV as GBK."""
TABLE_FILES = ("csv", "xlsx")
"""What rows can be taken away as (`table_response`), by the ending of the address."""
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
}
NAME_LENGTH = 31
"""The longest name that a spreadsheet program allows a sheet."""
CELL_LENGTH = 32_767
"""The longest text that a workbook's cell holds; xlsxwriter leaves a longer one out without a word."""
_FORMULA = re.compile(r"[\t\r\n]|[\s'\ufeff\u200b]*[=+\-@＝＋－＠]")
_GUARD = "'"

type Row = Iterable[object]


def plain_cell(value: object) -> object:
    """Text that would be run as a formula gets an apostrophe before it; numbers, negative ones too, stay numbers.

    It is so for what begins with = + - @, also full-width or after blanks, and for a tab or a line break in front.

    >>> plain_cell("=1+1"), plain_cell("-A1"), plain_cell(" ＝A1"), plain_cell(-3), plain_cell("鄞江")
    ("'=1+1", "'-A1", "' ＝A1", -3, '鄞江')
    """
    if isinstance(value, Promise):
        value = str(value)
    if isinstance(value, str) and _FORMULA.match(value):
        return _GUARD + value
    return value


def unguarded(text: str) -> str:
    """Return a cell as it was meant, without the apostrophe that `plain_cell` put before it.

    >>> unguarded("'=1+1"), unguarded("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if text.startswith(_GUARD) and _FORMULA.match(text[1:]) else text


class Share(float):
    """A share from 0 to 1: a percentage in a workbook, the number itself in a CSV."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table for a workbook; the row at index `head` is its bold head, below which rows scroll when it is the first.

    `widths` are those of the first columns, in characters.
    """

    rows: Iterable[Row]
    title: str = ""
    head: int = 0
    widths: Sequence[float] = field(default=())


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield a CSV file line by line, the byte-order mark first."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(BYTE_ORDER_MARK)
    for row in rows:
        check()
        writer.writerow([_csv_cell(value) for value in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def csv_text(rows: Iterable[Row]) -> str:
    """Return a whole CSV file."""
    return "".join(csv_lines(rows)) or BYTE_ORDER_MARK


def _csv_cell(value: object) -> object:
    value = plain_cell(value)
    return value.isoformat() if isinstance(value, date) else value


class SafeWorkbook(Workbook):
    """A workbook of which no text is taken for a formula or a link, for tables that `Sheet` cannot say.

    Texts given to `write()` and `write_row()` are made plain; `write_string()` writes them as they are.
    """

    def __init__(self, out: BinaryIO, *, row_by_row: bool = False) -> None:
        """`row_by_row`: a row is written and forgotten when the next one begins, for tables too long for memory."""
        how = {"constant_memory": True} if row_by_row else {"in_memory": True}
        super().__init__(out, {**how, "strings_to_formulas": False, "strings_to_urls": False})
        self.percent = self.add_format({"num_format": "0.0%"})

    def add_worksheet(self, name: str | None = None, worksheet_class: Any = None) -> Worksheet:
        sheet = super().add_worksheet(name[:NAME_LENGTH] if name else None, worksheet_class)
        sheet.add_write_handler(str, _write_text)
        sheet.add_write_handler(Share, self._write_share)
        return sheet

    def _write_share(self, sheet: Worksheet, row: int, column: int, value: Share, style: Any = None) -> int:
        return int(sheet.write_number(row, column, float(value), style or self.percent))


def _write_text(sheet: Worksheet, row: int, column: int, text: str, style: Any = None) -> int:
    plain = str(plain_cell(text))
    if len(plain) > CELL_LENGTH:
        plain = plain[: CELL_LENGTH - 1] + "…"
    return int(sheet.write_string(row, column, plain, style))


def xlsx(*sheets: Sheet) -> bytes:
    """Return a workbook of the sheets."""
    out = io.BytesIO()
    with SafeWorkbook(out) as book:
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.title or None), sheet, bold)
    return out.getvalue()


def _fill(page: Worksheet, sheet: Sheet, bold: Any) -> None:
    for number, row in enumerate(sheet.rows):
        check()
        page.write_row(number, 0, [_xlsx_cell(value) for value in row], bold if number == sheet.head else None)
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    if sheet.head == 0:
        page.freeze_panes(1, 0)


def _xlsx_cell(value: object) -> object:
    value = plain_cell(value) if isinstance(value, Promise) else value
    return value.isoformat() if isinstance(value, date) else value


def table_bytes(
    rows: Iterable[Row], suffix: str, *, title: str = "", head: int = 0, widths: Sequence[float] = ()
) -> bytes:
    """Return rows as the bytes of a file; `suffix` is csv or xlsx, the other arguments are those of `Sheet`."""
    if suffix == "csv":
        return csv_text(rows).encode()
    return xlsx(Sheet(rows, title, head, widths))


def write_table(target: Path, rows: Iterable[Row]) -> int:
    """Write rows, the head first, to a file whose suffix is csv or xlsx; how many rows below the head.

    Neither the rows nor the file are held in memory.
    """
    written = 0

    def counted() -> Iterator[Row]:
        nonlocal written
        for written, row in enumerate(rows):  # noqa: B007 - the last number is the answer
            yield row

    if target.suffix == ".csv":
        with target.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(counted()))
        return written
    with target.open("wb") as out, SafeWorkbook(out, row_by_row=True) as book:
        _fill(book.add_worksheet(), Sheet(counted()), book.add_format({"bold": True}))
    return written


def file_response(content: bytes | str, name: str, *, content_type: str = "", inline: bool = False) -> HttpResponse:
    """Answer with a file; its kind follows from the suffix of `name`, which may be in any language."""
    answer = HttpResponse(content, content_type=content_type or _type_of(name))
    answer["Content-Disposition"] = content_disposition_header(not inline, name) or "inline"
    return answer


def table_response(
    rows: Iterable[Row], name: str, *, title: str = "", head: int = 0, widths: Sequence[float] = ()
) -> HttpResponse:
    """Answer with rows as the file `name`, whose suffix is csv or xlsx."""
    suffix = name.rpartition(".")[2]
    return file_response(table_bytes(rows, suffix, title=title, head=head, widths=widths), name)


def csv_stream(rows: Iterable[Row], name: str) -> StreamingHttpResponse:
    """Answer with a CSV file that is written while it is sent, for tables too long for memory."""
    answer = StreamingHttpResponse(csv_lines(rows), content_type=CONTENT_TYPES["csv"])
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _type_of(name: str) -> str:
    return CONTENT_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
