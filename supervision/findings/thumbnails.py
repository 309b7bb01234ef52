"""Small copies of photos for lists: made when first asked for, kept in the cache."""

import io
from typing import Any

from django.core.cache import cache
from PIL import Image

SIZE_PX = 480
KEPT_SECONDS = 7 * 24 * 3600


def small_jpeg(photo: Any) -> bytes:
    """Return a photo (a row with `file` and `sha256`) as a JPEG of at most 480 px on its longer side."""
    key = f"photo-{photo.sha256}-{SIZE_PX}"
    content = cache.get(key)
    if content is None:
        content = _shrink(photo)
        cache.set(key, content, KEPT_SECONDS)
    return content


def _shrink(photo: Any) -> bytes:
    with photo.file.open("rb") as file, Image.open(file) as image:
        # A JPEG is decoded at a fraction of its size, so a 60-megapixel photo costs little.
        image.draft("RGB", (SIZE_PX, SIZE_PX))
        image.thumbnail((SIZE_PX, SIZE_PX))
        out = io.BytesIO()
        image.convert("RGB").save(out, format="JPEG", quality=80)
    return out.getvalue()
