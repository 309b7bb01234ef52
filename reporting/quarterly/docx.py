"""The report as a Word document, with the styles that an office expects, so that it can be edited and passed on.

Chinese text is set in fonts that Windows and WPS have (宋体, 黑体); each run names its East Asian font, without which
Word takes one of its own. Maps and charts are pictures.
"""

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from docx import Document as new_document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reporting.quarterly.blocks import Cell, Document, Drawing, Figures, Heading, Paragraph, Table
from ui.printing import draw_svgs

BODY, HEADS = "宋体", "黑体"
LATIN = "Times New Roman"
RED, GREY = RGBColor(0x9C, 0x1F, 0x1A), RGBColor(0x53, 0x62, 0x6B)
PAGE = (Mm(210), Mm(297))
MARGINS = (Mm(24), Mm(20), Mm(22), Mm(20))
TEXT_WIDTH = Mm(170)
TALLEST = Mm(118)


def write_docx(document: Document) -> bytes:
    """Write the document."""
    word = new_document()
    _set_up(word, document)
    _cover(word, document)
    _contents(word, document)
    pictures = _pictures(document.drawings)
    for place, block in enumerate(document.blocks):
        if isinstance(block, Drawing):
            _drawing(word, block, pictures[id(block)])
        elif isinstance(block, Heading):
            _heading(word, block, place)
        elif isinstance(block, Paragraph):
            word.add_paragraph(block.text, style="Note" if block.is_note else "Normal")
        elif isinstance(block, Figures):
            _figures(word, block)
        else:
            _table(word, block)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _pictures(drawings: Sequence[Drawing]) -> dict[int, bytes]:
    images = draw_svgs([(drawing.svg, drawing.width, drawing.height) for drawing in drawings])
    return {id(drawing): image for drawing, image in zip(drawings, images, strict=True)}


def _set_up(word: Any, document: Document) -> None:
    word.core_properties.title = f"{document.title} {document.subtitle}"
    word.core_properties.author = document.issuer
    word.core_properties.language = "zh-CN"
    section = word.sections[0]
    section.page_width, section.page_height = PAGE
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = MARGINS
    section.different_first_page_header_footer = True
    _style(word.styles["Normal"], BODY, 10.5)
    word.styles["Normal"].paragraph_format.line_spacing = 1.5
    word.styles["Normal"].paragraph_format.space_after = Pt(6)
    _style(word.styles["Title"], HEADS, 30, bold=True)
    _style(word.styles["Heading 1"], HEADS, 17, bold=True, colour=RED)
    _style(word.styles["Heading 2"], HEADS, 13, bold=True)
    _style(word.styles["Caption"], HEADS, 9.5, bold=True)
    for name, font, size, colour in (("Note", HEADS, 9, GREY), ("Cell", BODY, 8.5, None), ("Key", HEADS, 9, None)):
        _style(word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH), font, size, colour=colour)
        word.styles[name].paragraph_format.space_after = Pt(2)
    _page_numbers(section, document)


def _style(style: Any, font: str, size: float, bold: bool = False, colour: RGBColor | None = None) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = LATIN, Pt(size), bold, False
    style.font.color.rgb = colour or RGBColor(0x17, 0x24, 0x2C)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # A theme's font would go before the one that is named.
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), font)


def _page_numbers(section: Any, document: Document) -> None:
    header = section.header.paragraphs[0]
    header.text, header.style = f"{document.issuer}　{document.title}", "Note"
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(footer, "PAGE")
    if document.anchor:
        section.footer.add_paragraph(document.anchor, "Note").alignment = WD_ALIGN_PARAGRAPH.CENTER


def _field(paragraph: Any, instruction: str, *, ends: bool = True) -> None:
    """Begin a field that Word fills in when it opens or prints the document; without `ends`, what follows is in it."""
    _part(paragraph, "w:fldChar", kind="begin")
    _part(paragraph, "w:instrText", text=instruction)
    _part(paragraph, "w:fldChar", kind="separate")
    if ends:
        _part(paragraph, "w:fldChar", kind="end")


def _part(paragraph: Any, tag: str, kind: str = "", text: str = "") -> None:
    part = OxmlElement(tag)
    if kind:
        part.set(qn("w:fldCharType"), kind)
    else:
        part.set(qn("xml:space"), "preserve")
        part.text = text
    paragraph.add_run()._r.append(part)


