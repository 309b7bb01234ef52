"""Tables of the Word document, written as XML in one go: a district's points are twenty thousand rows."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.shared import Mm, Pt

from reporting.quarterly.blocks import Cell, Linked, Table
from reporting.quarterly.word_parts import Lists
from reporting.quarterly.word_styles import CELL_SIZE
from ui.charts.chart import text_width
from ui.control_characters import for_xml

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PER_TWIP = 635
CELL_ROOM = Mm(0.9)
"""Left and right of what stands in a cell."""
LEAST_COLUMN = Mm(8)


def table_of(block: Table, width: int, lists: Lists) -> Any:
    """A table with its rows; the head stands again on each page, and no row is cut. `width` is in EMU."""
    widths = [round(each / PER_TWIP) for each in fitted(block, width)]
    rows = [_row([(name, "") for name in block.columns], widths, block, lists, bold=True, is_head=True)]
    rows += [_row(row, widths, block, lists) for row in block.linked_on_paper]
    if block.total:
        rows.append(_row(block.linked_total, widths, block, lists, bold=True))
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    room = round(CELL_ROOM / PER_TWIP)
    margins = "".join(f'<w:{side} w:w="{room}" w:type="dxa"/>' for side in ("left", "right"))
    return parse_xml(
        f'<w:tbl xmlns:w="{NAMESPACE}" xmlns:r="{RELATIONS}"><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _row(
    cells: Sequence[Linked],
    widths: Sequence[int],
    block: Table,
    lists: Lists,
    *,
    bold: bool = False,
    is_head: bool = False,
) -> str:
    head = "<w:tblHeader/>" if is_head else ""
    strong = "<w:rPr><w:b/></w:rPr>" if bold else ""
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="Cell"/>'
        f"{_side(place, block, is_head)}</w:pPr>"
        + lists.around(f'<w:r>{strong}<w:t xml:space="preserve">{_text(value)}</w:t></w:r>', url)
        + "</w:p></w:tc>"
        for place, ((value, url), width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{written}</w:tr>"


def _side(place: int, block: Table, is_head: bool) -> str:
    side = "center" if is_head else "right" if place in block.numeric else ""
    return f'<w:jc w:val="{side}"/>' if side else ""


def _text(value: Cell) -> str:
    return "" if value is None else escape(for_xml(str(value)))


def fitted(block: Table, total: int) -> list[int]:
    """Widths of columns in EMU: what is narrow gets what it needs and does not break, the rest is shared out.

    A column wants the width of its longest cell, of its head half of that (a head may stand in two lines).
    """
    rows = [*block.on_paper, *([block.total] if block.total else [])]
    wanted = []
    for place, name in enumerate(block.columns):
        longest = max((text_width(str(row[place]), 1) for row in rows if row[place] is not None), default=0.0)
        head = text_width(name, 1)
        ems = max(1.07 * longest, head / 2, min(head, 2.0)) + 0.4
        wanted.append(max(LEAST_COLUMN, int(ems * Pt(CELL_SIZE)) + 2 * CELL_ROOM))
    if sum(wanted) <= total:
        room = (total - sum(wanted)) // len(wanted)
        return [width + room for width in wanted]
    return narrowed(wanted, total)


def narrowed(wanted: Sequence[int], total: int) -> list[int]:
    """Give each what it wants up to one limit for all, such that together they fill `total`.

    >>> narrowed([10, 20, 90, 80], 100)
    [10, 20, 35, 35]
    """
    left, limit, ascending = total, 0, sorted(wanted)
    for place, width in enumerate(ascending):
        limit = left // (len(ascending) - place)
        if width > limit:
            break
        left -= width
    return [min(width, limit) for width in wanted]
