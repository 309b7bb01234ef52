"""The drawn pictures of `fixtures/pictures/`, copied once each into the media folder and referred to by many rows."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image


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


def kept(name: str, folder: str) -> tuple[str, Picture]:
    """Put the picture into `folder` of the media storage if it is not there yet; its stored name and its facts."""
    content, picture = _read(name)
    stored = f"{folder}/demo/{picture.sha256[:32]}.jpg"
    if not default_storage.exists(stored):
        default_storage.save(stored, ContentFile(content))
    return stored, picture
