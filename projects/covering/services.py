"""Making and taking away the covered copy of a photo."""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Asker
from geokit.refusal import BadInput, NotPermitted
from ledger import audit
from ledger.filestore.removal import release, remove_unnamed
from ledger.filestore.responses import opened
from ledger.filestore.small_copies import forget_small
from projects.covering.models import CoveredPhoto
from projects.covering.permissions import may_cover
from ui.pictures.covering import covered_copy


def photo_for(user: Asker, kind: str, thing: Any) -> FieldFile:
    """Return the photo of a thing as `user` may see it: covered, unless she covers it herself."""
    covered = getattr(thing, "covered", None)
    if covered is None or may_cover(user, kind, thing):
        return thing.photo
    return covered.file


def cover_photo(actor: User, kind: str, thing: Any, boxes: Sequence[Sequence[int]]) -> CoveredPhoto:
    """Make the public copy anew from the original, with `boxes` covered. Raises NotPermitted, BadInput."""
    _require(actor, kind, thing)
    checked, content = covered_copy(lambda: opened(thing.photo), boxes, thing.photo.width, thing.photo.height)
    return _store(actor, kind, thing, checked, content)


@transaction.atomic
def uncover_photo(actor: User, kind: str, thing: Any) -> None:
    """Take the covered copy away: everybody sees the photo as it is again. Raises NotPermitted."""
    _require(actor, kind, thing)
    row = CoveredPhoto.objects.filter(**{kind: thing}).first()
    if row is not None:
        row.delete()
        audit.record(actor, "photo-uncovered", thing)
        _let_go(row.file)


def _require(actor: User, kind: str, thing: Any) -> None:
    if not may_cover(actor, kind, thing):
        raise NotPermitted(_("照片由牵头单位或审核人员遮盖。"))
    if not thing.photo:
        raise BadInput(_("这里没有照片。"), code="no-photo")


def _store(actor: User, kind: str, thing: Any, boxes: Sequence[Any], content: bytes) -> CoveredPhoto:
    new = ""
    try:
        with transaction.atomic():
            row = CoveredPhoto.objects.select_for_update().filter(**{kind: thing}).first()
            row = row or CoveredPhoto(**{kind: thing})
            old = row.file.name or ""
            row.boxes, row.made_by, row.made_at = list(boxes), actor, timezone.now()
            row.file.save(f"{kind}-{thing.pk}.jpg", ContentFile(content), save=False)
            new = str(row.file.name)
            row.save()
            audit.record(actor, "photo-covered", thing, boxes=len(boxes))
            forget_small(str(thing.photo.name))
            if old and old != new:
                forget_small(old)
                release(old)
            return row
    except BaseException:
        if new:
            remove_unnamed(new)
        raise


def _let_go(file: FieldFile) -> None:
    forget_small(str(file.name))
    release(str(file.name))
