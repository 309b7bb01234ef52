"""The font behind the glyphs: Noto Sans SC (OFL), cut by its publisher into files of some hundred characters each.

The web build puts the files and `unicode.json` (which characters are in which file) into one folder.
"""

import json
import unicodedata
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import ImageFont

from tiles.glyphs.sdf import BORDER, EM, SCALE, Glyph, distance_field

WEIGHTS = {"Noto Sans SC Regular": 400, "Noto Sans SC Bold": 700}
OTHER_NAMES = {
    "noto sans sc": "Noto Sans SC Regular",
    "noto sans cjk sc": "Noto Sans SC Regular",
    "noto sans cjk sc regular": "Noto Sans SC Regular",
    "noto sans cjk sc bold": "Noto Sans SC Bold",
}
FILE = "noto-sans-sc-{part}-wght-normal.woff2"
# FreeType's faces are not for several threads at once.
_lock = Lock()


def known_font(stack: str) -> str | None:
    """Return the first font of a comma-separated stack that we have; None when there is none."""
    names = {name.lower(): name for name in WEIGHTS} | OTHER_NAMES
    return next((names[part] for name in stack.split(",") if (part := name.strip().lower()) in names), None)


@cache
def _parts(folder: Path) -> dict[int, str]:
    """Character code -> the part that has it."""
    spans = json.loads((folder / "unicode.json").read_text())
    found: dict[int, str] = {}
    for part, text in spans.items():
        for span in text.replace("U+", "").split(","):
            first, _, last = span.partition("-")
            for code in range(int(first, 16), int(last or first, 16) + 1):
                found.setdefault(code, part.strip("[]"))
    return found


def range_glyphs(folder: Path, font: str, start: int) -> list[Glyph]:
    """Draw the 256 characters from `start`; those that the font lacks are left out."""
    glyphs = []
    parts = _parts(folder)
    faces: dict[str, ImageFont.FreeTypeFont] = {}
    with _lock:
        for code in range(start, start + 256):
            text = _drawable(chr(code), parts)
            if text is None:
                continue
            part = parts[ord(text[0])]
            if part not in faces:
                faces[part] = _face(folder / FILE.format(part=part), WEIGHTS[font])
            glyphs.append(_draw(code, text, faces[part]))
    return glyphs


def _drawable(character: str, parts: dict[int, str]) -> str | None:
    """Return what to draw for a character: itself, or the letters it stands for (Ⅲ as III)."""
    if ord(character) in parts:
        return character
    plain = unicodedata.normalize("NFKC", character)
    alike = plain != character and plain.isascii() and plain.strip() == plain and plain
    return plain if alike and all(ord(letter) in parts for letter in plain) else None


def _face(path: Path, weight: int) -> ImageFont.FreeTypeFont:
    face = ImageFont.truetype(path, EM * SCALE, layout_engine=ImageFont.Layout.BASIC)
    face.set_variation_by_axes([weight])
    return face


def _draw(code: int, text: str, face: ImageFont.FreeTypeFont) -> Glyph:
    ascent = round(face.getmetrics()[0] / SCALE)
    advance = round(face.getlength(text) / SCALE)
    image, (x, y) = face.getmask2(text, mode="L", anchor="ls")
    wide, high = image.size
    if not wide or not high or image.getbbox() is None:
        return Glyph(code, 0, 0, 0, -ascent, advance, b"")
    # The drawing is set on the grid of whole pixels, so that every field says the same of the same outline.
    left, top = x // SCALE, y // SCALE
    right, bottom = -(-(x + wide) // SCALE), -(-(y + high) // SCALE)
    width, height = right - left, bottom - top
    canvas = np.zeros(((height + 2 * BORDER) * SCALE, (width + 2 * BORDER) * SCALE), bool)
    row, column = y - (top - BORDER) * SCALE, x - (left - BORDER) * SCALE
    canvas[row : row + high, column : column + wide] = np.asarray(image, np.uint8).reshape(high, wide) > 127
    return Glyph(code, width, height, left, -top - ascent, advance, distance_field(canvas).tobytes())
