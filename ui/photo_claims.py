"""What a form says of its photos: the SHA-256 of each as the browser has it, so that the server can say which arrived.

The page's script fills the field; without a script nothing is claimed, and what arrives is taken as it is.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from geokit.refusal import BadInput, FieldError

FIELD = "photo_sha256"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The digests of some photos: those that are here, and those that were announced and are not."""

    arrived: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def total(self) -> int:
        return len(self.arrived) + len(self.missing)

    def as_dict(self) -> dict[str, list[str]]:
        return {"arrived": list(self.arrived), "missing": list(self.missing)}


def read_claim(text: str) -> tuple[str, ...]:
    """Return the digests of a claim, each once. Raises BadInput for what is none."""
    found = tuple(dict.fromkeys(text.lower().split()))
    if not all(_DIGEST.fullmatch(digest) for digest in found):
        message = gettext("照片的校验值有误，请重新选择照片。")
        raise BadInput(message, code="bad-claim", errors=[FieldError("photos", "bad-claim", message)])
    return found


def sha256_of(file: Any) -> str:
    """Return the digest of an upload's bytes as they arrived; the file is at its beginning afterwards."""
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in iter(lambda: file.read(65536), b""):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def as_claimed(files: Iterable[Any], claim: Sequence[str]) -> list[Any]:
    """Return the files whose bytes are those of the claim; without a claim all of them."""
    return [file for file in files if not claim or sha256_of(file) in claim]
