"""What stands in number columns of a SQLite file (GeoPackage, SpatiaLite) and is no such number.

SQLite keeps in any column whatever is put there. GDAL reads a text in a number column as 0, and cuts the decimals off
in one of whole numbers; neither says so.
"""

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

KINDS = {"integer": ("integer",), "bigint": ("integer",), "boolean": ("integer",), "double": ("integer", "real")}
"""By kind of a field: as what SQLite may keep its values."""
SAID = 40


class Numbers:
    """The number columns of one table, by name with their kinds."""

    def __init__(self, path: Path, table: str, columns: Iterable[tuple[str, str]]) -> None:
        self._columns = [(name, KINDS[kind]) for name, kind in columns if kind in KINDS]
        self._table = _quoted(table)
        self._file = f"file:{quote(str(path))}?mode=ro&immutable=1"

    def strange(self, first: int, last: int) -> dict[str, dict[int, str]]:
        """By column: what is kept otherwise in the rows with ids from `first` to `last`, each by its id."""
        if not self._columns:
            return {}
        tests = [f"typeof({_quoted(name)}) NOT IN ('null', {_listed(kinds)})" for name, kinds in self._columns]
        said = [f"CASE WHEN {test} THEN substr(CAST({_quoted(name)} AS TEXT), 1, {SAID}) END"
                for test, (name, _kinds) in zip(tests, self._columns, strict=True)]  # fmt: skip
        query = (
            f"SELECT rowid, {', '.join(said)} FROM {self._table}"  # noqa: S608 - names are quoted
            f" WHERE rowid BETWEEN ? AND ? AND ({' OR '.join(tests)})"
        )
        found: dict[str, dict[int, str]] = {}
        # A view has no row ids; GDAL has read it, so it is no fault.
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(self._file, uri=True)) as file:
            file.text_factory = lambda raw: raw.decode(errors="replace")
            for row, *texts in file.execute(query, (first, last)):
                for (name, _kinds), text in zip(self._columns, texts, strict=True):
                    if text is not None:
                        found.setdefault(name, {})[row] = text
        return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
