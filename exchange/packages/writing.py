"""Write a package: records of each kind as JSON lines, files by their digest, the manifest, the signature."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _

from exchange.packages.container import (
    MANIFEST,
    MOST_BYTES,
    MOST_LINE,
    MOST_RECORD_BYTES,
    MOST_RECORDS,
    SIGNATURE,
    Manifest,
    Part,
    signed_bytes,
)
from exchange.standard.checking import parsed
from exchange.standard.kinds import VERSION
from geokit.refusal import BadInput, TooLarge
from ledger.anchors.keys import KeyFault, signing_key

type Record = dict[str, Any]
CHUNK = 1 << 20
MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file that goes with records: its digest as its row says it, and how it is opened."""

    sha256: str
    open: Any


@dataclass(frozen=True, slots=True)
class Written:
    """What a package holds: the number of records of each kind, of files, and a digest of all content.

    `left_out` is the number of records that are not as the standard says, `reasons` why the first of them are not.
    """

    records: Mapping[str, int]
    files: int
    digest: str
    made_at: datetime
    left_out: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def lacking(self) -> str:
        """Say what was left out; nothing where all went in."""
        if not self.left_out:
            return ""
        words = {"number": self.left_out, "reason": self.reasons[0]}
        return _("%(number)d 条记录不合数据标准，没有写进数据包，例如：%(reason)s") % words


def write_package(
    target: Path,
    kinds: Iterable[tuple[str, Iterable[Record]]],
    files: Mapping[str, Outgoing],
    *,
    origin: str,
    site: str,
    to: str,
    made_at: datetime,
) -> Written:
    """Write the package and sign it. `files` may be filled while the records are read. Raises BadInput, TooLarge."""
    try:
        key = signing_key()
    except KeyFault as error:
        raise BadInput(_("签名用的密钥不能用：%s") % error, code="no-key") from error
    lines = _Lines()
    parts: list[Part] = []
    with target.open("w+b") as zipped, ZipFile(zipped, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        add = partial(_add, archive, zipped)
        for kind, records in kinds:
            parts.append(add(f"records/{kind}.jsonl", lines.of(kind, records)))
        for sha256, file in sorted(files.items()):
            with file.open() as stored:
                parts.append(add(f"files/{sha256}", _chunks(stored)))
        manifest = Manifest(VERSION, origin, site, to, made_at, tuple(parts))
        content = json.dumps(manifest.as_json(), ensure_ascii=False, indent=1).encode()
        archive.writestr(MANIFEST, content)
        archive.writestr(SIGNATURE, key.sign(signed_bytes(content)).hex())
    digest = content_digest(parts)
    return Written(lines.counts, len(files), digest, made_at, lines.left_out, tuple(lines.reasons))


def content_digest(parts: Iterable[Part]) -> str:
    """Return one digest of all records and files: the same again is the same, whenever it is made."""
    lines = sorted(f"{part.path} {part.sha256}" for part in parts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _add(archive: ZipFile, zipped: IO[bytes], name: str, chunks: Iterable[bytes]) -> Part:
    """Add an entry; stops where the package is larger than readers take."""
    digest, size = hashlib.sha256(), 0
    with archive.open(name, "w") as entry:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            entry.write(chunk)
            if zipped.tell() > MOST_BYTES:
                raise TooLarge(_("数据包超过 %d MB。") % (MOST_BYTES // CHUNK), code="package-too-large")
    return Part(name, digest.hexdigest(), size)


@dataclass(slots=True)
class _Lines:
    """The lines of all kinds: how many of each, how long together, how many were left out and why."""

    counts: dict[str, int] = field(default_factory=dict)
    size: int = 0
    left_out: int = 0
    reasons: list[str] = field(default_factory=list)

    def of(self, kind: str, records: Iterable[Record]) -> Iterator[bytes]:
        """Return the lines of one kind; one wrong record would have the whole package refused, so it stays out.

        Raises TooLarge where readers would.
        """
        self.counts[kind] = 0
        for record in records:
            line = json.dumps(record, ensure_ascii=False, sort_keys=True).encode() + b"\n"
            if reason := _wrong(line, kind, str(record["id"])):
                self.left_out += 1
                self.reasons += [reason] if len(self.reasons) < MOST_REASONS else []
                continue
            self.counts[kind] += 1
            self.size += len(line)
            if sum(self.counts.values()) > MOST_RECORDS:
                raise TooLarge(_("记录超过 %d 条。") % MOST_RECORDS, code="package-too-large")
            if self.size > MOST_RECORD_BYTES:
                raise TooLarge(_("数据包的记录超过 %d MB。") % (MOST_RECORD_BYTES // CHUNK), code="package-too-large")
            yield line


def _wrong(line: bytes, kind: str, identifier: str) -> str:
    """Say why readers would refuse a line; nothing where it is right."""
    if len(line) > MOST_LINE:
        return _("%(id)s 超过 %(size)d KB。") % {"id": identifier, "size": MOST_LINE // 1024}
    try:
        parsed(line, kind, identifier)
    except BadInput as refusal:
        return refusal.message
    return ""


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
