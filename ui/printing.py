"""HTML set as pages of a PDF, and pages of a PDF as pictures.

WeasyPrint sets the type with Pango and embeds what it uses of the machine's fonts (Debian: fonts-noto-cjk); PDFium
draws the pictures. Nothing is fetched: a page brings its drawings along, as SVG or `data:` addresses.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, get_ident

import pypdfium2
from django.http import HttpRequest
from django.utils.translation import gettext as _
from PIL import Image, ImageFile

from geokit.refusal import Busy, TooMany
from ui.network.throttles import PersonThrottle

AT_ONCE = 2
"""Sheets that one process sets at a time while somebody waits; each takes a core and some hundred megabytes."""
PATIENCE_SECONDS = 3
POINTS_PER_PIXEL = 0.75
"""A CSS pixel is 1/96 inch, a PDF point 1/72."""

_turns = BoundedSemaphore(AT_ONCE)


class SheetThrottle(PersonThrottle):
    """How many sheets and boards one person or one network address has set in a minute."""

    scope = "sheets"


class CardThrottle(PersonThrottle):
    """The same of cards and posters, of which one page may name several."""

    scope = "cards"


@contextmanager
def turn_to_print(request: HttpRequest, counted_by: type[PersonThrottle] = SheetThrottle) -> Iterator[None]:
    """Wait for one's turn, which is counted. Raises TooMany or Busy: type setting takes a second or more of a core."""
    throttle = counted_by()
    if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # it asks for the user and the address
        raise TooMany(_("打印得太快了，请稍等一会儿。"), retry_after=round(throttle.wait() or 60))
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise Busy(_("打印的人很多，请过一会儿再试。"))
    try:
        yield
    finally:
        _turns.release()


class _Pages(logging.Handler):
    """Counts what WeasyPrint says of its progress: a page is begun. Of other threads' pages it knows nothing."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__(logging.INFO)
        self.tell, self.of, self.count = tell, get_ident(), 0

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.of and "layout - Page" in str(record.msg):
            self.count += 1
            self.tell(self.count)


@contextmanager
def told_of_pages(tell: Callable[[int], None]) -> Iterator[None]:
    """Within, `tell` gets the number of pages begun so far; what is set anew, for numbers of pages, counts again."""
    pages, progress = _Pages(tell), logging.getLogger("weasyprint.progress")
    progress.addHandler(pages)
    try:
        yield
    finally:
        progress.removeHandler(pages)


def print_pdf(html: str) -> bytes:
    """Set a whole HTML document; the PDF is tagged, so that its headings and tables can be read aloud."""
    # Only here: it takes two seconds to load, and few processes ever print.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # Loading it tells Pillow, for the whole process, to take pictures that are cut off; a cut photo is no evidence.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    nothing_from_outside = URLFetcher(allowed_protocols=("data",))
    page = HTML(string=html, url_fetcher=nothing_from_outside)
    written = page.write_pdf(pdf_tags=True)
    assert isinstance(written, bytes)  # noqa: S101 - it is None only when a target is named
    return written


def draw_pages(pdf: bytes, scale: float = 2.0) -> list[bytes]:
    """Each page as PNG, `scale` pixels for one CSS pixel."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_png(document[index], scale) for index in range(len(document))]
    finally:
        document.close()


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF has."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def draw_as_one(pdf: bytes, scale: float) -> bytes:
    """All pages as one PNG, one below the other."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [_picture(document[index], scale) for index in range(len(document))]
    finally:
        document.close()
    whole = Image.new("RGB", (max(page.width for page in pages), sum(page.height for page in pages)), "white")
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height
    return _saved(whole)


def _png(page: pypdfium2.PdfPage, scale: float) -> bytes:
    return _saved(_picture(page, scale))


def _picture(page: pypdfium2.PdfPage, scale: float) -> Image.Image:
    drawn: Image.Image = page.render(scale=scale / POINTS_PER_PIXEL).to_pil()
    return drawn


def _saved(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_svgs(drawings: list[tuple[str, int, int]], scale: float = 2.0) -> list[bytes]:
    """SVG drawings, each with its width and height in CSS pixels, as PNG on white.

    All are set in one go: reading the fonts takes longer than the drawing.
    """
    if not drawings:
        return []
    rules = "".join(
        f"@page d{number} {{ size: {width}px {height}px }} .d{number} {{ page: d{number} }}"
        for number, (_svg, width, height) in enumerate(drawings)
    )
    bodies = "".join(f'<div class="d{number}">{svg}</div>' for number, (svg, _w, _h) in enumerate(drawings))
    sheet = f"@page {{ margin: 0 }} svg {{ display: block }} {rules}"
    return draw_pages(
        print_pdf(f"<!doctype html><html lang='zh-Hans'><style>{sheet}</style><body style='margin:0'>{bodies}"), scale
    )
