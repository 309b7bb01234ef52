"""The drawn pictures of `fixtures/pictures/`, kept once each in the store and referred to by many rows."""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageEnhance

from demo.plan.chance import stream
from ledger.filestore.addressed import name_for

SHOWN = (560, 420)


@dataclass(frozen=True)
class Picture:
    name: str
    sha256: str
    width: int
    height: int


@cache
def _read(name: str) -> tuple[bytes, Picture]:
    path = Path(settings.BASE_DIR) / "fixtures" / "pictures" / name
    content = path.read_bytes()
    with Image.open(path) as image:
        width, height = image.size
    return content, Picture(name, hashlib.sha256(content).hexdigest(), width, height)


def shown_once(name: str, seed: str, folder: str) -> tuple[str, bytes, str]:
    """A picture of its own from a drawing, cut, scaled and lit by chance: stored name, bytes and SHA-256.

    A photo serves as evidence for one point only, so no two points may show the same file.
    """
    chance = stream(f"picture {seed} {name}")
    with Image.open(io.BytesIO(_read(name)[0])) as drawing:
        width, height = drawing.size
        share = chance.uniform(0.9, 1.0)
        left, top = chance.uniform(0, width * (1 - share)), chance.uniform(0, height * (1 - share))
        box = (round(left), round(top), round(left + width * share), round(top + height * share))
        scene = drawing.convert("RGB").resize(SHOWN, Image.Resampling.BILINEAR, box=box)
    scene = ImageEnhance.Brightness(scene).enhance(chance.uniform(0.93, 1.07))
    out = io.BytesIO()
    scene.save(out, "JPEG", quality=80)
    digest = hashlib.sha256(out.getvalue()).hexdigest()
    stored = default_storage.save(f"{folder}/{digest[:32]}.jpg", ContentFile(out.getvalue()))
    return stored, out.getvalue(), digest


def kept(name: str, folder: str) -> tuple[str, Picture]:
    """Put the picture into the store if it is not there yet; its stored name and its facts."""
    content, picture = _read(name)
    stored = name_for(picture.sha256, name)
    if not default_storage.exists(stored):
        stored = default_storage.save(f"{folder}/{name}", ContentFile(content))
    return stored, picture
