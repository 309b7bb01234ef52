"""What is bound behind the whole file of a paper: PDFs and pictures as pages, everything else enclosed as it came."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2
from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string

from geokit.refusal import Refusal
from ledger.filestore.responses import opened
from ui.pictures import copies

LONGEST_SIDE, QUALITY = 1400, 82
"""Pixels of a picture on a page of A4: some 200 to the inch."""
MOST_PAGES = 500
"""Of one file; a longer one is enclosed as it came."""
SHEET = "papers/picture_sheet.html"


@dataclass(frozen=True)
class Enclosure:
    """One file that belongs to a paper, with the name that its reader knows it by."""

    name: str
    file: FieldFile
    sha256: str = ""


def as_data(file: FieldFile) -> str:
    """Return a picture as a `data:` address, no larger than a page shows; "" for one that is lost or none."""
    try:
        with opened(file) as content:
            return copies.small_data_address(content.read(), LONGEST_SIDE, QUALITY)
    except (Refusal, OSError):
        return ""


def bind(front: bytes, enclosures: Iterable[Enclosure]) -> bytes:
    """Put the enclosures behind a PDF. Raises FileLost and FileDamaged where a file is not what the chain says."""
    whole = pypdfium2.PdfDocument(front)
    try:
        for number, one in enumerate(enclosures, start=1):
            with opened(one.file) as file:
                content = file.read()
            if not _bound(whole, one, content):
                kept = whole.new_attachment(f"{number} {one.name}")
                kept.set_data(content)
        out = io.BytesIO()
        whole.save(out)
        return out.getvalue()
    finally:
        whole.close()


def _bound(whole: pypdfium2.PdfDocument, one: Enclosure, content: bytes) -> bool:
    """Add a file as pages; False where it is neither a PDF that opens nor a picture."""
    pages = content if content.startswith(b"%PDF-") else _sheet(one)
    if not pages:
        return False
    try:
        with _document(pages) as document:
            if len(document) > MOST_PAGES:
                return False
            whole.import_pages(document)
    except (pypdfium2.PdfiumError, ValueError):  # broken, or shut with a password
        return False
    return True


@contextmanager
def _document(pages: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(pages)
    try:
        yield document
    finally:
        document.close()


def _sheet(one: Enclosure) -> bytes:
    from ui.printing import print_pdf

    picture = as_data(one.file) if one.name.lower().endswith((".jpg", ".jpeg", ".png")) else ""
    context: dict[str, Any] = {"one": one, "picture": picture}
    return print_pdf(render_to_string(SHEET, context)) if picture else b""
