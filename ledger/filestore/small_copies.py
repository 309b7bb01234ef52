"""Small copies of photos for lists: made when first asked for, kept in the cache."""

from typing import Any

from django.core.cache import cache
from django.db.models.fields.files import FieldFile
from django.http import HttpResponse

from ledger.filestore.references import refuse_erased
from ledger.filestore.refusals import unreadable
from ledger.filestore.responses import opened
from ui.pictures import copies

KEPT_SECONDS = 7 * 24 * 3600


def small_response(file: FieldFile, **headers: str) -> HttpResponse:
    """Send a row's photo as a small JPEG. Raises FileLost, FileDamaged and FileErased."""
    kept = {"Cache-Control": "private, max-age=3600"} | headers
    return HttpResponse(_small_copy(file), content_type="image/jpeg", headers=kept)


def _small_copy(file: FieldFile) -> bytes:
    refuse_erased(file)
    key = _key(str(file.name))
    content: Any = cache.get(key)
    if content is None:
        with opened(file) as photo:
            try:
                content = copies.small_jpeg(photo)
            except copies.NoPicture as error:
                raise unreadable(str(file.name)) from error
        cache.set(key, content, KEPT_SECONDS)
    return bytes(content)


def forget_small(name: str) -> None:
    """Forget the small copy of a file: it is covered, or shown no more."""
    cache.delete(_key(name))


def _key(name: str) -> str:
    return f"small-photo:{name}:{copies.SMALL_PX}"
