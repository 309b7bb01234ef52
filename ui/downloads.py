"""Cells that a spreadsheet program shows as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"
"""Without it a Chinese spreadsheet program reads a CSV as GBK."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(value: object) -> object:
    """Text that would be run as a formula gets an apostrophe before it; numbers, negative ones too, stay numbers.

    >>> plain_cell("=1+1"), plain_cell("-A1"), plain_cell(-3), plain_cell("鄞江")
    ("'=1+1", "'-A1", -3, '鄞江')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Return a whole CSV file, with the byte-order mark, its cells made plain."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    csv.writer(out).writerows([plain_cell(value) for value in row] for row in rows)
    return out.getvalue()
