"""Small copies of photos, for lists and cheap phones."""

import io
from typing import IO

from PIL import Image

SMALL_PX = 480


def small_jpeg(file: IO[bytes], longest_px: int = SMALL_PX) -> bytes:
    """Return a photo as JPEG of at most `longest_px` on its longer side, without what else is in the file."""
    with Image.open(file) as image:
        # A JPEG is decoded at a fraction of its size, so a 60-megapixel photo costs little.
        image.draft("RGB", (longest_px, longest_px))
        image.thumbnail((longest_px, longest_px))
        out = io.BytesIO()
        image.convert("RGB").save(out, format="JPEG", quality=80)
    return out.getvalue()
