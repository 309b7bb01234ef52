"""Files that rows name, against the digests that the chain holds."""

from collections.abc import Callable, Iterator
from hashlib import file_digest
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import connection

from ledger.chain.declared import Chained, Stored
from ledger.chain.faults import Fault

KEPT = "ledger_filedigest"
_STORE: Any = default_storage
"""Its `open_unchecked` (`ledger.filestore.addressed.Store`) gives also what it sends to nobody."""


def file_faults(
    spec: Chained, rows: frozenset[int] | None = None, digest_of: Callable[[str], str | None] | None = None
) -> Iterator[Fault]:
    """Files of a table's rows that are missing, changed, or of which nobody wrote down the digest.

    `digest_of` says the digest of a file by its name where the files lie elsewhere, in a backup.
    """
    for stored in spec.files:
        for row, name, digest in _named(spec, stored, rows):
            yield from _check(spec, stored, row, name, digest, (digest_of or digest_of_file)(name))


def _named(spec: Chained, stored: Stored, rows: frozenset[int] | None) -> list[Any]:
    """Row, file name and digest of every row that names a file and was not erased."""
    quote = connection.ops.quote_name
    file = quote(stored.column)
    own = f"t.{quote(stored.digest)}" if stored.digest else "d.sha256"
    kept = "" if stored.digest else f"LEFT JOIN {KEPT} d ON d.name = t.{file}"
    some = "" if rows is None else "AND t.id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id, t.{file}, {own} FROM {quote(spec.table)} t {kept}"  # noqa: S608 - names that the code declares
            f" WHERE t.{file} <> '' {some} AND NOT EXISTS (SELECT FROM ledger_erasure e"
            f" WHERE e.table_name = %s AND e.row_id = t.id AND e.columns ? %s) ORDER BY t.id",
            [*([] if rows is None else [sorted(rows)]), spec.table, stored.column],
        )
        return list(cursor.fetchall())


def _check(
    spec: Chained, stored: Stored, row: int, name: str, digest: str | None, found: str | None
) -> Iterator[Fault]:
    if found is None:
        yield Fault("file-missing", spec.table, row, column=stored.column, was=name)
    elif not digest:
        yield Fault("file-unrecorded", spec.table, row, column=stored.column, is_now=found, detail=name)
    elif found != digest:
        yield Fault("file-changed", spec.table, row, 0, stored.column, digest, found, name)


def digest_of_file(name: str) -> str | None:
    """SHA-256 (hex) of a stored file, or None where there is none that can be read: also for the name of a folder."""
    try:
        with _STORE.open_unchecked(name) as file:
            return file_digest(file, "sha256").hexdigest()
    except (OSError, SuspiciousFileOperation):
        return None
