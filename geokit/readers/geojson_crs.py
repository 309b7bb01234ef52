"""The CRS that a GeoJSON names by a code, as before RFC 7946. GDAL reads one that it does not know as WGS 84."""

import re
from pathlib import Path

LOOKED_AT = 64 * 1024
"""Bytes at the beginning and at the end: programs write `crs` before the features or after them."""
NAMED = re.compile(rb'"crs"\s*+:\s*+\{[^{}]{0,200}+\{([^{}]{0,200}+)\}')
CODE = re.compile(rb'(?:EPSG:[\d.]{0,8}:?|"code"\s*+:\s*+"?)(\d{4,6})\b', re.IGNORECASE)


def declared_code(path: Path) -> int | None:
    """Its number in EPSG; None where none is said, or it is no such number (`CRS84`)."""
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
        file.seek(max(0, path.stat().st_size - LOOKED_AT))
        tail = file.read(LOOKED_AT)
    named = NAMED.search(head) or NAMED.search(tail)
    code = CODE.search(named[1]) if named else None
    return int(code[1]) if code else None
