"""The order of tiles in a PMTiles file: zoom by zoom, within a zoom along the Hilbert curve."""

from functools import cache


@cache
def first_of(z: int) -> int:
    """Return the number of tiles of all zooms below `z`.

    >>> [first_of(z) for z in range(4)]
    [0, 1, 5, 21]
    """
    return ((1 << 2 * z) - 1) // 3


def tile_id(z: int, x: int, y: int) -> int:
    """Return a tile's number in the file's order.

    >>> tile_id(0, 0, 0), tile_id(1, 0, 0), tile_id(1, 1, 0), tile_id(12, 3423, 1763)
    (0, 1, 4, 19078479)
    """
    found = 0
    side = 1 << z
    half = side >> 1
    while half:
        right, low = x & half, y & half
        if right:
            found += half * half * (2 if low else 3)
        elif low:
            found += half * half
        if not low:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        half >>= 1
    return first_of(z) + found
