"""Small copies of photos for lists: made when first asked for, kept in the cache."""

from typing import Any

from django.core.cache import cache

from ui.pictures import copies

KEPT_SECONDS = 7 * 24 * 3600


def small_copy(photo: Any) -> bytes:
    """Return a photo (a row with `file` and `sha256`) as a small JPEG. Raises FileNotFoundError."""
    key = f"photo-{photo.sha256}-{copies.SMALL_PX}"
    content = cache.get(key)
    if content is None:
        with photo.file.open("rb") as file:
            content = copies.small_jpeg(file)
        cache.set(key, content, KEPT_SECONDS)
    return content
