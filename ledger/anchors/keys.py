"""The Ed25519 key that signs anchors: in a file outside the database, or in the environment."""

import os
import stat
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)  # fmt: skip
from django.conf import settings


class KeyFault(Exception):
    """The key cannot be used: not Ed25519, or a file that others may read."""


def signing_key() -> Ed25519PrivateKey:
    """The key of `LEDGER_KEY`, else of the file `LEDGER_KEY_FILE`, which is made (0600) where there is none.

    Raises KeyFault.
    """
    if settings.LEDGER_KEY:
        return _parsed(settings.LEDGER_KEY.encode())
    return _from_file(Path(settings.LEDGER_KEY_FILE))


@lru_cache(maxsize=4)
def _from_file(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        _make(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyFault(f"{path} can be read by others; chmod 600 it, and have a new key made if it may be known")
    return _parsed(path.read_bytes())


def _make(path: Path) -> None:
    """Write a new key whole before it has its name; of two processes the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _parsed(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except ValueError as error:
        raise KeyFault(f"no private key in PEM: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault("the key is not Ed25519")
    return key


def public_hex(key: Ed25519PrivateKey | None = None) -> str:
    """The public half, 64 hex digits."""
    public = (key or signing_key()).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def trusted_keys() -> frozenset[str]:
    """Public keys (hex) that an anchor of this site may bear: its own, where it has one, and earlier ones.

    They come from file and environment, never from the database.
    """
    has_own = bool(settings.LEDGER_KEY) or Path(settings.LEDGER_KEY_FILE).exists()
    return frozenset(settings.LEDGER_TRUSTED_KEYS) | (frozenset({public_hex()}) if has_own else frozenset())


def is_signed(public_key: str, message: bytes, signature: str) -> bool:
    """Whether `signature` (hex) is that of `message` by `public_key` (hex)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
