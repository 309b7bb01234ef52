"""Write a package: records of each kind as JSON lines, files by their digest, the manifest, the signature."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from exchange.packages.container import MANIFEST, MOST_RECORDS, SIGNATURE, Manifest, Part, signed_bytes
from exchange.standard.kinds import VERSION
from geokit.refusal import BadInput, TooLarge
from ledger.anchors.keys import KeyFault, signing_key

type Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file that goes with records: its digest as its row says it, and how it is opened."""

    sha256: str
    open: Any


@dataclass(frozen=True, slots=True)
class Written:
    """What a package holds: the number of records of each kind, of files, and a digest of all content."""

    records: Mapping[str, int]
    files: int
    digest: str
    made_at: datetime


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
    counts: dict[str, int] = {}
    parts: list[Part] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for kind, records in kinds:
            counts[kind] = 0
            parts.append(_add(archive, f"records/{kind}.jsonl", _lines(kind, records, counts)))
        for sha256, file in sorted(files.items()):
            with ExitStack() as stack:
                parts.append(_add(archive, f"files/{sha256}", _chunks(stack.enter_context(file.open()))))
        manifest = Manifest(VERSION, origin, site, to, made_at, tuple(parts))
        content = json.dumps(manifest.as_json(), ensure_ascii=False, indent=1).encode()
        archive.writestr(MANIFEST, content)
        archive.writestr(SIGNATURE, key.sign(signed_bytes(content)).hex())
    return Written(counts, len(files), content_digest(parts), made_at)


def content_digest(parts: Iterable[Part]) -> str:
    """Return one digest of all records and files: the same again is the same, whenever it is made."""
    lines = sorted(f"{part.path} {part.sha256}" for part in parts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _add(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes]) -> Part:
    digest, size = hashlib.sha256(), 0
    with archive.open(name, "w") as entry:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            entry.write(chunk)
    return Part(name, digest.hexdigest(), size)


def _lines(kind: str, records: Iterable[Record], counts: dict[str, int]) -> Iterator[bytes]:
    for record in records:
        counts[kind] += 1
        if counts[kind] > MOST_RECORDS:
            raise TooLarge(_("记录超过 %d 条。") % MOST_RECORDS, code="package-too-large")
        yield json.dumps(record, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(1 << 20):
        yield chunk
