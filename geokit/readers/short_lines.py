"""Lines of several parts of which some have a single point: a GPS that stood still, or lost its satellites.

GEOS holds no line of one point and gives up the whole geometry; here the other parts are kept.
"""

from collections.abc import Iterator
from struct import error as TooShort
from struct import unpack_from

import numpy as np
import shapely

from geokit.records.geometry_bytes import LINE, MULTI_LINE, ORDERS, head_of

LEAST = 2
"""Points of a line."""


def whole_parts(wkb: bytes) -> shapely.MultiLineString | None:
    """The parts of two points and more; None where there is none, or for anything but a line that GEOS gave up."""
    try:
        lines = [line for line in _lines(wkb) if len(line) >= LEAST]
    except (TooShort, ValueError, IndexError):
        return None
    return shapely.MultiLineString(lines) if lines else None


def _lines(wkb: bytes) -> Iterator[np.ndarray]:
    """Vertices (x, y) of each part."""
    order = ORDERS[wkb[0]]
    kind, _size, place = head_of(wkb, 0, order)
    if kind != MULTI_LINE:
        return
    parts = unpack_from(f"{order}I", wkb, place)[0]
    place += 4
    for _part in range(parts):
        order = ORDERS[wkb[place]]
        kind, size, place = head_of(wkb, place, order)
        if kind != LINE:
            raise ValueError(kind)
        count = unpack_from(f"{order}I", wkb, place)[0]
        numbers = np.frombuffer(wkb, f"{order}f8", count * size // 8, place + 4)
        yield numbers.reshape(count, size // 8)[:, :2]
        place += 4 + count * size
