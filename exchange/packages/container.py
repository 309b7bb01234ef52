"""What a package is: names of its entries, limits, and what is signed.

A zip with ``manifest.json``, ``manifest.sig`` (128 hex digits: Ed25519 over `signed_bytes`), ``records/<kind>.jsonl``
and ``files/<sha256>``, and nothing else. The manifest names every other entry with its size and SHA-256.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.standard.kinds import MOST_PARTS
from geokit.sources.unzip import Limits

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
SUFFIX = ".zip"
ENTRY = re.compile(r"manifest\.json|manifest\.sig|records/[a-z]{3,20}\.jsonl|files/[0-9a-f]{64}")
MOST_BYTES = 120 * 1024**2
"""Of the zip: what a request may bring."""
LIMITS = Limits(entries=MOST_PARTS, inflated_bytes=400 * 1024**2, ratio=200)
MOST_MANIFEST = 2 * 1024**2
MOST_LINE = 256 * 1024
MOST_RECORDS = 200_000
MOST_RECORD_BYTES = 96 * 1024**2
"""Of all records together, which are held in memory while they are compared."""
DOMAIN = b"exchange-package\n"
"""Stands before the manifest in what is signed: the same key signs anchors, and one must never pass for the other."""


def signed_bytes(manifest: bytes) -> bytes:
    """Return what the key signs."""
    return DOMAIN + manifest


@dataclass(frozen=True, slots=True)
class Part:
    """An entry that the manifest names."""

    path: str
    sha256: str
    bytes: int

    @property
    def kind(self) -> str:
        """The kind of records, or nothing for a file."""
        return self.path[len("records/") : -len(".jsonl")] if self.path.startswith("records/") else ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who says what to whom, and when."""

    version: str
    origin: str
    site: str
    to: str
    made_at: datetime
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "format": "exchange-package",
            "version": self.version,
            "origin": self.origin,
            "site": self.site,
            "to": self.to,
            "made_at": self.made_at.isoformat(),
            "parts": [{"path": part.path, "sha256": part.sha256, "bytes": part.bytes} for part in self.parts],
        }
