"""SHA-256 of files, in pieces (a file may be larger than memory), and of random secrets."""

from hashlib import file_digest, sha256
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file as it lies. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def digest_of_secret(secret: str) -> str:
    """Return what is kept of a random secret of 192 bits or more: one round hides it as well as a slow hash would."""
    return sha256(secret.encode()).hexdigest()
