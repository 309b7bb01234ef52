"""The layout of official documents (GB/T 9704) for Word: A4, its margins and fonts, 28.95 pt a line.

Page A4 with 37 mm above and 28 mm left; title in 小标宋 (here bold 宋) of size 2, text in 仿宋 of size 3.
"""

from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FANGSONG, SONG, HEI, KAI = "仿宋", "宋体", "黑体", "楷体"
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
LINE = Pt(28.95)
RED = RGBColor(0xC8, 0x10, 0x1E)
CENTER, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def official_page() -> Any:
    """Return an empty document with the page and the body's font of official documents."""
    word: Any = Document()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    set_font(word.styles["Normal"], FANGSONG, SIZE_3)
    return word


def set_font(style: Any, font: str, size: Any) -> None:
    """Set a style or a run in a font, East Asian characters too, without which Word takes one of its own."""
    style.font.name, style.font.size = font, size
    properties = (
        style.element.get_or_add_rPr() if hasattr(style.element, "get_or_add_rPr") else style._r.get_or_add_rPr()
    )
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)


def add_line(
    word: Any, text: str, font: str = "", size: Any = None, *, align: Any = None, bold: bool = False,
    indent: bool = False, colour: Any = None,
) -> None:  # fmt: skip
    """Append a paragraph; `indent` sets its first line in by two characters."""
    paragraph = word.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.line_spacing = LINE if size is None or size <= SIZE_2 else None
    paragraph.paragraph_format.space_after = Pt(0)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(32)
    run = paragraph.add_run(text)
    run.bold = bold
    if colour is not None:
        run.font.color.rgb = colour
    set_font(run, font or FANGSONG, size or SIZE_3)
