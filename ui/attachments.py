"""Files that people hand in beside a text: checked by content, pictures written anew, everything bounded.

They are never shown in a page, only given out again as a download. What a name says is believed no further than the
content bears it out; what arrived cut is refused, not kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from geokit.refusal import Refusal, TooLarge, refuse
from geokit.sources.unzip import Limits, check_workbook, list_members, open_zip
from ui.pictures.photos import sanitise_photo

MOST = 10
MOST_BYTES = 20 * 1024**2
MOST_TOGETHER = 60 * 1024**2
"""Of the files of one form."""
LONGEST_NAME, LONGEST_ENDING = 120, 10
PDF_TAIL = 2048
"""Bytes at the end of a PDF in which its last mark stands."""
INFLATED = Limits(entries=5_000, inflated_bytes=200 * 1024**2, workbook_bytes=200 * 1024**2)
BEGINNINGS = {
    ".pdf": b"%PDF-",
    ".ofd": b"PK\x03\x04",
    ".docx": b"PK\x03\x04",
    ".xlsx": b"PK\x03\x04",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n\x1a\n",
}
PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".ofd": "OFD.xml"}
"""What an archive of each kind must hold to be one."""
PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A checked file: its own name, and the bytes that are kept with their SHA-256 (hex)."""

    name: str
    content: bytes
    suffix: str
    sha256: str


def check_attachment(file: UploadedFile[bytes], field: str = "file") -> Attachment:
    """Read and check one upload. Raises BadInput (``unknown-kind``, ``broken-file``), TooLarge, PhotoRefused, Busy."""
    name = kept_name(file.name)
    suffix = PurePosixPath(name).suffix.lower()
    content = read_bounded(file)
    if suffix not in BEGINNINGS or not content.startswith(BEGINNINGS[suffix]):
        kinds = "、".join(one.removeprefix(".").upper() for one in BEGINNINGS)
        words = {"name": name, "kinds": kinds}
        raise refuse(field, "unknown-kind", _("“%(name)s”不是可以附上的文件（%(kinds)s）。") % words)
    if suffix in PICTURES:
        file.seek(0)
        photo = sanitise_photo(file)
        content, suffix = photo.content, photo.suffix
    elif not is_whole(content, suffix):
        raise refuse(field, "broken-file", _("“%s”不完整或已损坏，没有接收。请重新导出后再上传。") % name)
    return Attachment(name, content, suffix, hashlib.sha256(content).hexdigest())


def read_bounded(file: UploadedFile[bytes], most: int = MOST_BYTES) -> bytes:
    """Return the bytes of an upload of at most `most`. Raises TooLarge."""
    if file.size is None or file.size > most:
        words = {"name": file.name, "most": most // 1024**2}
        raise TooLarge(_("“%(name)s”超过 %(most)d MB。") % words, code="file-too-large")
    return b"".join(file.chunks())


def kept_name(name: str | None) -> str:
    """The last part of what it was called, without what does not print, short enough to be kept with its ending."""
    plain = "".join(letter for letter in name or "" if letter.isprintable())
    path = PurePosixPath(plain.replace("\\", "/"))
    ending = path.suffix[:LONGEST_ENDING]
    return f"{path.stem[: LONGEST_NAME - len(ending)]}{ending}"


def is_whole(content: bytes, suffix: str) -> bool:
    """Whether a PDF has its end, and an archive of `PARTS` what makes it one, without bombs, links and entities."""
    if suffix == ".pdf":
        return b"%%EOF" in content[-PDF_TAIL:]
    with NamedTemporaryFile(suffix=suffix) as held:
        held.write(content)
        held.flush()
        try:
            check_workbook(Path(held.name), INFLATED)
            with open_zip(Path(held.name)) as archive:
                return any(str(member.name) == PARTS[suffix] for member in list_members(archive, INFLATED))
        except Refusal:
            return False
