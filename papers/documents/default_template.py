"""The template that answers have until an organ uploads its own: the form of official documents (GB/T 9704)."""

import io
from functools import lru_cache

from docx.shared import Pt

from papers.documents.official import CENTER, HEI, RED, RIGHT, SIZE_2, SIZE_4, SONG, add_line, official_page


@lru_cache(maxsize=1)
def default_template() -> bytes:
    """Return the template as a DOCX."""
    word = official_page()
    add_line(word, "{{ 单位 }}", SONG, Pt(30), align=CENTER, bold=True, colour=RED)
    add_line(word, "{{ 文号 }}　　　　　　签发人：{{ 签发人 }}", align=CENTER)
    add_line(word, "办理结果：{{ 办理结果 }}", HEI, align=RIGHT)
    add_line(word, "关于{{ 会议 }}第{{ 建议编号 }}号建议的答复", SONG, SIZE_2, align=CENTER, bold=True)
    add_line(word, "{{ 主送 }}：")
    add_line(word, "您提出的《{{ 标题 }}》收悉。现答复如下：", indent=True)
    add_line(word, "{{ 正文 }}", indent=True)
    add_line(word, "感谢您对我们工作的关心和支持。", indent=True)
    add_line(word, "{{ 单位 }}（盖章）", align=RIGHT)
    add_line(word, "{{ 日期 }}", align=RIGHT)
    add_line(word, "（联系人：{{ 联系人 }}，联系电话：{{ 联系电话 }}）", indent=True)
    add_line(word, "抄送：{{ 抄送 }}", size=SIZE_4)
    add_line(word, "校验码：{{ 校验码 }}（据此核对盖章扫描件与签发的文本）", size=Pt(10.5))
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()
