"""How bytes lie in a store: as they are, or encrypted in the format of `age` (Debian's package of that name reads it).

With a key (an age identity, one line `AGE-SECRET-KEY-1…`) whatever was altered or cut does not decrypt.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from django.utils.translation import gettext as _

from backups.faults import BackupFault, WrongKey

CHUNK = 1 << 20
SUFFIX = ".age"


class Counted:
    """A stream on whose way bytes are counted and hashed. `fault` is what the stream raised, for Rust may lose it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.hash = hashlib.sha256()
        self.bytes = 0
        self.fault: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        part: bytes = self._kept(self.stream.read, size)
        self._count(part)
        return part

    def write(self, part: bytes) -> int:
        self._kept(self.stream.write, part)
        self._count(part)
        return len(part)

    def flush(self) -> None:
        self._kept(self.stream.flush)

    def _count(self, part: bytes) -> None:
        self.hash.update(part)
        self.bytes += len(part)

    def _kept(self, call: Any, *given: Any) -> Any:
        try:
            return call(*given)
        except BaseException as error:
            self.fault = error
            raise


class Seal:
    """The key of a store, or none. `name_of` says under which name content lies, so that equal content lies once."""

    def __init__(self, identity: str = "") -> None:
        try:
            self._identity = pyrage.x25519.Identity.from_str(identity) if identity else None
        except pyrage.IdentityError as error:
            raise BackupFault(_("备份密钥不完整：它是一行以 AGE-SECRET-KEY-1 开头的文字。")) from error
        self._salt = hashlib.sha256(b"names of contents\0" + identity.encode()).digest() if identity else b""

    @property
    def encrypts(self) -> bool:
        return self._identity is not None

    @property
    def recipient(self) -> str:
        """The public half, which stands in the manifest; "" without a key."""
        return str(self._identity.to_public()) if self._identity else ""

    def name_of(self, sha256: str) -> str:
        """Where content of that digest lies. With a key nobody can tell from the name which content it is."""
        name = hmac.new(self._salt, sha256.encode(), "sha256").hexdigest() if self._salt else sha256
        return f"{name[:2]}/{name}{SUFFIX if self._identity else ''}"

    def write(self, source: Any, target: BinaryIO) -> tuple[Counted, Counted]:
        """Copy a stream; what was read and what was written. Raises OSError of either side."""
        read, written = Counted(source), Counted(target)
        if self._identity is None:
            while part := read.read(CHUNK):
                written.write(part)
        else:
            with _faults_of(read, written):
                pyrage.encrypt_io(read, written, [self._identity.to_public()])
        return read, written

    def read(self, source: Any, target: Any) -> Counted:
        """Copy a stream back; what came out. Raises WrongKey, or BackupFault for what was altered or cut."""
        written = Counted(target)
        if self._identity is None:
            while part := source.read(CHUNK):
                written.write(part)
            return written
        with _faults_of(written):
            try:
                pyrage.decrypt_io(Counted(source), written, [self._identity])
            except pyrage.DecryptError as error:
                raise WrongKey(_("这份备份是加密的，手头的密钥打不开它。")) from error
            except OSError as error:
                if written.fault is None:
                    raise BackupFault(_("备份中的一个文件被改动过，或者不完整。")) from error
                raise
        return written


@contextmanager
def _faults_of(*streams: Counted) -> Iterator[None]:
    """Raise what a stream itself raised, whatever became of it on its way: a last write may fail unheard."""
    try:
        yield
    finally:
        for stream in streams:
            if stream.fault is not None:
                raise stream.fault from None


def seal_of(key_file: Path, *, must_exist: bool) -> Seal:
    """The seal of a key file; none where there is no file. Raises BackupFault where it must exist."""
    try:
        lines = key_file.read_text().splitlines()
    except FileNotFoundError:
        if must_exist:
            raise BackupFault(_("没有找到备份密钥文件 %s。") % key_file) from None
        return Seal()
    found = [line.strip() for line in lines if line.strip().startswith("AGE-SECRET-KEY-")]
    if not found:
        raise BackupFault(_("文件 %s 中没有备份密钥。") % key_file)
    return Seal(found[0])


def make_key(key_file: Path) -> str:
    """Write a new key (0600) and return it. Raises BackupFault where there is a file already."""
    identity = pyrage.x25519.Identity.generate()
    key_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupFault(_("%s 已经有一个备份密钥；旧备份要靠它打开，不会覆盖。") % key_file) from None
    with os.fdopen(handle, "w") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity)
