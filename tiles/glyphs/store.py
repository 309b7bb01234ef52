"""Glyph ranges as files: drawn when first asked for, then kept, compressed, next to the other runtime files."""

import gzip
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from isal import igzip

from tiles.glyphs.fonts import range_glyphs
from tiles.glyphs.pbf import encode_range

GENERATION = 2
"""To be raised when the drawing changes: kept files of another generation are not used."""
COMPRESSION = 9
"""Once per range and release: the time of drawing it is a hundred times longer."""
_drawing = Lock()


@dataclass(frozen=True, slots=True)
class GlyphRange:
    """A stored range; `body` is gzip."""

    etag: str
    body: bytes

    def plain(self) -> bytes:
        """Return the range, not compressed."""
        content: bytes = igzip.decompress(self.body)
        return content


def glyph_range(fonts: Path, kept: Path, font: str, start: int) -> GlyphRange:
    """Return the range that begins at `start`. `kept` is the folder for finished ranges."""
    path = kept / str(GENERATION) / font.replace(" ", "-").lower() / f"{start}.pbf.gz"
    if not path.exists():
        # One drawing at a time: whoever waited finds the file.
        with _drawing:
            if not path.exists():
                _draw(fonts, path, font, start)
    body = path.read_bytes()
    return GlyphRange(hashlib.blake2b(body, digest_size=12).hexdigest(), body)


def _draw(fonts: Path, path: Path, font: str, start: int) -> None:
    message = encode_range(font, f"{start}-{start + 255}", range_glyphs(fonts, font, start))
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_bytes(gzip.compress(message, COMPRESSION, mtime=0))
    half.replace(path)
