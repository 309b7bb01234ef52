"""Word templates of answers: looked through before they are kept, filled in without trusting them.

A template may name the words of `words.NAMES` and make parts of it depend on whether one is empty; no loops, no
attributes, no calls. The zip is looked through first (bombs, DOCTYPE), then a process of its own reads what is in it
(`template_reader`: macros, links to elsewhere, what it names) and fills it in once.
"""

from pathlib import Path
from tempfile import NamedTemporaryFile

from django.utils.translation import gettext as _

from geokit.process_limits import ask_child
from geokit.refusal import BadInput, FieldError, Refusal, TooLarge
from geokit.sources.unzip import Limits, check_workbook
from papers.documents.template_reader import Fault, filled
from papers.documents.words import AnswerWords

MOST_BYTES = 5 * 1024**2
INFLATED = 40 * 1024**2
READ_SECONDS = 20


def check_template(content: bytes) -> None:
    """Refuse what cannot be a template of answers. Raises BadInput and TooLarge with an error at `file`."""
    if len(content) > MOST_BYTES:
        raise TooLarge(_("模板不能超过 %d MB。") % (MOST_BYTES // 1024**2), code="file-too-large")
    if not content.startswith(b"PK\x03\x04"):
        raise _bad("no-docx", _("模板应是 Word 文档（DOCX）。"))
    with NamedTemporaryFile(suffix=".docx") as file:
        file.write(content)
        file.flush()
        check_workbook(Path(file.name), Limits(workbook_bytes=INFLATED, entries=500))
    try:
        found = ask_child("papers.documents.template_reader", content=content, seconds=READ_SECONDS)
    except (TimeoutError, ValueError) as error:
        raise _too_long() from error
    if code := found.get("fault"):
        raise _refusal(str(code), str(found["said"]))


def fill(content: bytes, words: AnswerWords) -> bytes:
    """Return the DOCX of an answer. Raises BadInput for a template that cannot be filled in."""
    try:
        return filled(content, words)
    except Fault as error:
        raise _refusal(error.code) from error


def _refusal(code: str, said: str = "") -> Refusal:
    if code == "too-long":
        return _too_long()
    words = {
        "unknown-word": _("模板里有不认识的名称：%s。"),
        "word-missing": _("模板里没有：%s。"),
        "not-plain": _("模板里只能写 {{ 名称 }} 和 {% if 名称 %}，不能写计算、循环和调用。"),
        "has-macros": _("模板里不能有宏和嵌入的对象。"),
        "links-outside": _("模板里不能有指向外部的图片或模板。"),
        "bad-syntax": _("模板里的 {{ }} 不成对或写法有误（%s）。"),
        "no-docx": _("模板打不开：文件已损坏或不是 DOCX。"),
    }
    return _bad(code, words[code] % said if said else words[code])


def _too_long() -> TooLarge:
    return TooLarge(_("模板里的文字过多。"), code="file-too-large")


def _bad(code: str, message: str) -> BadInput:
    return BadInput(message, code=code, errors=[FieldError("file", code, message)])
