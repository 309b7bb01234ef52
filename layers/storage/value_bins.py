"""Bins of a histogram over values of any range."""

import numpy as np


def bin_range(low: float, high: float, bins: int) -> tuple[float, float] | None:
    """`low` and `high`, moved apart where too few numbers lie between them for the edges of `bins` to differ.

    None where they are so far apart that no number says how far.
    """
    if not np.isfinite(high - low):
        return None
    least = 2 * bins * float(max(np.spacing(abs(low)), np.spacing(abs(high)), np.finfo("float32").tiny))
    return (low, high) if high - low > least else (low, low + max(1.0, least))
