"""Unpack a 7z, RAR or tar without trusting it: names, links and passwords as in a zip, bytes counted as they come out.

libarchive reads them; it is told the format by its suffix, since some of those that it knows name other files.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from geokit.formats.table import PACKED
from geokit.refusal import BadInput, TooLarge
from geokit.sources.file_names import decoded
from geokit.sources.unzip import CHUNK, Limits, Member, check_name, is_noise
from geokit.wording import gettext as _

RAR5 = b"Rar!\x1a\x07\x01\x00"
PASSWORD_WORDS = ("ncrypt", "assphrase", "assword")


def list_members(path: Path, limits: Limits) -> list[Member]:
    """Every file worth reading, in the archive's order. Raises Refusal with the codes of zips."""
    found: list[Member] = []
    with _opened(path) as archive:
        for number, entry in enumerate(archive):
            if number >= limits.entries:
                message = _("压缩包里有 %(count)d 个条目，超过 %(limit)d 个的上限。请拆分后再导入。")
                raise TooLarge(message % {"count": number + 1, "limit": limits.entries}, code="zip-too-many")
            member = _checked(entry)
            if not is_noise(member, is_folder=bool(entry.isdir)):
                found.append(member)
    return found


def extract(path: Path, wanted: Iterable[tuple[Member, Path]], limits: Limits) -> None:
    """Write each member to the path chosen for it, in one pass over the archive."""
    targets = {str(member.name): target for member, target in wanted}
    left = min(limits.inflated_bytes, max(10 * CHUNK, limits.ratio * path.stat().st_size))
    with _opened(path) as archive:
        for entry in archive:
            target = targets.get(str(_name(entry)))
            if target is not None and entry.isfile:
                left -= _write(entry, target, left)


def _write(entry: Any, target: Path, left: int) -> int:
    seen = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as sink:
        for chunk in entry.get_blocks():
            seen += len(chunk)
            if seen > left:
                raise TooLarge(_("压缩包解开后过大，疑似压缩炸弹，已停止。请拆分后再上传。"), code="zip-too-large")
            sink.write(chunk)
    return seen


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        import libarchive
    except (ImportError, OSError, AttributeError, TypeError) as error:
        message = _("这台服务器没有安装解开 %s 的程序库。请改用 zip。") % path.suffix
        raise BadInput(message, code="archive-unsupported") from error
    try:
        with libarchive.file_reader(str(path), *_format(path)) as archive:
            yield archive
    except libarchive.ArchiveError as error:
        if any(word in str(error) for word in PASSWORD_WORDS):
            raise BadInput(_("压缩包加了密码，请去掉密码后再上传。"), code="zip-encrypted") from error
        raise BadInput(_("压缩包已损坏或不完整，无法打开。请重新压缩后再上传。"), code="zip-corrupt") from error


def _format(path: Path) -> tuple[str, str]:
    kind, packing = PACKED[path.suffix.lower()]
    with path.open("rb") as file:
        head = file.read(len(RAR5))
    return ("rar5" if kind == "rar" and head == RAR5 else kind), packing


def _checked(entry: Any) -> Member:
    import libarchive

    name = _name(entry)
    check_name(str(name))
    if libarchive.ffi.libarchive.archive_entry_is_encrypted(entry._entry_p):
        raise BadInput(_("压缩包加了密码，请去掉密码后再上传。"), code="zip-encrypted")
    if not (entry.isfile or entry.isdir) or entry.issym or entry.islnk:
        message = _("压缩包内的“%s”是链接而不是文件，已拒绝。请换成文件本身。") % str(name)[:80]
        raise BadInput(message, code="zip-link")
    return Member(name)


def _name(entry: Any) -> PurePosixPath:
    name = entry.pathname
    if isinstance(name, bytes):
        name = decoded(name)
    return PurePosixPath((name or "").replace("\\", "/"))
