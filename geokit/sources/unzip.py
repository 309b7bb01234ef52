"""Unpack an uploaded zip without trusting it.

Member names, sizes and contents are an outsider's words: names may climb out of the folder, be GBK,
or be links; declared sizes may lie, so the bytes are counted while they inflate.
"""

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from zlib import error as ZlibError

from geokit.formats.signatures import check_xml
from geokit.refusal import BadInput, TooLarge
from geokit.sources.file_names import decoded
from geokit.wording import gettext as _

CHUNK = 1024 * 1024
UTF8_FLAG = 0x800
ENCRYPTED_FLAG = 0x1
MOST_DIRECTORY = 4 * 1024**2
"""Bytes of an archive's list of entries. `zipfile` makes an object of some hundred bytes of each, of which forty-six
bytes are enough, before anybody can count them."""
IGNORED_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what an upload may grow into."""

    entries: int = 5_000
    inflated_bytes: int = 4 * 1024**3
    """Across all members, counted while unpacking."""
    ratio: int = 400
    """Inflated to packed size of one member, once it is over 10 MiB."""
    workbook_bytes: int = 768 * 1024**2
    """Of an Excel workbook, inflated: a sheet is held in memory while it is read."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its decoded name and, of a zip, its entry."""

    name: PurePosixPath
    info: zipfile.ZipInfo = field(default_factory=zipfile.ZipInfo)

    @property
    def suffix(self) -> str:
        return self.name.suffix.lower()


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open an archive whose list of entries is short enough to be held. Raises BadInput and TooLarge."""
    try:
        if _directory_bytes(path) > MOST_DIRECTORY:
            raise TooLarge(_("压缩包里的条目太多。请拆分后再导入。"), code="zip-too-many")
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadInput(_("压缩包已损坏或不完整，无法打开。请重新压缩后再上传。"), code="zip-corrupt") from error


def _directory_bytes(path: Path) -> int:
    """The length of an archive's list of entries, as its end says, by which `zipfile` reads it; 0 where it has none."""
    with path.open("rb") as file:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    return int(end[zipfile._ECD_SIZE]) if end else 0  # type: ignore[attr-defined]


def list_members(archive: zipfile.ZipFile, limits: Limits) -> list[Member]:
    """Every file worth reading. Refuses names that leave the folder, links, encryption, too many entries."""
    entries = archive.infolist()
    if len(entries) > limits.entries:
        message = _("压缩包里有 %(count)d 个条目，超过 %(limit)d 个的上限。请拆分后再导入。")
        raise TooLarge(message % {"count": len(entries), "limit": limits.entries}, code="zip-too-many")
    found = [(member, member.info.is_dir()) for member in map(_checked_member, entries)]
    return [member for member, is_folder in found if not is_noise(member, is_folder=is_folder)]


def _checked_member(info: zipfile.ZipInfo) -> Member:
    name = _member_name(info)
    check_name(name)
    if stat.S_ISLNK(info.external_attr >> 16):
        message = _("压缩包内的“%s”是链接而不是文件，已拒绝。请换成文件本身。") % name[:80]
        raise BadInput(message, code="zip-link")
    if info.flag_bits & ENCRYPTED_FLAG:
        raise BadInput(_("压缩包加了密码，请去掉密码后再上传。"), code="zip-encrypted")
    return Member(PurePosixPath(name), info)


def check_name(name: str) -> None:
    """Refuse a name that leaves the archive's own folder."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or (parts and ":" in parts[0]) or "\0" in name:
        message = _("压缩包内的文件名“%s”指向压缩包之外，已拒绝。请解开后重新压缩。") % name[:80]
        raise BadInput(message, code="zip-slip")


def _member_name(info: zipfile.ZipInfo) -> str:
    """Chinese Windows writes GBK names without saying so; Python reads those bytes as CP437."""
    name = info.orig_filename
    if not info.flag_bits & UTF8_FLAG:
        name = decoded(name.encode("cp437", "replace"))
    return name.replace("\\", "/")


def is_noise(member: Member, *, is_folder: bool) -> bool:
    """Folders, and files that operating systems add."""
    name = member.name.name.lower()
    if is_folder or not name or str(member.name).endswith("/"):
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
            message = _("压缩包里的“%s”已损坏，无法解压。请重新压缩后再上传。") % member.name
            raise BadInput(message, code="zip-corrupt") from error


def _inflate(archive: zipfile.ZipFile, member: Member, target: Path, left: int, ratio: int) -> int:
    counted = _Counted(archive, member, left, ratio)
    with target.open("wb") as sink:
        for chunk in counted:
            sink.write(chunk)
    return counted.seen


def check_workbook(path: Path, limits: Limits) -> None:
    """Inflate an Excel workbook once without keeping it: refuse bombs, links, DOCTYPE and entities in its XML."""
    with open_zip(path) as archive:
        left = min(limits.workbook_bytes, limits.inflated_bytes)
        for member in list_members(archive, limits):
            counted = _Counted(archive, member, left, limits.ratio)
            try:
                if member.suffix in (".xml", ".rels", ".vml"):
                    check_xml(counted, str(member.name))
                else:
                    for _chunk in counted:
                        pass
            except (zipfile.BadZipFile, ZlibError, EOFError, OSError, NotImplementedError) as error:
                message = _("压缩包里的“%s”已损坏，无法解压。请重新压缩后再上传。") % member.name
                raise BadInput(message, code="zip-corrupt") from error
            left -= counted.seen


@dataclass(slots=True)
class _Counted:
    """The chunks of a member, counted while they inflate."""

    archive: zipfile.ZipFile
    member: Member
    left: int
    ratio: int
    seen: int = 0

    def __iter__(self) -> Iterator[bytes]:
        with self.archive.open(self.member.info) as source:
            while chunk := source.read(CHUNK):
                self.seen += len(chunk)
                suspicious = self.seen > 10 * CHUNK and self.seen > self.ratio * max(1, self.member.info.compress_size)
                if self.seen > self.left or suspicious:
                    raise TooLarge(_("压缩包解开后过大，疑似压缩炸弹，已停止。请拆分后再上传。"), code="zip-too-large")
                yield chunk
