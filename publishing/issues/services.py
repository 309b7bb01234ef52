"""Taking in the PDF of an issue: checked like any file, drawn page by page in a process of its own."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from geokit.process_limits import ask_child
from geokit.refusal import BadInput, refuse
from publishing.files.models import PageFile
from publishing.files.services import add_file
from publishing.issues.child import MOST_PAGES
from publishing.issues.models import IssuePage

WALL_SECONDS = 120
JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as the child drew it."""

    picture: bytes
    width: int
    height: int
    text: str


@transaction.atomic
def add_issue(user: User, pk: int, upload: Any) -> PageFile:
    """Keep the PDF of an issue with its pages as pictures. Raises NotPermitted, BadInput."""
    kept = add_file(user, pk, upload, kind=PageFile.Kind.ISSUE)
    if kept.issue_pages.exists():
        return kept
    with kept.file.storage.open(str(kept.file.name), "rb") as file:
        drawn = draw(file.read())
    for number, one in enumerate(drawn, 1):
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
        return [_drawn(one) for one in answer["pages"]]
    except TimeoutError:
        raise _too_long() from None
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise refuse("upload", "issue-broken", _("这个 PDF 画不出来：文件可能已损坏，请重新导出后再上传。")) from None


def _drawn(one: dict[str, Any]) -> Drawn:
    picture = base64.b64decode(one["picture"], validate=True)
    if not picture.startswith(JPEG):
        raise ValueError("no picture")
    return Drawn(picture, int(one["width"]), int(one["height"]), str(one["text"]))


def _too_long() -> BadInput:
    words = _("这份 PDF 太长或太复杂，画不完：最多 %d 页，请拆成几期或降低图片精度。")
    return refuse("upload", "issue-too-long", words % MOST_PAGES)
