"""Files that belong to a paper: what may be one, kept with its SHA-256, taken away while it is a draft."""

import hashlib
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from geokit.refusal import TooLarge, refuse
from ledger.steps.apply import apply
from papers.register.models import Paper, PaperFile
from papers.register.table import PaperVerb
from papers.register.workflow import WORKFLOW

MOST = 10
MOST_BYTES = 20 * 1024**2
BEGINNINGS = {
    ".pdf": (b"%PDF-",),
    ".ofd": (b"PK\x03\x04",),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
}
"""How a file of each kind begins; nobody is shown one, they are only given out again as they came."""


def read(file: UploadedFile, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of an upload of at most `most`. Raises TooLarge."""
    if file.size is None or file.size > most:
        words = _("“%(name)s”超过 %(most)d MB。") % {"name": file.name, "most": most // 1024**2}
        raise TooLarge(words, code="file-too-large")
    return b"".join(file.chunks())


@transaction.atomic
def attach(user: User, paper: Paper | int, file: UploadedFile) -> PaperFile:
    """Add a file to a draft. Raises NotPermitted, TooLarge, BadInput."""
    content = read(file)
    name = PurePosixPath(str(file.name or "").replace("\\", "/")).name[:120]
    suffix = PurePosixPath(name).suffix.lower()
    if not content.startswith(BEGINNINGS.get(suffix, (b"\0none",))):
        kinds = "、".join(one.removeprefix(".").upper() for one in BEGINNINGS)
        raise refuse(
            "file", "unknown-kind", _("“%(name)s”不是可以附上的文件（%(kinds)s）。") % {"name": name, "kinds": kinds}
        )
    changed = apply(WORKFLOW, user, paper, PaperVerb.ATTACH, None, {"detail": {"added": name}}).paper
    if changed.files.count() >= MOST:
        raise refuse("file", "too-many", _("附件最多 %d 个。") % MOST)
    made = PaperFile(paper=changed, name=name, sha256=hashlib.sha256(content).hexdigest(), author=user)
    made.file.save(f"{made.sha256[:24]}{suffix}", ContentFile(content), save=False)
    made.save()
    return made


@transaction.atomic
def detach(user: User, paper: Paper | int, file_id: int) -> None:
    """Take a file away from a draft; the chain keeps that it was there."""
    changed = apply(WORKFLOW, user, paper, PaperVerb.ATTACH, None, {"detail": {"removed": file_id}}).paper
    changed.files.filter(pk=file_id).delete()
