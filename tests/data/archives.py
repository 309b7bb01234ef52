"""Archives made on the spot, of kinds that Python's own library does not write."""

import struct
import tarfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import libarchive

RAR_MARK = b"Rar!\x1a\x07\x00"
STORED, UNIX, FILE, SYMLINK = 0x30, 3, 0o100644, 0o120777


def rar(path: Path, files: Mapping[str, bytes], mode: int = FILE, flags: int = 0) -> Path:
    """A RAR of version 4 whose members are stored as they are."""
    body = RAR_MARK + _block(0x73, 0, bytes(6))
    for name, content in files.items():
        raw = name.encode()
        fields = struct.pack(
            "<IIBIIBBHI", len(content), len(content), UNIX, zlib.crc32(content), 0, 29, STORED, len(raw), mode
        )
        body += _block(0x74, 0x8000 | flags, fields + raw) + content
    path.write_bytes(body + _block(0x7B, 0x4000, b""))
    return path


def _block(kind: int, flags: int, fields: bytes) -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest


def seven_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    with libarchive.file_writer(str(path), "7zip") as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return path


def tar(path: Path, files: Mapping[str, bytes], link: str = "") -> Path:
    """A tar, packed as its suffix says; with `link` every member is a symbolic link to it."""
    packing = {".gz": "gz", ".tgz": "gz", ".bz2": "bz2", ".xz": "xz"}.get(path.suffix, "")
    with tarfile.open(path, f"w:{packing}") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            if link:
                entry.type, entry.linkname = tarfile.SYMTYPE, link
            entry.size = 0 if link else len(content)
            archive.addfile(entry, None if link else BytesIO(content))
    return path
