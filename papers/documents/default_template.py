"""The template that answers have until an organ uploads its own: the form of official documents (GB/T 9704).

Page A4 with 37 mm above and 28 mm left; title in 小标宋 (here bold 宋) of size 2,
text in 仿宋 of size 3, 28.95 pt a line.
"""

import io
from functools import lru_cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FANGSONG, SONG, HEI = "仿宋", "宋体", "黑体"
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
LINE = Pt(28.95)
RED = RGBColor(0xC8, 0x10, 0x1E)


@lru_cache(maxsize=1)
def default_template() -> bytes:
    """Return the template as a DOCX."""
    word: Any = Document()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(word.styles["Normal"], FANGSONG, SIZE_3)
    _line(word, "{{ 单位 }}", SONG, Pt(30), align=WD_ALIGN_PARAGRAPH.CENTER, bold=True, colour=RED)
    _line(word, "{{ 文号 }}　　　　　　签发人：{{ 签发人 }}", align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(word, "办理结果：{{ 办理结果 }}", HEI, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(word, "关于{{ 会议 }}第{{ 建议编号 }}号建议的答复", SONG, SIZE_2, align=WD_ALIGN_PARAGRAPH.CENTER, bold=True)
    _line(word, "{{ 主送 }}：")
    _line(word, "您提出的《{{ 标题 }}》收悉。现答复如下：", indent=True)
    _line(word, "{{ 正文 }}", indent=True)
    _line(word, "感谢您对我们工作的关心和支持。", indent=True)
    _line(word, "{{ 单位 }}（盖章）", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(word, "{{ 日期 }}", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(word, "（联系人：{{ 联系人 }}，联系电话：{{ 联系电话 }}）", indent=True)
    _line(word, "抄送：{{ 抄送 }}", size=SIZE_4)
    _line(word, "校验码：{{ 校验码 }}（据此核对盖章扫描件与签发的文本）", size=Pt(10.5))
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _font(style: Any, font: str, size: Any) -> None:
    style.font.name, style.font.size = font, size
    properties = (
        style.element.get_or_add_rPr() if hasattr(style.element, "get_or_add_rPr") else style._r.get_or_add_rPr()
    )
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _line(
    word: Any, text: str, font: str = "", size: Any = None, *, align: Any = None, bold: bool = False,
    indent: bool = False, colour: Any = None,
) -> None:  # fmt: skip
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
    _font(run, font or FANGSONG, size or SIZE_3)
