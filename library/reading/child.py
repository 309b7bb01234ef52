"""`python -m library.reading.child SUFFIX`: the text of a PDF or DOCX from standard input, as JSON on standard output.

A process of its own with limits of memory and time, which knows nothing of the site: whatever a file does to a library,
it does here. Answers {"text", "pages", "scan"} or {"refused": code}.
"""

import io
import json
import re
import sys
import zipfile
from typing import Any
from xml.etree import ElementTree

from geokit.process_limits import limit_this_process

MEMORY_MB = 300
CPU_SECONDS = 30
MOST_PAGES = 600
MOST_TEXT = 2_000_000
MOST_XML = 60 * 1024**2
SCAN_LETTERS = 10
"""Fewer letters a page than these: pictures of pages, not text."""
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACES = re.compile(r"[ \t\u3000]+")


class Refused(Exception):
    """The file cannot be read; the code says why."""


def read_pdf(content: bytes) -> dict[str, Any]:
    """Read a PDF with pdfium. Raises Refused `encrypted`, `broken` or `too-long`."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise Refused("encrypted" if "password" in str(error).lower() else "broken") from None
    if len(document) > MOST_PAGES:
        raise Refused("too-long")
    pages = []
    for page in document:
        pages.append(page.get_textpage().get_text_bounded())
        if sum(map(len, pages)) > MOST_TEXT:
            raise Refused("too-long")
    letters = sum(sum(letter.isalnum() for letter in page) for page in pages)
    return {"text": _joined("\n".join(pages)), "pages": len(pages), "scan": letters < SCAN_LETTERS * max(1, len(pages))}


def _joined(text: str) -> str:
    """Join what the page's width has cut: a Chinese line that ends without a stop goes on in the next."""
    lines = [_SPACES.sub(" ", line).strip() for line in text.splitlines()]
    joined: list[str] = []
    for line in filter(None, lines):
        begins = re.match(
            r"(?:第[一二三四五六七八九十百零〇\d]+[编章节条]|[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、)",
            line,
        )
        if joined and len(joined[-1]) > 18 and joined[-1][-1] not in "。；：！？.;:" and not begins:
            joined[-1] += line
        else:
            joined.append(line)
    return "\n".join(joined)


def read_docx(content: bytes) -> dict[str, Any]:
    """Read the paragraphs of a DOCX. Raises Refused `broken`, `macros`, `encrypted` or `too-long`."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("encrypted")  # an encrypted DOCX is wrapped like an old DOC
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            names = {info.filename: info for info in file.infolist()}
            if any("vbaproject" in name.lower() for name in names):
                raise Refused("macros")
            if names["word/document.xml"].file_size > MOST_XML:
                raise Refused("too-long")
            with file.open("word/document.xml") as part:
                xml = part.read(MOST_XML + 1)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        raise Refused("broken") from None
    if len(xml) > MOST_XML or b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml:
        raise Refused("broken")
    text = "\n".join(_paragraphs(xml))
    if len(text) > MOST_TEXT:
        raise Refused("too-long")
    return {"text": text, "pages": 0, "scan": not text.strip()}


def _paragraphs(xml: bytes) -> list[str]:
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - no entities (checked), in a process with limits
    except ElementTree.ParseError:
        raise Refused("broken") from None
    found = []
    for paragraph in root.iter(f"{WORD}p"):
        style = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
        head = "# " if style is not None and style.get(f"{WORD}val", "").lower().startswith("heading") else ""
        text = "".join(node.text or "" for node in paragraph.iter(f"{WORD}t")).strip()
        if text:
            found.append(head + text)
    return found


READERS = {"pdf": read_pdf, "docx": read_docx}


def main(suffix: str) -> None:
    limit_this_process(MEMORY_MB, CPU_SECONDS)
    try:
        answer = READERS[suffix](sys.stdin.buffer.read())
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "too-long"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
