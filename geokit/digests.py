"""SHA-256 of files, in pieces: a file may be larger than memory."""

from hashlib import file_digest
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file as it lies. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
