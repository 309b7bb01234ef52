"""The table as a spreadsheet: out with a hidden sheet of what was there, back in as edits.

The hidden sheet carries each row's version and text, so that a workbook that comes back a week later is compared with
what its reader saw, and conflicts with what others did since are found.
"""

import io
from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from geokit.refusal import BadInput, FieldError
from ui.downloads import SafeWorkbook
from ui.forms.refusable import whole_number
from ui.many_rows.sheet import Sheet
from ui.many_rows.table import Edit, Row
from ui.sheets import Cells, SheetLimits, read_workbook

BASE_SHEET, LISTS_SHEET = "base", "lists"
MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 3_000
LIMITS = SheetLimits(bytes=MAX_BYTES, inflated=50 * 1024 * 1024, rows=MAX_ROWS)
MOST_OFFERED = 255
"""Characters that a rule of a cell may list."""
FIXED = 3
"""Columns that cannot be edited, in front: code, name, facts."""


def write(sheet: Sheet, rows: Sequence[Row], listed: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """The workbook of `rows`. Every cell is text, so that none is taken for a formula.

    `listed` is offered in the columns of that kind.
    """
    out = io.BytesIO()
    with SafeWorkbook(out) as book:
        front, base = book.add_worksheet(str(sheet.title)), book.add_worksheet(BASE_SHEET)
        base.very_hidden()
        _head(book, front, sheet)
        _offer_listed(book, front, sheet, listed or {}, len(rows))
        for number, row in enumerate(rows, start=1):
            _row(book, front, sheet, row, number)
            kept = [str(row.pk), str(row.version), *(row.cells[column.key] for column in sheet.columns), row.code]
            for index, text in enumerate(kept):
                base.write_string(number, index, text)
        base.write_row(0, 0, ["pk", "version", *(column.key for column in sheet.columns), sheet.name])
    return out.getvalue()


def _head(book: Workbook, front: Worksheet, sheet: Sheet) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#e8eef2", "bottom": 1, "text_wrap": True})
    heads = [_("编码"), _("名称"), _("现状"), *(str(column.label) for column in sheet.columns)]
    front.write_row(0, 0, heads, bold)
    front.freeze_panes(1, 2)
    for index, width in enumerate([12, 22, 26, *(column.width for column in sheet.columns)]):
        front.set_column(index, index, width + 2)


def _offer_listed(
    book: Workbook, front: Worksheet, sheet: Sheet, listed: Mapping[str, Sequence[str]], rows: int
) -> None:
    """Offer what is listed from a hidden sheet of its own: a list within a cell's rule may be 255 characters long."""
    columns = [(index, column.key) for index, column in enumerate(sheet.columns, start=FIXED) if listed.get(column.key)]
    if not columns or not rows:
        return
    lists = book.add_worksheet(LISTS_SHEET)
    lists.very_hidden()
    for place, (index, key) in enumerate(columns):
        for number, text in enumerate(listed[key]):
            lists.write_string(number, place, text)
        source = f"={LISTS_SHEET}!{xl_range_abs(0, place, len(listed[key]) - 1, place)}"
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        front.data_validation(1, index, rows, index, rule)


def _row(book: Workbook, front: Worksheet, sheet: Sheet, row: Row, number: int) -> None:
    for index, text in enumerate((row.code, row.title, " · ".join(row.facts))):
        front.write_string(number, index, text)
    for index, column in enumerate(sheet.columns, start=FIXED):
        choices = [str(label) for value, label in row.choices.get(column.key, []) if value]
        front.write_string(number, index, row.cells[column.key])
        if column.kind == "choice" and choices and len(",".join(choices)) <= MOST_OFFERED:
            front.data_validation(number, index, number, index, {"validate": "list", "source": choices})


def read(sheet: Sheet, name: str, content: bytes, rows: Callable[[list[int]], Mapping[int, Row]]) -> list[Edit]:
    """The edits of a workbook that came back, without the rows in which nothing was typed.

    `rows` returns the person's rows of these keys; a row that is not among them is kept, so that saving refuses it by
    name. Raises BadInput for a workbook that is not ours, or is too large.
    """
    front, base = _sheets(name, content)
    keys = base[0][2:-1] if base and len(base[0]) > 2 else []
    if not base or base[0][-1:] != [sheet.name] or keys != [column.key for column in sheet.columns]:
        raise BadInput(_("“%s”不是从这一页下载的表格，请先下载，改好后再传回来。") % name, code="sheet-foreign")
    whole = [row for row in base[1:] if len(row) > len(keys) + 2 and whole_number(row[0]) and whole_number(row[1])]
    known = {row[0]: row for row in whole}
    typed = [(pk, cells) for pk, cells in _matched(front, [base[0], *whole]) if _differs(known[pk], cells, len(keys))]
    found = rows([int(pk) for pk, _cells in typed]) if typed else {}
    return [_edit(sheet, known[pk], cells, found.get(int(pk))) for pk, cells in typed]


def _differs(kept: list[str], cells: list[str], count: int) -> bool:
    front = [*cells[FIXED : FIXED + count], *[""] * count][:count]
    return any(text.strip() != was.strip() for text, was in zip(front, kept[2 : 2 + count], strict=True))


def _matched(front: list[list[str]], base: list[list[str]]) -> list[tuple[str, list[str]]]:
    """Rows in front with the key of the row that they were: found by their code, whatever their order now."""
    order = {row[0]: index for index, row in enumerate(front[1:]) if row and row[0]}
    if len(order) != sum(bool(row and row[0]) for row in front[1:]):
        message = _("有两行的编码相同，请只留一行。")
        raise BadInput(message, code="sheet-duplicate", errors=[FieldError("file", "sheet-duplicate", message)])
    codes = {row[-1]: row[0] for row in base[1:] if row}
    found = []
    for code, index in order.items():
        if code not in codes:
            message = _("编码“%s”不在下载的表格里，不能新增行或改编码。") % code
            raise BadInput(message, code="sheet-unknown-row", errors=[FieldError("file", "sheet-unknown-row", message)])
        found.append((codes[code], front[1:][index]))
    return found


def _edit(sheet: Sheet, kept: list[str], cells: list[str], row: Row | None) -> Edit:
    base = {column.key: kept[index] for index, column in enumerate(sheet.columns, start=2)}
    values = {}
    for index, column in enumerate(sheet.columns, start=FIXED):
        text = cells[index].strip() if index < len(cells) else ""
        values[column.key] = _choice(row, column.key, text) if column.kind == "choice" else text
    return Edit(int(kept[0]), int(kept[1]), base, values)


def _choice(row: Row | None, key: str, label: str) -> str:
    """The value behind a label; a label that is none stays, and is refused with its row."""
    choices = row.choices.get(key, []) if row else []
    return next((value for value, named in choices if value and named == label), label)


def _sheets(name: str, content: bytes) -> tuple[Cells, Cells]:
    found = read_workbook(name, content, LIMITS)
    base = found.pop(BASE_SHEET, [])
    return next(iter(found.values()), []), base
