"""What is bound behind the whole file of a paper: PDFs and pictures as pages, everything else enclosed as it came."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Any

from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from geokit.process_limits import ask_child
from geokit.refusal import BadInput, Busy, Refusal
from ledger.filestore.responses import opened
from ui.deadlines import check
from ui.pictures import copies

log = logging.getLogger(__name__)
LONGEST_SIDE, QUALITY = 1400, 82
"""Pixels of a picture on a page of A4: some 200 to the inch."""
MOST_BYTES = 150 * 1024**2
"""Of all files of a paper together."""
CHUNK = 1024**2
SECONDS = 35.0
"""For each of the two tries, well within the time of a request for a file."""
AT_ONCE, WAIT_SECONDS = 1, 10.0
SHEET = "papers/picture_sheet.html"
_turns = BoundedSemaphore(AT_ONCE)


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
    """Put the enclosures behind a PDF, in a process of its own (`binder`).

    Raises FileLost and FileDamaged where a file is not what the chain says, BadInput where all are too large together,
    Busy while others are bound.
    """
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy(_("正在合成别的整本文件，请稍后再试。"), code="whole-files-busy")
    try:
        with TemporaryDirectory(prefix="whole-file-") as name:
            folder = Path(name)
            (folder / "front.pdf").write_bytes(front)
            _lay_out(folder, enclosures)
            _bind(folder)
            return (folder / "whole.pdf").read_bytes()
    finally:
        _turns.release()


def _lay_out(folder: Path, enclosures: Iterable[Enclosure]) -> None:
    """Write the files by their numbers, with a page of each picture."""
    left, names = MOST_BYTES, []
    for number, one in enumerate(enclosures, start=1):
        left -= _copy(one, folder / str(number), left)
        if sheet := _sheet(one):
            (folder / f"{number}.pdf").write_bytes(sheet)
        names.append(one.name)
    (folder / "names.json").write_text(json.dumps(names))


def _copy(one: Enclosure, to: Path, most: int) -> int:
    size = 0
    with opened(one.file) as content, to.open("wb") as copy:
        while chunk := content.read(CHUNK):
            check()
            size += len(chunk)
            if size > most:
                message = _("附件合计超过 %d MB，不能合成一个文件，请在页面上分别下载。") % (MOST_BYTES // 1024**2)
                raise BadInput(message, code="whole-file-too-large")
            copy.write(chunk)
    return size


def _bind(folder: Path) -> None:
    """With the files as pages; where one of them ends its reader, all are enclosed as they came."""
    try:
        ask_child("papers.desk.binder", str(folder), "pages", content=b"", seconds=SECONDS)
    except (TimeoutError, ValueError) as error:
        log.warning("the files of a paper are enclosed and not bound: %s", error)
        try:
            ask_child("papers.desk.binder", str(folder), "enclosed", content=b"", seconds=SECONDS)
        except (TimeoutError, ValueError) as again:
            raise Busy(_("整本文件没有合成，请过几分钟再试，或分别下载附件。"), code="whole-file-failed") from again


def _sheet(one: Enclosure) -> bytes:
    from ui.printing import print_pdf

    picture = as_data(one.file) if one.name.lower().endswith((".jpg", ".jpeg", ".png")) else ""
    context: dict[str, Any] = {"one": one, "picture": picture}
    return print_pdf(render_to_string(SHEET, context)) if picture else b""
