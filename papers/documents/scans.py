"""Sealed scans of answers: a PDF or an OFD, whole, not locked, and of the text that was signed.

A scan with a text layer must show the number and the check code of the signed document; one that is a picture alone
cannot be read here, so whoever uploads it types the code from the paper.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.utils.translation import gettext as _

from geokit.process_limits import ask_child
from geokit.refusal import BadInput, FieldError, TooLarge
from geokit.sources.unzip import Limits, check_workbook
from papers.documents.pdf_reader import MOST_PAGES
from papers.documents.words import bare_code
from ui.text.codes import typed_code

MOST_BYTES = 30 * 1024**2
READ_SECONDS = 30
LEAST_TEXT = 20
"""A page with fewer characters than this is a picture."""
OFD_INFLATED = 120 * 1024**2
# No attribute holds "<": a search that finds no end stops at the next element.
_TEXT_CODE = re.compile(r"<(?:\w+:)?TextCode\b[^<>]*>([^<]*)<")


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that can be kept: ``pdf`` or ``ofd``, and the text that it shows (empty for a picture)."""

    kind: str
    text: str


def _bad(code: str, message: str, field: str = "file") -> BadInput:
    return BadInput(message, code=code, errors=[FieldError(field, code, message)])


def read_scan(content: bytes) -> Scan:
    """Look through a scan. Raises BadInput (``scan-...``) and TooLarge."""
    if len(content) > MOST_BYTES:
        raise TooLarge(_("扫描件不能超过 %d MB。") % (MOST_BYTES // 1024**2), code="file-too-large")
    if content.startswith(b"%PDF-"):
        return Scan("pdf", _pdf_text(content))
    if content.startswith(b"PK\x03\x04"):
        return Scan("ofd", _ofd_text(content))
    raise _bad("scan-unknown", _("扫描件应是 PDF 或 OFD 文件。"))


def _pdf_text(content: bytes) -> str:
    try:
        found = ask_child("papers.documents.pdf_reader", content=content, seconds=READ_SECONDS)
    except (TimeoutError, ValueError) as error:
        raise _bad("scan-unreadable", _("这份 PDF 打不开，请重新扫描或导出。")) from error
    words = {
        "encrypted": _("这份 PDF 设了密码，请去掉密码再上传。"),
        "too-long": _("扫描件最多 %d 页。") % MOST_PAGES,
        "unreadable": _("这份 PDF 打不开，请重新扫描或导出。"),
    }
    if fault := found.get("fault"):
        raise _bad(f"scan-{fault}", words[fault])
    return str(found["text"])


def _ofd_text(content: bytes) -> str:
    """An OFD is a zip with OFD.xml; what it shows stands in TextCode elements of its pages."""
    with NamedTemporaryFile(suffix=".ofd") as file:
        file.write(content)
        file.flush()
        check_workbook(Path(file.name), Limits(workbook_bytes=OFD_INFLATED))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "OFD.xml" not in names or b"ofdspec.org" not in archive.read("OFD.xml"):
            raise _bad("scan-unknown", _("扫描件应是 PDF 或 OFD 文件。"))
        pages = [name for name in names if name.endswith("Content.xml")][:MOST_PAGES]
        parts = (archive.read(name).decode("utf-8", "replace") for name in pages)
        return "".join(found for part in parts for found in _TEXT_CODE.findall(part))


def require_signed_text(scan: Scan, number: str, code: str, typed: str) -> None:
    """Refuse a scan of something else, by the code that was typed and by its text layer. Raises BadInput."""
    if bare_code(typed_code(typed)) != bare_code(code):
        words = _("校验码不符。请填写盖章文本末尾的校验码；文本在签发之后改过的，应重新签发。")
        raise _bad("wrong-code", words, "code")
    shown = bare_code(scan.text)
    if len(shown) < LEAST_TEXT:
        return
    if bare_code(code) not in shown or bare_code(number) not in shown:
        raise _bad(
            "scan-differs",
            _("扫描件上没有签发文本的文号（%(number)s）和校验码（%(code)s），不是签发的那一份。")
            % {"number": number, "code": code},
        )
