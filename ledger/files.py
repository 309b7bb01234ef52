"""Digests of files whose own row has no column for one: written when the file is stored, or by the daily job."""

from typing import Any

from django.db import connection

from ledger.chain.declared import Chained, Stored, declared
from ledger.chain.files import KEPT, digest_of_file
from ledger.models import FileDigest


def record_file(name: str) -> FileDigest | None:
    """Write down the digest of a stored file, once; None where the file is not there."""
    if (known := FileDigest.objects.filter(name=name).first()) is not None:
        return known
    digest = digest_of_file(name)
    return FileDigest.objects.create(name=name, sha256=digest) if digest else None


def record_files_of(sender: type, instance: Any, **kwargs: Any) -> None:
    """After a row was saved: write down its files. For `post_save`."""
    spec = declared().get(sender._meta.db_table)  # type: ignore[attr-defined]
    for stored in _kept_here(spec):
        if name := str(getattr(instance, stored.column) or ""):
            record_file(name)


def recorded_digest(name: str) -> str:
    """The SHA-256 (hex) that a row holds of a file whose name does not say it; "" where none does."""
    if (kept := FileDigest.objects.filter(name=name).values_list("sha256", flat=True).first()) is not None:
        return str(kept)
    own = ((spec, stored) for spec in declared().values() for stored in spec.files if stored.digest)
    return next((found for spec, stored in own if (found := _own_digest(spec, stored, name))), "")


def _own_digest(spec: Chained, stored: Stored, name: str) -> str:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {quote(stored.digest)} FROM {quote(spec.table)} WHERE {quote(stored.column)} = %s LIMIT 1",  # noqa: S608 - names that the code declares
            [name],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def record_missing_files() -> int:
    """Write down the files that came past the models, or are older than this table; how many."""
    names = {name for spec in declared().values() for stored in _kept_here(spec) for name in _unrecorded(spec, stored)}
    return sum(record_file(name) is not None for name in sorted(names))


def _kept_here(spec: Chained | None) -> list[Stored]:
    return [stored for stored in spec.files if not stored.digest] if spec else []


def _unrecorded(spec: Chained, stored: Stored) -> list[str]:
    quote = connection.ops.quote_name
    file = quote(stored.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.{file} FROM {quote(spec.table)} t WHERE t.{file} <> ''"  # noqa: S608 - names that the code declares
            f" AND NOT EXISTS (SELECT FROM {KEPT} d WHERE d.name = t.{file})"
        )
        return [row[0] for row in cursor.fetchall()]
