"""Geometries from WKB and WKT of any origin: what shapely cannot hold is None, never an exception."""

import re
from struct import error as TooShort
from struct import unpack_from
from typing import Any

import numpy as np
import shapely

NOT_HELD = (NotImplementedError, shapely.errors.ShapelyError, ValueError, TypeError)
"""Curves are NotImplementedError; a code that is no geometry's, or a ring of one point, one of the others."""
MAX_LEVELS = 100
"""Geometries within geometries. GEOS reads them by recursion: a hundred thousand overflow its stack."""
HEAD_BYTES = 9
"""Of a geometry that holds others: order of bytes, type, their number."""
POINT, LINE, POLYGON, MULTI_LINE, HOLDERS = 1, 2, 3, 5, (4, 5, 6, 7)
SRID, WITH_Z, WITH_M = 0x20000000, 0x80000000, 0x40000000
ORDERS = {0: ">", 1: "<"}
HEX_WKB = re.compile(r"(?:0x|\\x)?(0[01][0-9A-Fa-f]{8,}+)")
"""WKB as hexadecimal digits, as PostGIS, SQL Server and `bytea` write it."""


def from_wkb(wkb: np.ndarray) -> np.ndarray:
    """Read all at once; one by one where one of them cannot be held (an arc, a surface, a code out of range)."""
    wkb = np.array([None if item is not None and is_too_deep(item) else item for item in wkb], dtype=object)
    try:
        found: np.ndarray = shapely.from_wkb(wkb, on_invalid="ignore")
        return found
    except NOT_HELD:
        return np.array([_one(shapely.from_wkb, item) for item in wkb], dtype=object)


def from_wkt(text: str) -> Any:
    """Return the geometry of one text, or None."""
    return _one(shapely.from_wkt, text)


def wkb_of(text: str) -> bytes | None:
    """The bytes of WKB or EWKB written as hexadecimal digits; None for any other text."""
    found = HEX_WKB.fullmatch(text)
    return bytes.fromhex(found[1]) if found and len(found[1]) % 2 == 0 else None


def is_too_deep(wkb: bytes) -> bool:
    """Whether geometries lie in one another so deep that GEOS would run out of stack; each head is looked at once."""
    if len(wkb) <= MAX_LEVELS * HEAD_BYTES:
        return False
    left, place, order = [1], 0, "<"
    try:
        while left:
            if not left[-1]:
                left.pop()
                continue
            left[-1] -= 1
            order = ORDERS.get(wkb[place], order)
            kind, size, place = head_of(wkb, place, order)
            if kind in HOLDERS:
                left.append(unpack_from(f"{order}I", wkb, place)[0])
                place += 4
                if len(left) > MAX_LEVELS:
                    return True
            elif kind not in (POINT, LINE, POLYGON):
                return False
            else:
                place = _behind(wkb, place, order, kind, size)
    except (TooShort, IndexError):
        return False
    return False


def head_of(wkb: bytes, place: int, order: str) -> tuple[int, int, int]:
    """Kind of the geometry at `place`, bytes of one of its vertices, and where its content begins, as GEOS reads it."""
    code = unpack_from(f"{order}I", wkb, place + 1)[0]
    dimensions, kind = divmod(code & 0xFFFF, 1000)
    has_z, has_m = code & WITH_Z or dimensions in (1, 3), code & WITH_M or dimensions in (2, 3)
    return kind, 8 * (2 + bool(has_z) + bool(has_m)), place + 5 + 4 * bool(code & SRID)


def _behind(wkb: bytes, place: int, order: str, kind: int, size: int) -> int:
    """The place behind the content of a point, line or polygon."""
    if kind == POINT:
        return place + size
    if kind == LINE:
        return place + 4 + size * int(unpack_from(f"{order}I", wkb, place)[0])
    rings = unpack_from(f"{order}I", wkb, place)[0]
    place += 4
    for _ring in range(rings):
        place += 4 + size * int(unpack_from(f"{order}I", wkb, place)[0])
    return place


def _one(read: Any, content: Any) -> Any:
    if content is None:
        return None
    try:
        return read(content, on_invalid="ignore")
    except NOT_HELD:
        return None
