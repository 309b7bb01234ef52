"""Columns of a DBF as their own bytes, where GDAL's reading of them loses something.

GDAL reads a whole number of 19 digits and more as a double, takes a date that is none for a day in 1970, and gives two
fields of one name (as cutting leaves them) no way to be told apart.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geokit.records.rows import numbered
from geokit.records.text_encoding import Dbf, DbfField, decode_name

SAFE_DIGITS = 18  # what always fits 64 bits
STEP = 50_000
NO_DATE = {b"", b"0", b"00000000"}
NAME_BYTES = 11
FIELD_BYTES = 32


@dataclass(frozen=True, slots=True)
class DbfColumn:
    """One field of a DBF that is on disk."""

    dbf: Dbf
    index: int

    @property
    def field(self) -> DbfField:
        return self.dbf.fields[self.index]

    def values(self, start: int, count: int) -> list[bytes]:
        """Rows `start` .. without the blanks around them; fewer where the file ends."""
        offset = 1 + sum(field.length for field in self.dbf.fields[: self.index])
        there = (self.dbf.path.stat().st_size - self.dbf.header_length) // max(1, self.dbf.row_length)
        rows = min(count, min(self.dbf.rows, there) - start)
        if rows <= 0 or self.field.length == 0:
            return []
        table = np.memmap(
            self.dbf.path,
            mode="r",
            dtype=np.uint8,
            offset=self.dbf.header_length + start * self.dbf.row_length,
            shape=(rows, self.dbf.row_length),
        )
        cells = np.ascontiguousarray(table[:, offset : offset + self.field.length])
        return [bytes(cell).strip(b" \0") for cell in cells.view(f"V{self.field.length}").ravel()]

    def chunks(self) -> Iterator[list[bytes]]:
        for start in range(0, self.dbf.rows, STEP):
            yield self.values(start, STEP)


def wide_number_kind(column: DbfColumn) -> str | None:
    """`bigint` or `text` for a field of whole numbers that GDAL would make doubles of; None for any other field."""
    field = column.field
    if field.kind != "N" or field.decimals or field.length <= SAFE_DIGITS:
        return None
    longest = 0
    for values in column.chunks():
        # A column that holds fractions or overflow marks in spite of its header is left to GDAL.
        if any(value and not value.lstrip(b"+-").isdigit() and value.strip(b"*") for value in values):
            return None
        longest = max(longest, *(len(value) for value in values)) if values else longest
    return "text" if longest > SAFE_DIGITS else "bigint"


def wide_numbers(values: Sequence[bytes], kind: str) -> list[int | str | None]:
    """The cells of such a column; `****` is how programs write a number that did not fit, and is none."""
    told = [value.decode("ascii") if value.strip(b"*") else None for value in values]
    return [int(text) if text is not None and kind == "bigint" else text for text in told]


def bad_dates(column: DbfColumn, start: int, count: int) -> Iterator[tuple[int, str]]:
    """Row (0-based) and text of every value of a date field that is no date; an empty one and zeros are NULL."""
    values = column.values(start, count)
    bad = {value for value in set(values) - NO_DATE if not _is_date(value)}
    if bad:
        yield from ((start + row, value.decode("latin-1")) for row, value in enumerate(values) if value in bad)


def _is_date(value: bytes) -> bool:
    try:
        dt.datetime.strptime(value.decode("ascii"), "%Y%m%d")
    except (ValueError, UnicodeDecodeError):
        return False
    return len(value) == 8


class ShapeTable:
    """The table of a shapefile beside GDAL's reading of it: the names people gave, and what GDAL would lose."""

    def __init__(self, dbf: Dbf, encoding: str, columns: Sequence[str]) -> None:
        """`columns` are the names that GDAL uses, in the order of the file."""
        fields = [DbfColumn(dbf, index) for index in range(len(dbf.fields))]
        by_name = dict(zip(columns, fields, strict=True)) if len(columns) == len(fields) else {}
        decoded = [decode_name(field.field.name, encoding).strip() for field in by_name.values()]
        told = numbered([name or f"field_{number}" for number, name in enumerate(decoded, start=1)])
        self._names = dict(zip(by_name, told, strict=True))
        wide = {name: (field, wide_number_kind(field)) for name, field in by_name.items()}
        self._wide = {name: (field, kind) for name, (field, kind) in wide.items() if kind is not None}
        self._dates = {name: field for name, field in by_name.items() if field.field.kind == "D"}

    def name(self, column: str) -> str:
        return self._names.get(column, column)

    def kind(self, column: str) -> str | None:
        """The kind of a field whose digits are read here; None where GDAL's reading is good."""
        return self._wide[column][1] if column in self._wide else None

    def wide_values(self, column: str, start: int, count: int) -> list[int | str | None] | None:
        if column not in self._wide:
            return None
        field, kind = self._wide[column]
        found = wide_numbers(field.values(start, count), kind)
        return found + [None] * (count - len(found))

    def bad_dates(self, column: str, start: int, count: int) -> list[tuple[int, str]]:
        return list(bad_dates(self._dates[column], start, count)) if column in self._dates else []


def has_repeated_names(dbf: Dbf) -> bool:
    names = [field.name.lower() for field in dbf.fields]
    return len(set(names)) < len(names)


def numbered_header(dbf: Dbf) -> bytes:
    """The file's header with the names F1, F2 ...: for GDAL only, people see their own."""
    with dbf.path.open("rb") as file:
        header = bytearray(file.read(dbf.header_length))
    for number, _field in enumerate(dbf.fields):
        place = FIELD_BYTES * (number + 1)
        header[place : place + NAME_BYTES] = f"F{number + 1}".encode().ljust(NAME_BYTES, b"\0")
    return bytes(header)
