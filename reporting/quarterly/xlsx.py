"""The report as a workbook: a sheet for each table, numbers as numbers, shares as percentages."""

import io
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from xlsxwriter.worksheet import Worksheet

from reporting.boards.export import sheet_name
from reporting.quarterly.blocks import Cell, Document, Figures, Paragraph, Share, Table
from reporting.quarterly.facts import Facts
from reporting.quarterly.lists import of_points, outside
from reporting.quarterly.wording import in_brackets
from ui.downloads import SafeWorkbook

CHARACTERS = 110
"""Width of a sheet's columns together."""
LEAST, MOST = 6, 46
MOST_LINKS = 20_000
"""On one sheet; a workbook allows 65,530 of them, and each is read when it is opened."""


def write_xlsx(document: Document, facts: Facts | None) -> bytes:
    """Write a summary, a sheet of class shares with their chart, and the tables."""
    out = io.BytesIO()
    book = SafeWorkbook(out)
    book.set_properties({"title": f"{document.title} {document.subtitle}", "author": document.issuer})
    formats = _formats(book)
    _summary(book.add_worksheet(_("概况")), document, formats)
    if facts is not None:
        _history(book, facts, formats)
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    for table in document.sheets:
        _sheet(book, table, sheet_name(table.sheet, taken), formats)
    book.close()
    return out.getvalue()


def _formats(book: SafeWorkbook) -> dict[str, Any]:
    font = {"font_name": "宋体", "font_size": 10, "valign": "top"}
    return {
        "title": book.add_format({**font, "font_size": 16, "bold": True, "font_name": "黑体"}),
        "head": book.add_format({**font, "bold": True, "bottom": 1, "bg_color": "#E2EFF5", "text_wrap": True}),
        "text": book.add_format({**font, "text_wrap": True}),
        "number": book.add_format({**font, "num_format": "General"}),
        "share": book.add_format({**font, "num_format": "0.0%"}),
        "total": book.add_format({**font, "bold": True, "top": 1}),
        "total_share": book.add_format({**font, "bold": True, "top": 1, "num_format": "0.0%"}),
    }


def _summary(sheet: Worksheet, document: Document, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 70)
    sheet.write_string(0, 0, document.title, formats["title"])
    facts = [
        (_("时段"), document.subtitle),
        (pgettext("report", "单位"), document.issuer),
        (_("成稿日期"), document.made_on),
        (_("数据截至"), document.data_until),
        *([(_("证据链锚定"), document.anchor)] if document.anchor else []),
    ]
    row = 2
    for name, value in facts:
        sheet.write_string(row, 0, name, formats["head"])
        sheet.write_string(row, 1, value, formats["text"])
        row += 1
    for block in document.blocks:
        if isinstance(block, Figures):
            row = _key_numbers(sheet, block, row + 1, formats)
    sentences = [block.text for block in document.blocks if isinstance(block, Paragraph)][:3]
    for sentence in sentences:
        sheet.merge_range(row + 1, 0, row + 1, 2, sentence, formats["text"])
        sheet.set_row(row + 1, 48)
        row += 1


def _key_numbers(sheet: Worksheet, block: Figures, row: int, formats: dict[str, Any]) -> int:
    for (value, url), unit, name, (of, of_url) in block.linked:
        sheet.write_string(row, 0, name + in_brackets(unit), formats["head"])
        _lead(sheet, row, 1, url, formats["text"])
        if value.replace(".", "").isdigit():
            sheet.write_number(row, 1, float(value), formats["number"])
        else:
            sheet.write_string(row, 1, value, formats["text"])
        _lead(sheet, row, 2, of_url, formats["text"])
        sheet.write_string(row, 2, of, formats["text"])
        row += 1
    return row


def _history(book: SafeWorkbook, facts: Facts, formats: dict[str, Any]) -> None:
    """Class shares of the quarters, and a chart that can be edited."""
    name = _("类别占比")
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 3, 16)
    columns = [_("时段"), _("已评价点位"), _("Ⅰ至Ⅲ类占比"), _("劣Ⅴ类占比")]
    sheet.write_row(0, 0, columns, formats["head"])
    for row, each in enumerate(facts.river.history, start=1):
        sheet.write_string(row, 0, str(each.span), formats["text"])
        sheet.write_number(row, 1, each.shares.rated, formats["number"])
        points = of_points(each.span)
        for column, figure in enumerate(("rated", "good", "inferior") if each.shares.rated else (), start=1):
            _lead(sheet, row, column, outside(points[figure]), formats["number"])
        if each.shares.rated:
            sheet.write_number(row, 2, float(each.shares.good) / 100, formats["share"])
            sheet.write_number(row, 3, float(each.shares.inferior) / 100, formats["share"])
    last = len(facts.river.history)
    chart: Any = book.add_chart({"type": "line"})
    for column, colour in ((2, "#26821A"), (3, "#D5322B")):
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, last, 0],
                "values": [name, 1, column, last, column],
                "line": {"color": colour},
                "marker": {"type": "circle" if column == 2 else "square"},
            }
        )
    chart.set_y_axis({"num_format": "0%", "min": 0, "max": 1})
    chart.set_legend({"position": "bottom"})
    sheet.insert_chart(last + 3, 0, chart)


def _sheet(book: SafeWorkbook, table: Table, name: str, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, table.label if table.number else table.caption, formats["title"])
    sheet.write_row(2, 0, table.columns, formats["head"])
    for place, percent in enumerate(table.percents):
        sheet.set_column(place, place, min(MOST, max(LEAST, CHARACTERS * percent / 100)))
    for row, cells in enumerate(table.linked, start=3):
        for column, (cell, url) in enumerate(cells):
            _lead(sheet, row, column, url, formats["text"])
            _write(sheet, row, column, cell, formats["text"], formats["share"])
    last = 2 + len(table.rows)
    for column, (cell, url) in enumerate(table.linked_total):
        _lead(sheet, last + 1, column, url, formats["total"])
        _write(sheet, last + 1, column, cell, formats["total"], formats["total_share"])
    sheet.autofilter(2, 0, last, len(table.columns) - 1)
    sheet.freeze_panes(3, 0)


def _lead(sheet: Worksheet, row: int, column: int, url: str, style: Any) -> None:
    """Lead from a cell, which is written after this, to a list; a sheet takes only so many links."""
    if url and sheet.hlink_count < MOST_LINKS:
        sheet.write_url(row, column, url, style, string="")


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, plain: Any, share: Any) -> None:
    if isinstance(cell, Share):
        if cell.value is None:
            sheet.write_string(row, column, "–", plain)
        else:
            sheet.write_number(row, column, cell.value, share)
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, column, cell, plain)
    else:
        sheet.write(row, column, cell or "", plain)
