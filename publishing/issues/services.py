"""Taking in the PDF of an issue: checked like any file, drawn page by page in a process of its own."""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from geokit.process_limits import ask_child
from geokit.refusal import BadInput, Busy, refuse
from publishing.files.models import PageFile
from publishing.files.services import ISSUE, MOST_BYTES, keep
from publishing.issues.child import MOST_PAGES
from publishing.issues.models import IssuePage
from publishing.register.services import check_draft, locked_draft
from ui.attachments import kept_name, read_bounded

WALL_SECONDS = 120
JPEG = b"\xff\xd8\xff"
AT_ONCE = 1
"""How many issues one process of the site draws: each takes a core and up to 500 MB."""
WAIT_SECONDS = 20.0
_turns = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as the child drew it."""

    picture: bytes
    width: int
    height: int
    text: str


@dataclass(frozen=True, slots=True)
class SentIssue:
    """A PDF with its pages; without them where its page has them already."""

    name: str
    content: bytes
    pages: list[Drawn]


def add_issue(user: User, pk: int, upload: Any) -> PageFile:
    """Draw the PDF of an issue and keep both. Raises NotPermitted, BadInput, Busy."""
    return keep_issue(user, pk, look_at_issue(user, pk, upload))


def look_at_issue(user: User, pk: int, upload: Any, version: int | None = None) -> SentIssue:
    """Draw a PDF for a draft; takes up to minutes, so no transaction is open meanwhile. Raises Refusal."""
    check_draft(user, pk, version)
    name = kept_name(upload.name)
    if not name.lower().endswith(ISSUE):
        raise refuse("upload", "file-format", _("会刊要用 PDF。"))
    content = read_bounded(upload, MOST_BYTES)
    if IssuePage.objects.filter(file__page=pk, file__sha256=hashlib.sha256(content).hexdigest()).exists():
        return SentIssue(name, content, [])
    with _turn():
        return SentIssue(name, content, draw(content))


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy(_("正在转换的会刊太多，请稍后再上传。"), code="issues-busy")
    try:
        yield
    finally:
        _turns.release()


@transaction.atomic
def keep_issue(user: User, pk: int, sent: SentIssue) -> PageFile:
    """Keep the PDF of an issue with its pages as pictures. Raises NotPermitted, BadInput."""
    kept = keep(user, locked_draft(user, pk), PageFile.Kind.ISSUE, sent.name, sent.content)
    if kept.issue_pages.exists():
        return kept
    for number, one in enumerate(sent.pages, 1):
        digest = hashlib.sha256(one.picture).hexdigest()
        row = IssuePage(
            file=kept, number=number, sha256=digest, width=one.width, height=one.height, text=one.text.replace("\0", "")
        )
        row.picture.save(f"{digest[:16]}.jpg", ContentFile(one.picture), save=False)
        row.save()
    return kept


def draw(content: bytes) -> list[Drawn]:
    """Return the pages of a PDF. Raises BadInput with what to do."""
    try:
        answer = ask_child("publishing.issues.child", content=content, seconds=WALL_SECONDS)
        if answer.get("refused") == "too-long":
            raise _too_long()
        if answer.get("refused") == "encrypted":
            raise refuse("upload", "issue-encrypted", _("这个 PDF 有密码，请去掉密码再上传。"))
        return [_drawn(one) for one in answer["pages"]]
    except TimeoutError:
        raise _too_long() from None
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise refuse(
            "upload", "issue-broken", _("这个 PDF 无法转换成图片：文件可能已损坏，请重新导出后再上传。")
        ) from None


def _drawn(one: dict[str, Any]) -> Drawn:
    picture = base64.b64decode(one["picture"], validate=True)
    if not picture.startswith(JPEG):
        raise ValueError("no picture")
    return Drawn(picture, int(one["width"]), int(one["height"]), str(one["text"]))


def _too_long() -> BadInput:
    words = _("这份 PDF 太长或太复杂，无法转换成图片：最多 %d 页，请拆成几期或降低图片精度。")
    return refuse("upload", "issue-too-long", words % MOST_PAGES)
