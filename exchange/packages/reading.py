"""Read a package that anybody may have made: nothing is believed before the signature of its manifest holds.

The zip is looked through first (names, links, bombs: `geokit.sources.unzip`), the signature before the manifest is
parsed, each entry against the size and digest that the manifest says, each line against its schema. Entries are written
to a folder of the reader under numbers, never under their own names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext as _

from exchange.packages.container import (
    ENTRY,
    LIMITS,
    MANIFEST,
    MOST_BYTES,
    MOST_LINE,
    MOST_MANIFEST,
    MOST_RECORD_BYTES,
    MOST_RECORDS,
    SIGNATURE,
    Manifest,
    Part,
    signed_bytes,
)
from exchange.standard.checking import parsed
from exchange.standard.ids import origin_of
from exchange.standard.kinds import READABLE
from geokit.digests import sha256_of
from geokit.refusal import BadInput, TooLarge
from geokit.sources.unzip import extract, list_members, open_zip
from ledger.anchors.keys import is_signed
from ui.deadlines import check

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose signature and parts hold. Its entries lie in a folder that goes with the `with` block."""

    manifest: Manifest
    text: str
    """The manifest to the letter, as it was signed."""
    signature: str
    sha256: str
    """Of the whole zip."""
    entries: dict[str, Path]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(part.kind for part in self.manifest.parts if part.kind)

    @property
    def files(self) -> dict[str, Path]:
        """The files that came along, by digest."""
        return {part.sha256: self.entries[part.path] for part in self.manifest.parts if not part.kind}

    def records(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Return kind and record of every line. Raises BadInput, TooLarge, and Unavailable when the time is up."""
        seen: set[str] = set()
        files = self.files
        for kind in self.kinds:
            for number, line in enumerate(_lines(self.entries[f"records/{kind}.jsonl"]), 1):
                check()
                where = f"records/{kind}.jsonl:{number}"
                record = parsed(line, kind, where)
                _require_own(record["id"], self.manifest.origin, where)
                if record["id"] in seen:
                    raise BadInput(_("%s：同一个标识写了两次。") % where, code="identifier-twice")
                seen.add(record["id"])
                if len(seen) > MOST_RECORDS:
                    raise TooLarge(_("记录超过 %d 条。") % MOST_RECORDS, code="package-too-large")
                _require_files(record, files, where)
                yield kind, record


@contextmanager
def open_package(path: Path, public_key: str) -> Iterator[Package]:
    """Open a package that must be signed by `public_key` (hex). Raises BadInput and TooLarge."""
    if path.stat().st_size > MOST_BYTES:
        raise TooLarge(_("数据包超过 %d MB。") % (MOST_BYTES // CHUNK), code="package-too-large")
    with TemporaryDirectory(prefix="exchange-") as folder:
        entries = _unpacked(path, Path(folder))
        text, signature = _signed(entries, public_key)
        manifest = _manifest(text)
        _require_whole(manifest, entries)
        yield Package(manifest, text.decode(), signature, sha256_of(path), entries)


def _unpacked(path: Path, folder: Path) -> dict[str, Path]:
    with open_zip(path) as archive:
        names = [info.filename for info in archive.infolist()]
        members = list_members(archive, LIMITS)
        if wrong := next((name for name in names if not ENTRY.fullmatch(name)), ""):
            raise BadInput(_("数据包里有不该有的“%s”。") % wrong[:80], code="unknown-entry")
        if len(set(names)) != len(names):
            raise BadInput(_("数据包里有两个同名的文件。"), code="entry-twice")
        targets = {str(member.name): folder / str(number) for number, member in enumerate(members)}
        extract(archive, ((member, targets[str(member.name)]) for member in members), LIMITS)
    return targets


def _signed(entries: dict[str, Path], public_key: str) -> tuple[bytes, str]:
    if MANIFEST not in entries or SIGNATURE not in entries:
        raise BadInput(_("这不是完整的数据包：没有清单或签名。"), code="half-package")
    if entries[MANIFEST].stat().st_size > MOST_MANIFEST or entries[SIGNATURE].stat().st_size > 200:
        raise TooLarge(_("数据包的清单太长。"), code="package-too-large")
    text = entries[MANIFEST].read_bytes()
    signature = entries[SIGNATURE].read_bytes().decode("ascii", "replace").strip().lower()
    if not is_signed(public_key, signed_bytes(text), signature):
        raise BadInput(_("签名与登记的公钥不符，数据包没有被接收。"), code="bad-signature")
    return text, signature


def _manifest(text: bytes) -> Manifest:
    said = parsed(text, "manifest", MANIFEST)
    if said["version"] not in READABLE:
        words = {"version": said["version"], "known": "、".join(READABLE)}
        raise BadInput(_("数据标准的版本 %(version)s 读不了，可读：%(known)s。") % words, code="wrong-version")
    try:
        made_at = datetime.fromisoformat(said["made_at"])
    except ValueError as error:
        raise BadInput(_("清单里的制作时间不对。"), code="not-the-standard") from error
    parts = tuple(Part(**part) for part in said["parts"])
    return Manifest(said["version"], said["origin"], said["site"], said["to"], made_at, parts)


def _require_whole(manifest: Manifest, entries: dict[str, Path]) -> None:
    """Refuse a package in which a part is missing, is more than what was signed, or has other bytes."""
    named = [part.path for part in manifest.parts]
    if len(set(named)) != len(named) or set(named) != set(entries) - {MANIFEST, SIGNATURE}:
        raise BadInput(_("数据包不完整：文件与清单不一致。"), code="half-package")
    if sum(part.bytes for part in manifest.parts if part.kind) > MOST_RECORD_BYTES:
        raise TooLarge(_("数据包的记录超过 %d MB。") % (MOST_RECORD_BYTES // CHUNK), code="package-too-large")
    for part in manifest.parts:
        path = entries[part.path]
        if path.stat().st_size != part.bytes or sha256_of(path) != part.sha256:
            raise BadInput(_("“%s”与清单里的摘要不一致。") % part.path, code="half-package")
        if not part.kind and part.path != f"files/{part.sha256}":
            raise BadInput(_("“%s”与清单里的摘要不一致。") % part.path, code="half-package")


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while line := file.readline(MOST_LINE + 1):
            if len(line) > MOST_LINE:
                raise TooLarge(_("有一行超过 %d KB。") % (MOST_LINE // 1024), code="package-too-large")
            yield line


def _require_own(identifier: str, origin: str, where: str) -> None:
    if origin_of(identifier) != origin:
        words = {"where": where, "id": identifier[:80], "origin": origin}
        raise BadInput(
            _("%(where)s：“%(id)s”不是 %(origin)s 的标识，不能由它来说。") % words, code="foreign-identifier"
        )


def _require_files(record: dict[str, Any], files: dict[str, Path], where: str) -> None:
    if missing := [each["name"] for each in record.get("files", ()) if each["sha256"] not in files]:
        raise BadInput(_("%(where)s：缺文件“%(name)s”。") % {"where": where, "name": missing[0]}, code="half-package")
