"""A glyph's signed distance field, as map clients draw text from it.

The numbers are those that all clients assume: letters 24 pixels high, 3 pixels of border, distances up to 8 pixels,
and the outline at three quarters of the way (191 of 255).
"""

from dataclasses import dataclass

import numpy as np

EM = 24
BORDER = 3
RADIUS = 8.0
INSIDE = 0.25
"""Part of the value range that lies inside the outline."""
SCALE = 5
"""Drawn so many times larger; odd, so that a pixel's centre is the centre of a drawn one."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character; lengths in pixels of a letter 24 pixels high."""

    code: int
    width: int
    height: int
    left: int
    top: int
    """From the line's top down to the glyph's: negative."""
    advance: int
    bitmap: bytes
    """`(width + 6) * (height + 6)` distances; empty for a blank."""


def distance_field(mask: np.ndarray) -> np.ndarray:
    """Turn a large drawing (booleans, sides multiples of SCALE) into distances from 0 to 255 at pixel size."""
    outside, inside = _distance_to(mask), _distance_to(~mask)
    # Distances are between centres of drawn pixels; the outline runs half a pixel before the first of the other kind.
    far = np.where(_sampled(mask), 0.5 - inside, outside - 0.5) / SCALE
    return _coarse(np.clip(np.rint(255.0 * (1.0 - INSIDE - far / RADIUS)), 0, 255).astype(np.uint8))


STEP = 8
"""Values kept are this far apart, the outline's 191 among them: a quarter of a pixel of a letter 24 pixels high."""
FAR_OUTSIDE, FAR_INSIDE = 40, 236
"""Beyond these no halo reaches and no letter ends: nothing there needs telling apart."""


def _coarse(distances: np.ndarray) -> np.ndarray:
    """What nobody sees is left out, so that a range is little more than half as long in gzip."""
    kept = (np.rint((distances.astype(int) - (STEP - 1)) / STEP) * STEP + STEP - 1).clip(0, 255).astype(np.uint8)
    kept[distances < FAR_OUTSIDE] = 0
    kept[distances >= FAR_INSIDE] = 255
    return kept


def _sampled(values: np.ndarray) -> np.ndarray:
    return values[SCALE // 2 :: SCALE, SCALE // 2 :: SCALE]


def _distance_to(wanted: np.ndarray) -> np.ndarray:
    """Distance from each pixel's centre to the nearest drawn pixel that is `wanted`, in drawn pixels.

    Exact up to RADIUS, which is as far as anybody looks: first along columns, then the best along the row.
    """
    reach = int(RADIUS * SCALE)
    along = _along_columns(wanted, reach)[SCALE // 2 :: SCALE]
    padded = np.pad(along, ((0, 0), (reach, reach)), constant_values=2.0 * reach)
    columns = np.arange(SCALE // 2, wanted.shape[1], SCALE)
    best = np.full((along.shape[0], len(columns)), (2.0 * reach) ** 2)
    for step in range(-reach, reach + 1):
        np.minimum(best, padded[:, columns + reach + step] ** 2 + step * step, out=best)
    return np.sqrt(best)


def _along_columns(wanted: np.ndarray, reach: int) -> np.ndarray:
    found = np.where(wanted, 0.0, 2.0 * reach)
    for row in range(1, len(found)):
        np.minimum(found[row], found[row - 1] + 1, out=found[row])
    for row in range(len(found) - 2, -1, -1):
        np.minimum(found[row], found[row + 1] + 1, out=found[row])
    return found
