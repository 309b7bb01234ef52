"""Rows as PostgreSQL's binary COPY format, built by columns.

What has the same width in every row (numbers, dates, lengths) is laid out by numpy; only texts and geometries are
pieces of their own. Format: https://www.postgresql.org/docs/17/sql-copy.html#SQL-COPY-FILE-FORMATS
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from geokit.records.rows import number_text

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = -1
EPOCH = np.datetime64("2000-01-01")


@dataclass(frozen=True, slots=True)
class Fixed:
    """A column without NULL whose values all have one width: an array of big-endian values."""

    values: np.ndarray


@dataclass(frozen=True, slots=True)
class Varying:
    """A column of byte strings; None is NULL."""

    values: Sequence[bytes | None]


Encoded = Fixed | Varying


def integers(values: Sequence[int] | np.ndarray) -> Encoded:
    """A bigint column without NULL."""
    return Fixed(np.asarray(values, ">i8"))


def encode(kind: str, values: Sequence[Any]) -> Encoded:
    """Python values for a column of `kind` (columns.SQL_TYPES); what a value is not, it is made."""
    if kind == "text":
        return Varying([None if value is None else _text(value).encode() for value in values])
    present = [value for value in values if value is not None]
    packed = _PACKERS[kind](present)
    if len(present) == len(values):
        return Fixed(packed)
    found = iter(packed.view(f"V{packed.dtype.itemsize}").tolist())
    return Varying([None if value is None else next(found) for value in values])


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


def _dates(values: list[Any]) -> np.ndarray:
    return (np.array(values, "datetime64[D]") - EPOCH).astype(">i4")


def _moments(values: list[Any]) -> np.ndarray:
    return (np.array(values, "datetime64[us]") - EPOCH.astype("datetime64[us]")).astype(">i8")


_PACKERS: dict[str, Callable[[list[Any]], np.ndarray]] = {
    "boolean": lambda values: np.array(values, "u1"),
    "integer": lambda values: np.array(values, ">i4"),
    "bigint": lambda values: np.array(values, ">i8"),
    "double": lambda values: np.array(values, ">f8"),
    "date": _dates,
    "datetime": _moments,
}


def pack(columns: Sequence[Encoded], rows: int) -> bytes:
    """A whole COPY message of `rows` rows."""
    if not rows:
        return HEADER + TRAILER
    pieces: list[Iterable[bytes]] = []
    block: list[np.ndarray] = [np.full(rows, len(columns), ">i2")]
    for column in columns:
        if isinstance(column, Fixed):
            block += [np.full(rows, column.values.dtype.itemsize, ">i4"), column.values]
            continue
        lengths = [NULL if value is None else len(value) for value in column.values]
        block.append(np.array(lengths, ">i4"))
        if max(lengths) <= 0:
            continue  # nothing but NULL and empty strings
        pieces += [_joined(block), (value or b"" for value in column.values)]
        block = []
    if block:
        pieces.append(_joined(block))
    return b"".join(chain((HEADER,), chain.from_iterable(zip(*pieces, strict=True)), (TRAILER,)))


def _joined(block: Sequence[np.ndarray]) -> list[bytes]:
    """The arrays side by side, row by row, as one byte string per row."""
    table = np.empty(len(block[0]), [(f"c{index}", array.dtype) for index, array in enumerate(block)])
    for index, array in enumerate(block):
        table[f"c{index}"] = array
    return table.view(f"V{table.dtype.itemsize}").tolist()
