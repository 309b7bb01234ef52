"""Page, type and styles of the Word document as GB/T 9704-2012 has them for official papers.

A4 with 37 mm above and 28 mm at the left, the text 156 × 225 mm; text in 仿宋 of size 3 (16 pt), 22 lines of 28
characters a page; headings in 黑体 and 楷体 of size 3; numbers of pages ``— 1 —`` in 宋体 of size 4, outside.

The fonts are named as offices have them. Where one is missing, the font table names free ones that stand in for it:
Fandol (GPL with font exception) and Noto CJK (OFL).
"""

from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reporting.quarterly.blocks import Document
from reporting.quarterly.word_parts import field

TITLE, BODY, HEADS, PARTS, SONG = "方正小标宋简体", "仿宋", "黑体", "楷体", "宋体"
LATIN = "Times New Roman"
STAND_IN = {
    TITLE: "Noto Serif CJK SC;思源宋体;宋体",
    BODY: "FangSong;FandolFang R;仿宋_GB2312;Noto Serif CJK SC",
    HEADS: "SimHei;FandolHei;Noto Sans CJK SC",
    PARTS: "KaiTi;FandolKai;楷体_GB2312;Noto Serif CJK SC",
    SONG: "SimSun;FandolSong;Noto Serif CJK SC",
}
PAGE = (Mm(210), Mm(297))
MARGINS = (Mm(37), Mm(26), Mm(35), Mm(28))
"""Above, right, below, left."""
TEXT_WIDTH = Mm(156)
SIZE_2, SIZE_3, SIZE_4, CELL_SIZE = 22, 16, 14, 9
LINE = 28.95
"""22 lines on 225 mm, in points."""
CONTENTS_LINE, LEAST_CONTENTS_LINE = 24, 17
"""A line of the contents in points, and where it stands closest."""
BLACK, GREY = RGBColor(0, 0, 0), RGBColor(0x53, 0x62, 0x6B)


def set_up(word: Any, document: Document) -> None:
    """Page, fonts and styles; the first section is the cover, which bears no number."""
    word.core_properties.title = f"{document.title} {document.subtitle}"
    word.core_properties.author = document.issuer
    word.core_properties.language = "zh-CN"
    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    section.page_width, section.page_height = PAGE
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = MARGINS
    section.footer_distance = Mm(24)
    _styles(word)
    _font_table(word)


