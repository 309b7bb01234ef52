"""Whether two pictures are the same picture: a perceptual hash that a new encoding, size or edge does not change.

The hash is the sign of the low frequencies of the grey picture (discrete cosine transform, 12 by 12 without the mean).
A picture is described by the hash of the whole and those of many cut-outs of it, also mirrored and turned, so that a
copy that was cropped matches one of them. Distances are counted in bits of `BITS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

SIDE = 32
LOW = 12
BITS = LOW * LOW - 1
SAME_BITS = 20
"""At most so many differing bits: the same picture. Measured on the copies of `tests/unit/ui/test_picture_hash.py`."""
WORKING_PIXELS = 256
CUTS = (1.0, 0.97, 0.94, 0.91, 0.88, 0.85)
TURNS = (-3.0, -1.5, 1.5, 3.0)
QUARTERS = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)

Grey = NDArray[np.float64]


def hashes_of(grey: Image.Image) -> list[str]:
    """Return the hash of a grey upright picture, then those of its cut-outs, as hexadecimal text."""
    grey.thumbnail((WORKING_PIXELS, WORKING_PIXELS), Image.Resampling.BOX)
    return list(dict.fromkeys(_hashes([_small(view) for view in _views(grey)])))


def same_picture(one: Sequence[str], other: Sequence[str], most_bits: int = SAME_BITS) -> bool:
    """Whether two lists of hashes describe the same picture.

    >>> same_picture(["00ff"], ["00fe", "ffff"], most_bits=1), same_picture(["00ff"], ["ff00"], most_bits=1)
    (True, False)
    """
    return picture_distance(one, other) <= most_bits


def picture_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the fewest differing bits between either whole picture and any view of the other."""
    if not one or not other:
        return BITS
    pairs = [*((one[0], view) for view in other), *((other[0], view) for view in one)]
    return min((int(a, 16) ^ int(b, 16)).bit_count() for a, b in pairs)


def _views(grey: Image.Image) -> Iterator[Image.Image]:
    """The whole picture first, then cut-outs from its middle and corners, mirrored, turned."""
    yield grey
    for share in CUTS[1:]:
        yield from (grey.crop(box) for box in _boxes(grey.size, share))
    for turn in TURNS:
        yield _turned(grey, turn)
    yield ImageOps.mirror(grey)
    yield from (grey.transpose(way) for way in QUARTERS)
    yield from (ImageOps.mirror(grey.crop(box)) for box in _boxes(grey.size, 0.94))


def _boxes(size: tuple[int, int], share: float) -> Iterator[tuple[int, int, int, int]]:
    """Boxes of a share of both sides: at the middle and the corners; of one side alone: at its two ends."""
    width, height = size
    for across, down in ((0.5, 0.5), (0, 0), (1, 0), (0, 1), (1, 1)):
        yield _box(width, height, share, share, across, down)
    for end in (0, 0.5, 1):
        yield _box(width, height, share, 1, end, 0)
        yield _box(width, height, 1, share, 0, end)


def _box(
    width: int, height: int, share_x: float, share_y: float, across: float, down: float
) -> tuple[int, int, int, int]:
    left, top = width * (1 - share_x) * across, height * (1 - share_y) * down
    return round(left), round(top), round(left + width * share_x), round(top + height * share_y)


def _turned(grey: Image.Image, degrees: float) -> Image.Image:
    """The picture turned about its middle, without the corners that turning leaves empty."""
    return grey.rotate(degrees, Image.Resampling.BILINEAR).crop(_box(*grey.size, 0.9, 0.9, 0.5, 0.5))


def _small(grey: Image.Image) -> Grey:
    return np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float64)


def _hashes(views: Sequence[Grey]) -> list[str]:
    """Hash views of `SIDE` by `SIDE` values, all at once."""
    wave = _cosines()
    waves = wave @ np.stack(views) @ wave.T
    low = waves.reshape(len(views), -1)[:, 1:].round(6)  # of a picture of one colour nothing is left but noise
    bits = low > np.median(low, axis=1, keepdims=True)
    return [row.tobytes().hex() for row in np.packbits(bits, axis=1)]


@cache
def _cosines() -> Grey:
    """The first `LOW` rows of the cosine transform of `SIDE` values."""
    rows, columns = np.arange(LOW)[:, None], np.arange(SIDE)[None, :]
    return np.cos(np.pi * (2 * columns + 1) * rows / (2 * SIDE))
