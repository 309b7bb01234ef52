"""Binary COPY: what the bytes say, and what happens at the edges of types. The format is PostgreSQL's, not ours."""

import datetime as dt
import struct

import numpy as np
import pytest

from layers.storage.binary_copy import HEADER, TRAILER, Varying, encode, integers, pack


def rows_of(message: bytes) -> list[list[bytes | None]]:
    """Take a COPY message apart again."""
    assert message.startswith(HEADER)
    at, rows = len(HEADER), []
    while message[at : at + 2] != TRAILER:
        (fields,) = struct.unpack_from(">h", message, at)
        at += 2
        row: list[bytes | None] = []
        for _ in range(fields):
            (size,) = struct.unpack_from(">i", message, at)
            at += 4
            row.append(None if size < 0 else message[at : at + size])
            at += max(size, 0)
        rows.append(row)
    assert message[at:] == TRAILER
    return rows


def test_columns_with_and_without_null_come_back_row_by_row() -> None:
    columns = [integers([1, 2]), Varying([b"abc", None]), encode("text", ["甲", ""]), encode("double", [None, 1.5])]
    assert rows_of(pack(columns, 2)) == [
        [struct.pack(">q", 1), b"abc", "甲".encode(), None],
        [struct.pack(">q", 2), None, b"", struct.pack(">d", 1.5)],
    ]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("integer", -(2**31), struct.pack(">i", -(2**31))),
        ("bigint", 2**63 - 1, struct.pack(">q", 2**63 - 1)),
        ("boolean", True, b"\1"),
        ("date", dt.date(1999, 12, 31), struct.pack(">i", -1)),
        ("datetime", dt.datetime(2000, 1, 1, 0, 0, 1, 5), struct.pack(">q", 1_000_005)),
        ("text", 4, b"4"),
        ("text", 1250.5, b"1250.5"),
        ("text", False, b"false"),
        ("text", dt.date(2026, 1, 2), b"2026-01-02"),
    ],
)
def test_a_value_of_each_kind(kind: str, value: object, expected: bytes) -> None:
    assert rows_of(pack([encode(kind, [value])], 1)) == [[expected]]
    assert rows_of(pack([encode(kind, [None, value])], 2)) == [[None], [expected]]


def test_a_number_too_large_for_its_column_is_an_error_not_another_number() -> None:
    with pytest.raises(OverflowError):
        encode("integer", [2**31])


def test_nothing_but_null_and_no_rows_at_all() -> None:
    assert rows_of(pack([encode("text", [None, None]), encode("date", [None, None])], 2)) == [[None, None]] * 2
    assert rows_of(pack([integers(np.array([], int))], 0)) == []