def _styles(word: Any) -> None:
    normal = _style(word, "Normal", BODY, SIZE_3)
    normal.paragraph_format.first_line_indent = Pt(2 * SIZE_3)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    normal.paragraph_format.widow_control = True
    _centred(_style(word, "Title", TITLE, SIZE_2), after=Pt(LINE))
    for level, font in ((1, HEADS), (2, PARTS), (3, BODY)):
        heading = _style(word, f"Heading {level}", font, SIZE_3, bold=level == 3)
        heading.paragraph_format.first_line_indent = Pt(2 * SIZE_3)
        heading.paragraph_format.space_before = heading.paragraph_format.space_after = Pt(0)
        heading.paragraph_format.keep_with_next = True
    _centred(_style(word, "Cover", PARTS, SIZE_3, is_new=True), after=Pt(LINE / 2))
    _centred(_style(word, "Contents", HEADS, SIZE_2, is_new=True), after=Pt(LINE / 2))
    for level in (1, 2):
        _contents_line(_style(word, f"TOC {level}", HEADS if level == 1 else BODY, SIZE_4, is_new=True), level)
    caption = _style(word, "Caption", HEADS, 12)
    _centred(caption, after=Pt(3))
    _single(caption, before=Pt(6))
    picture = _style(word, "Picture", BODY, 12, is_new=True)
    _centred(picture)
    _single(picture, before=Pt(6))
    picture.paragraph_format.keep_with_next = True
    for name, font, size, colour in (
        ("Note", SONG, 10.5, GREY),
        ("Cell", SONG, CELL_SIZE, BLACK),
        ("Key", HEADS, 10.5, BLACK),
    ):
        style = _style(word, name, font, size, colour=colour, is_new=True)
        style.paragraph_format.first_line_indent = Pt(0)
        _single(style, before=Pt(1))
        style.paragraph_format.space_after = Pt(1)
    word.styles["Note"].paragraph_format.space_after = Pt(6)
    word.styles["Cell"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    _single(_style(word, "Gap", SONG, 6, is_new=True), before=Pt(2))


def _style(
    word: Any, name: str, font: str, size: float, *, bold: bool = False, colour: RGBColor = BLACK, is_new: bool = False
) -> Any:
    style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if is_new else word.styles[name]
    if name != "Normal" and is_new:
        style.base_style = word.styles["Normal"]
    style.font.name, style.font.size, style.font.bold, style.font.italic = LATIN, Pt(size), bold, False
    style.font.color.rgb = colour
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(LINE)
    style.paragraph_format.space_after = Pt(0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # A theme's font would go before the one that is named.
    for part in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{part}"), None)
    fonts.set(qn("w:eastAsia"), font)
    return style


def _centred(style: Any, after: int = 0) -> None:
    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    style.paragraph_format.first_line_indent = Pt(0)
    style.paragraph_format.space_after = after
    borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:  # Word's own title has a line below
        borders.getparent().remove(borders)


def _single(style: Any, before: int) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    style.paragraph_format.space_before = before


def _contents_line(style: Any, level: int) -> None:
    style.paragraph_format.first_line_indent = Pt(0)
    style.paragraph_format.left_indent = Pt(2 * SIZE_4 * (level - 1))
    style.paragraph_format.line_spacing = Pt(CONTENTS_LINE)
    style.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def close_contents(word: Any, lines: int) -> None:
    """Set so many lines of contents closer, where they would else go a little beyond one page."""
    fits = (22 * LINE - 1.5 * LINE) / max(lines, 1)
    if LEAST_CONTENTS_LINE <= fits < CONTENTS_LINE:
        for level in (1, 2):
            word.styles[f"TOC {level}"].paragraph_format.line_spacing = Pt(int(2 * fits) / 2)


def begin_section(word: Any) -> Any:
    """Begin a section on a new page. The paragraph before it ends the one before.

    python-docx ends it by an empty paragraph, which stands alone on a page where the one before is full.
    """
    section = word.add_section(WD_SECTION.NEW_PAGE)
    holder = word.element.body.xpath("./w:p[w:pPr/w:sectPr]")[-1]
    before = holder.getprevious()
    if before is not None and before.tag == qn("w:p") and not before.xpath("./w:pPr/w:sectPr"):
        before.get_or_add_pPr().append(holder.pPr.find(qn("w:sectPr")))
        holder.getparent().remove(holder)
    return section


def lay_page(word: Any, *, across: bool) -> bool:
    """Go on upright or across, on a new page, and say so; where the page lies so already, nothing happens.

    Pages are numbered on.
    """
    last = word.sections[-1]
    if (last.orientation == WD_ORIENT.LANDSCAPE) == across:
        return False
    section = begin_section(word)
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = reversed(PAGE) if across else PAGE
    section._sectPr.find(qn("w:pgNumType")).attrib.pop(qn("w:start"), None)
    return True


def text_width_of(word: Any) -> int:
    """How wide the text of the last page is, in EMU."""
    section = word.sections[-1]
    return int(section.page_width - section.left_margin - section.right_margin)


def number_pages(section: Any, document: Document) -> None:
    """``— 1 —`` outside, a character from the edge, from the contents on; below it the newest anchor."""
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.find(qn("w:pgMar")).addnext(start)
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.style = "Normal"
        line.paragraph_format.first_line_indent = Pt(0)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
        setattr(line.paragraph_format, f"{side}_indent", Pt(SIZE_4))
        line.add_run("— ")
        field(line, "PAGE", shown="1")
        line.add_run(" —")
        for run in line.runs:
            run.font.size = Pt(SIZE_4)
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
        if document.anchor:
            anchor = footer.add_paragraph(document.anchor, "Note")
            anchor.alignment = WD_ALIGN_PARAGRAPH.CENTER
            anchor.runs[0].font.size = Pt(7)


def _font_table(word: Any) -> None:
    """Name for each font the free ones that may stand in for it."""
    part = next(part for part in word.part.package.iter_parts() if str(part.partname) == "/word/fontTable.xml")
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in STAND_IN.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")
