"""Unpack an uploaded zip without trusting it.

Member names, sizes and contents are an outsider's words: names may climb out of the folder, be GBK,
or be links; declared sizes may lie, so the bytes are counted while they inflate.
"""

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zlib import error as ZlibError

from geokit.refusal import BadInput, TooLarge

CHUNK = 1024 * 1024
UTF8_FLAG = 0x800
ENCRYPTED_FLAG = 0x1
IGNORED_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what an upload may grow into."""

    entries: int = 5_000
    inflated_bytes: int = 4 * 1024**3
    """Across all members, counted while unpacking."""
    ratio: int = 400
    """Inflated to packed size of one member, once it is over 10 MiB."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the zip: its decoded name and its entry."""

    name: PurePosixPath
    info: zipfile.ZipInfo

    @property
    def suffix(self) -> str:
        return self.name.suffix.lower()


def open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadInput("压缩包已损坏或不完整，无法打开。请重新压缩后再上传。", code="zip-corrupt") from error


def list_members(archive: zipfile.ZipFile, limits: Limits) -> list[Member]:
    """Every file worth reading. Refuses names that leave the folder, links, encryption, too many entries."""
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise TooLarge(f"压缩包里有 {len(entries)} 个条目，超过 {limits.entries} 个的上限。", code="zip-too-many")
    return [member for member in map(_checked_member, entries) if not _is_noise(member)]


def _checked_member(info: zipfile.ZipInfo) -> Member:
    name = _member_name(info)
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or (parts and ":" in parts[0]) or "\0" in name:
        raise BadInput(f"压缩包内的文件名“{name[:80]}”指向压缩包之外，已拒绝。", code="zip-slip")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise BadInput(f"压缩包内的“{name[:80]}”是链接而不是文件，已拒绝。", code="zip-link")
    if info.flag_bits & ENCRYPTED_FLAG:
        raise BadInput("压缩包加了密码，请去掉密码后再上传。", code="zip-encrypted")
    return Member(PurePosixPath(name), info)


def _member_name(info: zipfile.ZipInfo) -> str:
    """Chinese Windows writes GBK names without saying so; Python reads those bytes as CP437."""
    name = info.orig_filename
    if not info.flag_bits & UTF8_FLAG:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _is_noise(member: Member) -> bool:
    name = member.name.name.lower()
    if member.info.is_dir() or not name or str(member.name).endswith("/"):
        return True
    return "__MACOSX" in member.name.parts or name.startswith("._") or name in IGNORED_NAMES


def extract(archive: zipfile.ZipFile, members: Iterator[tuple[Member, Path]], limits: Limits) -> None:
    """Write each member to the path chosen for it, counting what really comes out."""
    left = limits.inflated_bytes
    for member, target in members:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            left -= _inflate(archive, member, target, left, limits.ratio)
        except (zipfile.BadZipFile, ZlibError, EOFError, OSError, NotImplementedError) as error:
            raise BadInput(f"压缩包里的“{member.name}”已损坏，无法解压。", code="zip-corrupt") from error


def _inflate(archive: zipfile.ZipFile, member: Member, target: Path, left: int, ratio: int) -> int:
    written = 0
    with archive.open(member.info) as source, target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            suspicious = written > 10 * CHUNK and written > ratio * max(1, member.info.compress_size)
            if written > left or suspicious:
                raise TooLarge("压缩包解开后过大，疑似压缩炸弹，已停止。请拆分后再上传。", code="zip-too-large")
            sink.write(chunk)
    return written
