"""Taking in a picture or a file, checked by what it is: pictures are encoded anew, files hold no macros."""

import hashlib
import io
import zipfile
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, refuse
from ledger import audit
from library.reading.files import read_file
from publishing.files.models import PageFile
from publishing.register.models import SitePage
from publishing.register.permissions import pages_kept_by, pages_visible_to
from publishing.register.services import locked_draft
from ui.attachments import is_whole, kept_name, read_bounded
from ui.pictures.photos import PhotoRefused, sanitise_photo

MOST_BYTES = 30 * 1024**2
MOST_FILES = 60
"""Of one page, over all its versions."""
ISSUE = ".pdf"
READ = (ISSUE, ".docx")
SHEETS = (".xlsx",)
PLAIN = (".csv", ".txt")
SUFFIXES = (*READ, *SHEETS, *PLAIN)
PICTURES = "image/jpeg,image/png,image/webp"
_MACROS = "vbaproject.bin"


@transaction.atomic
def add_picture(user: User, pk: int, upload: Any) -> PageFile:
    """Keep a picture of a draft, without what a camera wrote into it. Raises NotPermitted, BadInput."""
    page = locked_draft(user, pk)
    upload.seek(0)
    try:
        photo = sanitise_photo(upload)
    except PhotoRefused as refusal:
        errors = [FieldError("upload", refusal.code, refusal.message)]
        raise type(refusal)(refusal.message, code=refusal.code, errors=errors) from refusal
    name = PurePosixPath(str(upload.name)).stem + photo.suffix
    size = {"width": photo.width, "height": photo.height}
    return keep(user, page, PageFile.Kind.PICTURE, name, photo.content, **size)


@transaction.atomic
def add_file(user: User, pk: int, upload: Any) -> PageFile:
    """Keep a file of a draft. Raises NotPermitted, BadInput."""
    page = locked_draft(user, pk)
    name = kept_name(upload.name)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise refuse("upload", "file-format", _("附件可以是 PDF、DOCX、XLSX、CSV、TXT。"))
    content = read_bounded(upload, MOST_BYTES)
    if suffix in SHEETS:
        _check_sheet(content)
    else:
        _check_readable(name if suffix in READ else f"{name}.txt", content)
    return keep(user, page, PageFile.Kind.FILE, name, content)


def _check_readable(name: str, content: bytes) -> None:
    """Refuse what the library would not read: broken, with a password, with macros, in no known encoding."""
    try:
        read_file(name, content)
    except BadInput as refusal:
        raise refuse("upload", refusal.code, refusal.message) from refusal


def _check_sheet(content: bytes) -> None:
    """Refuse what is no workbook, or one with macros or with more in it than it seems."""
    if not is_whole(content, ".xlsx"):
        raise refuse("upload", "file-broken", _("这不是能打开的 XLSX 表格。"))
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    if any(name.lower().endswith(_MACROS) for name in names):
        raise refuse("upload", "file-macros", _("表格里有宏，请另存为不带宏的 XLSX。"))


def keep(user: User, page: SitePage, kind: str, name: str, content: bytes, **size: int) -> PageFile:
    """Keep what was checked with its draft, which is locked; the same again is the same. Raises BadInput."""
    digest = hashlib.sha256(content).hexdigest()
    if (known := page.files.filter(sha256=digest).first()) is not None:
        if known.kind != kind:
            raise refuse("upload", "other-kind", _("这个文件已经作为“%s”放在本页了。") % known.get_kind_display())
        return known
    if page.files.count() >= MOST_FILES:
        raise refuse("upload", "too-many-files", _("一页最多 %d 个文件。") % MOST_FILES)
    suffix = PurePosixPath(name).suffix.lower()
    kept = PageFile(page=page, kind=kind, name=kept_name(name), sha256=digest, size=len(content), added_by=user, **size)
    kept.file.save(f"{digest[:16]}{suffix}", ContentFile(content), save=False)
    kept.save()
    audit.record(user, "page-file-added", page, name=kept.name, sha256=digest)
    return kept


def shown_to(user: Any, number: Any) -> PageFile | None:
    """Return a file that `user` may see: of a page that she keeps, or in the live version of one that she reads."""
    found = PageFile.objects.filter(number=number).select_related("page__live").first()
    return found if found is not None and is_shown_to(user, found.page, found.number) else None


def is_shown_to(user: Asker, page: SitePage, number: Any) -> bool:
    """Tell whether `user` keeps the page, or reads it with a live version that shows what has this number."""
    if pages_kept_by(user).filter(pk=page.pk).exists():
        return True
    live = page.live
    is_shown = live is not None and any(block.get("file") == str(number) for block in live.body)
    return is_shown and pages_visible_to(user).filter(pk=page.pk).exists()
