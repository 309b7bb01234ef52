"""Word templates of answers: looked through before they are kept, filled in without trusting them.

A template may name the words of `words.NAMES` and make parts of it depend on whether one is empty; no loops, no
attributes, no calls. The zip is looked through first (bombs, DOCTYPE, macros, links to elsewhere).
"""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.utils.translation import gettext as _
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from geokit.refusal import BadInput, FieldError, TooLarge
from geokit.sources.unzip import Limits, check_workbook
from papers.documents.words import NAMES, NEEDED, AnswerWords

MOST_BYTES = 5 * 1024**2
INFLATED = 40 * 1024**2
MOST_TEXT = 4 * 1024**2
"""Of one part that is read as a template."""
ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If)
_READ = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_OUTSIDE = re.compile(rb'<Relationship\b[^>]*TargetMode\s*=\s*"External"[^>]*>', re.IGNORECASE)
_LINK = b"/relationships/hyperlink"


def _bad(code: str, message: str) -> BadInput:
    return BadInput(message, code=code, errors=[FieldError("file", code, message)])


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
    named = _names_in(content)
    if unknown := sorted(named - set(NAMES)):
        raise _bad("unknown-word", _("模板里有不认识的名称：%s。") % "、".join(unknown)[:200])
    if missing := [name for name in NEEDED if name not in named]:
        raise _bad("word-missing", _("模板里没有：%s。") % "、".join(missing))
    _try(content)


def _names_in(content: bytes) -> set[str]:
    """The words that the parts of a document name. Raises BadInput for anything but names and conditions."""
    names: set[str] = set()
    for xml in _parts(content):
        for node in _syntax(xml).find_all(nodes.Node):
            if isinstance(node, nodes.Name):
                names.add(node.name)
            if not isinstance(node, ALLOWED):
                raise _bad("not-plain", _("模板里只能写 {{ 名称 }} 和 {% if 名称 %}，不能写计算、循环和调用。"))
    return names


def _parts(content: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.namelist()
            if any("vbaproject" in name.lower() or "/embeddings/" in name.lower() for name in listed):
                raise _bad("has-macros", _("模板里不能有宏和嵌入的对象。"))
            for name in listed:
                if name.endswith(".rels") and any(_LINK not in one for one in _OUTSIDE.findall(archive.read(name))):
                    raise _bad("links-outside", _("模板里不能有指向外部的图片或模板。"))
            for name in listed:
                if _READ.fullmatch(name):
                    yield _as_template(archive.read(name).decode("utf-8", "replace"))
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise _unreadable() from error


def _as_template(xml: str) -> str:
    """What docxtpl makes of a part: words that Word cut into runs are put together again."""
    if len(xml) > MOST_TEXT:
        raise TooLarge(_("模板里的文字过多。"), code="file-too-large")
    return str(DocxTemplate(io.BytesIO()).patch_xml(xml))


def _syntax(xml: str) -> nodes.Template:
    try:
        return _environment().parse(xml)
    except TemplateSyntaxError as error:
        raise _bad("bad-syntax", _("模板里的 {{ }} 不成对或写法有误（%s）。") % str(error)[:120]) from error


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _unreadable() -> BadInput:
    return _bad("no-docx", _("模板打不开：文件已损坏或不是 DOCX。"))


def _try(content: bytes) -> None:
    from datetime import date

    sample = dict.fromkeys(AnswerWords.__slots__, "试填")
    fill(content, AnswerWords(**{**sample, "result": "A", "signed_on": date(2026, 1, 1)}))  # type: ignore[arg-type]


def fill(content: bytes, words: AnswerWords) -> bytes:
    """Return the DOCX of an answer. Raises BadInput for a template that cannot be filled in."""
    try:
        document = DocxTemplate(io.BytesIO(content))
        document.render(words.as_context(), _environment(), autoescape=True)
        out = io.BytesIO()
        document.save(out)
    except (TemplateError, zipfile.BadZipFile, KeyError, ValueError, AttributeError) as error:
        raise _unreadable() from error
    return out.getvalue()