def _cover(word: Any, document: Document) -> None:
    first = word.add_paragraph(document.issuer, style="Key")
    first.paragraph_format.space_before = Mm(50)
    first.runs[0].font.size, first.runs[0].font.color.rgb = Pt(15), RED
    word.add_paragraph(document.title, style="Title")
    span = word.add_paragraph(document.subtitle, style="Key")
    span.runs[0].font.size = Pt(19)
    made = word.add_paragraph(f"{document.made_on}", style="Key")
    made.paragraph_format.space_before = Mm(90)
    word.add_section(WD_SECTION.NEW_PAGE).different_first_page_header_footer = False


def _contents(word: Any, document: Document) -> None:
    """The headings, in a field that Word replaces by the same with page numbers."""
    title = word.add_paragraph(_("目录"), style="Key")
    title.alignment, title.runs[0].font.size, title.runs[0].font.bold = WD_ALIGN_PARAGRAPH.CENTER, Pt(17), True
    paragraphs = [word.add_paragraph(style="Key") for _heading in document.headings]
    if not paragraphs:
        return
    _field(paragraphs[0], r'TOC \o "1-2" \h \z \u', ends=False)
    for paragraph, heading in zip(paragraphs, document.headings, strict=True):
        paragraph.paragraph_format.left_indent = Mm(8 * (heading.level - 1))
        paragraph.add_run(heading.text)
    _part(paragraphs[-1], "w:fldChar", kind="end")
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    word.settings.element.append(update)


def _heading(word: Any, block: Heading, place: int) -> None:
    heading = word.add_heading(block.text, block.level)
    heading.paragraph_format.page_break_before = block.level == 1 or bool(block.anchor and place)
    heading.paragraph_format.keep_with_next = True


def _drawing(word: Any, block: Drawing, picture: bytes) -> None:
    width = min(TEXT_WIDTH, int(TALLEST * block.width / block.height))
    holder = word.add_paragraph()
    holder.alignment = WD_ALIGN_PARAGRAPH.CENTER
    holder.paragraph_format.keep_with_next = True
    shape = holder.add_run().add_picture(io.BytesIO(picture), width=width)
    shape._inline.docPr.set("descr", block.caption)
    _caption(word, block.caption, keep=False)


def _caption(word: Any, text: str, keep: bool) -> None:
    caption = word.add_paragraph(text, style="Caption")
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = keep


def _figures(word: Any, block: Figures) -> None:
    table = word.add_table(rows=-(-len(block.items) // 3), cols=3)
    table.style = "Table Grid"
    for place, (value, unit, name, of) in enumerate(block.items):
        cell = table.cell(place // 3, place % 3)
        cell.paragraphs[0].style = "Key"
        big = cell.paragraphs[0].add_run(value)
        big.font.size, big.font.bold = Pt(20), True
        cell.paragraphs[0].add_run(f" {unit}")
        cell.add_paragraph(name, style="Key").runs[0].font.bold = True
        cell.add_paragraph(of, style="Note")
    word.add_paragraph()


def _table(word: Any, block: Table) -> None:
    if not block.rows:
        paragraph = word.add_paragraph()
        paragraph.add_run(f"{block.caption}　").bold = True
        paragraph.add_run(block.empty)
        return
    _caption(word, block.caption, keep=True)
    rows = [*block.rows, *([block.total] if block.total else [])]
    table = word.add_table(rows=1 + len(rows), cols=len(block.columns))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    _fill(table.rows[0], block.columns, block, bold=True)
    _repeat(table.rows[0])
    for place, row in enumerate(rows, start=1):
        _fill(table.rows[place], row, block, bold=bool(block.total) and place == len(rows))
    word.add_paragraph(style="Note")


def _fill(row: Any, cells: Sequence[Cell], block: Table, bold: bool) -> None:
    for place, (cell, value, percent) in enumerate(zip(row.cells, cells, block.percents, strict=True)):
        cell.width = int(TEXT_WIDTH * percent / 100)
        paragraph = cell.paragraphs[0]
        paragraph.style = "Cell"
        paragraph.add_run("" if value is None else str(value)).bold = bold
        if place in block.numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat(row: Any) -> None:
    """The row stands again on top of each page that the table runs over."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
