"""Geometries from WKB and WKT of any origin: what shapely cannot hold is None, never an exception."""

from typing import Any

import numpy as np
import shapely

NOT_HELD = (NotImplementedError, shapely.errors.ShapelyError, ValueError, TypeError)
"""Curves are NotImplementedError; a code that is no geometry's, or a ring of one point, one of the others."""


def from_wkb(wkb: np.ndarray) -> np.ndarray:
    """Read all at once; one by one where one of them cannot be held (an arc, a surface, a code out of range)."""
    try:
        found: np.ndarray = shapely.from_wkb(wkb, on_invalid="ignore")
        return found
    except NOT_HELD:
        return np.array([_one(shapely.from_wkb, item) for item in wkb], dtype=object)


def from_wkt(text: str) -> Any:
    """Return the geometry of one text, or None."""
    return _one(shapely.from_wkt, text)


def _one(read: Any, content: Any) -> Any:
    if content is None:
        return None
    try:
        return read(content, on_invalid="ignore")
    except NOT_HELD:
        return None
