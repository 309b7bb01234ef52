"""A board as a workbook with a sheet a block, as a PDF on A4, and as a picture of its pages.

They hold the same blocks, area and period as the page.
"""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import TooLarge
from reporting.boards.models import Board
from reporting.boards.page import Block
from reporting.boards.selection import Choice
from reporting.indicators.models import Indicator
from ui.control_characters import for_xml
from ui.downloads import NAME_LENGTH, Sheet, xlsx
from ui.printing import count_pages, draw_as_one, print_pdf

FORMATS = ("xlsx", "pdf", "png")
SHARP, COARSE = 1.5, 0.75
FEW_PAGES, MOST_PAGES = 8, 24
"""Up to so many pages a picture is sharp; beyond the other it would be too large to be one."""
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write(board: Board, blocks: list[Block], choice: Choice, extension: str) -> bytes:
    """Return the board as a file. Raises TooLarge where it is too long for a picture."""
    if extension == "xlsx":
        return to_xlsx(board, blocks, choice)
    pdf = to_pdf(board, blocks, choice)
    return pdf if extension == "pdf" else to_png(pdf)


def to_png(pdf: bytes) -> bytes:
    """The pages of a board as one picture, one below the other."""
    count = count_pages(pdf)
    if count > MOST_PAGES:
        raise TooLarge(_("这块看板有 %d 页，太长，不能存成一张图片，请下载 PDF。") % count)
    return draw_as_one(pdf, SHARP if count <= FEW_PAGES else COARSE)


def to_xlsx(board: Board, blocks: list[Block], choice: Choice) -> bytes:
    """A sheet for each block with rows, after one that says what was asked, and where the numbers come from."""
    told = [[board.title], [choice.words], [_("导出时间"), timezone.localtime().strftime("%Y-%m-%d %H:%M")], []]
    told += [[_("统计指标"), _("单位"), _("口径"), _("来源"), _("报送单位")]]
    told += [
        [one.title, one.unit, one.about, source_of(one), one.department.name if one.department else ""]
        for one in {block.series.indicator.code: block.series.indicator for block in blocks if block.series}.values()
    ]
    sheets = [Sheet(told, _("说明"), head=4, widths=(26, 18, 50, 30, 18))]
    names: set[str] = {_("说明").lower()}
    for block in blocks:
        if block.kind != "text" and (rows := rows_of(block)):
            sheets.append(Sheet(rows, sheet_name(block.title, names), widths=(22, 18, 14, 14, 14)))
    return xlsx(*sheets)


def rows_of(block: Block) -> list[list[Any]]:
    """The rows that a file has of a block."""
    if block.links:
        return [[_("名称"), _("状态")], *([words, small] for _url, words, small in block.links)]
    return block.rows


def source_of(indicator: Indicator) -> str:
    """Where the numbers come from; invented ones say so."""
    return _("演示数据，虚构") if indicator.is_invented else indicator.source


def sheet_name(title: str, taken: set[str]) -> str:
    """A sheet's name: short enough, allowed, and not there yet."""
    base = for_xml(title.translate(_NOT_IN_NAMES)).strip()[: NAME_LENGTH - 3] or "-"
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        name = f"{base} {number}"
    taken.add(name.lower())
    return name


def to_pdf(board: Board, blocks: list[Block], choice: Choice) -> bytes:
    context = {
        "board": board,
        "blocks": blocks,
        "choice": choice,
        "at": timezone.localtime(),
        "invented": invented(blocks),
    }
    return print_pdf(render_to_string("reporting/boards/print.html", context))


def invented(blocks: list[Block]) -> bool:
    """Tell whether a block shows invented numbers."""
    return any(block.series is not None and block.series.indicator.is_invented for block in blocks)
