"""Many geometries into other coordinates at once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

XY = Callable[[np.ndarray, np.ndarray], tuple[Any, Any]]


def moved(geometries: np.ndarray, move: XY) -> np.ndarray:
    """Every geometry with each position sent through `move(x, y)`, which returns two columns; None stays None."""
    # shapely's published types know only functions of one array of pairs.
    return shapely.transform(geometries, move, interleaved=False)  # type: ignore[arg-type]
