"""A process of its own that looks through a Word template and fills it in once. What comes in is an outsider's.

Run as ``python -m papers.documents.template_reader``, the file on standard input; answers with JSON. The library puts
together again what Word has cut into runs, by patterns that take the square of a part's length on a part that was made
for it: memory and time are bounded here, and the caller waits no longer than that.
"""

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from geokit.process_limits import limit_this_process
from papers.documents.words import NAMES, NEEDED, AnswerWords

MEMORY_MB = 400
CPU_SECONDS = 5
MOST_TEXT = 4 * 1024**2
"""Characters of one part that is read as a template."""
ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If)
UNFILLABLE = (TemplateError, zipfile.BadZipFile, KeyError, ValueError, AttributeError, PackageNotFoundError)
_READ = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_LINK = "/relationships/hyperlink"


class Fault(Exception):
    """What keeps a file from being a template: its code, and what there is to say of it."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(code)
        self.code, self.said = code, said


def read(content: bytes) -> dict[str, str]:
    """Return nothing of a good template, of another one its ``fault`` and what is ``said`` of it.

    >>> read(b"no zip")
    {'fault': 'no-docx', 'said': ''}
    """
    try:
        _check(content)
    except Fault as fault:
        return {"fault": fault.code, "said": fault.said}
    return {}


def filled(content: bytes, words: AnswerWords) -> bytes:
    """Return the DOCX of an answer. Raises Fault ``no-docx`` for a template that cannot be filled in."""
    try:
        document = DocxTemplate(io.BytesIO(content))
        document.render(words.as_context(), _environment(), autoescape=True)
        out = io.BytesIO()
        document.save(out)
    except UNFILLABLE as error:
        raise Fault("no-docx") from error
    return out.getvalue()


def _check(content: bytes) -> None:
    """Raises Fault for unknown or missing words, for anything but names and conditions, for macros and links."""
    named = _names_in(content)
    if unknown := sorted(named - set(NAMES)):
        raise Fault("unknown-word", "、".join(unknown)[:200])
    if missing := [name for name in NEEDED if name not in named]:
        raise Fault("word-missing", "、".join(missing))
    sample = dict.fromkeys(AnswerWords.__slots__, "试填")
    filled(content, AnswerWords(**{**sample, "result": "A", "signed_on": date(2026, 1, 1)}))  # type: ignore[arg-type]


def _names_in(content: bytes) -> set[str]:
    names: set[str] = set()
    for xml in _parts(content):
        for node in _syntax(xml).find_all(nodes.Node):
            if isinstance(node, nodes.Name):
                names.add(node.name)
            if not isinstance(node, ALLOWED):
                raise Fault("not-plain")
    return names


def _parts(content: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.namelist()
            if any("vbaproject" in name.lower() or "/embeddings/" in name.lower() for name in listed):
                raise Fault("has-macros")
            if any(_leads_outside(archive.read(name)) for name in listed if name.lower().endswith(".rels")):
                raise Fault("links-outside")
            for name in listed:
                if _READ.fullmatch(name):
                    yield _as_template(archive.read(name).decode("utf-8", "replace"))
    except (zipfile.BadZipFile, ElementTree.ParseError, LookupError, OSError, ValueError) as error:
        raise Fault("no-docx") from error


def _leads_outside(relations: bytes) -> bool:
    """Tell whether a part leads to something elsewhere that is no link to click on; read as XML, like Word does."""
    return any(
        each.get("TargetMode", "").strip().lower() == "external" and not each.get("Type", "").endswith(_LINK)
        for each in ElementTree.fromstring(relations).iter()  # noqa: S314 - without DOCTYPE and entities
    )


def _as_template(xml: str) -> str:
    """What docxtpl makes of a part: words that Word cut into runs are put together again."""
    if len(xml) > MOST_TEXT:
        raise Fault("too-long")
    return str(DocxTemplate(io.BytesIO()).patch_xml(xml))


def _syntax(xml: str) -> nodes.Template:
    try:
        return _environment().parse(xml)
    except TemplateSyntaxError as error:
        raise Fault("bad-syntax", str(error)[:120]) from error


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


if __name__ == "__main__":
    limit_this_process(MEMORY_MB, CPU_SECONDS)
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))
