"""The classes of the standard behind a line: where each begins and ends on the axis of one parameter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from river_monitoring.standard.evaluation import Parameter, Water
from ui.charts.chart import Band

INFERIOR = 6
AIR = 1.15
"""The axis ends so much above the highest value."""


def class_bands(parameter: Parameter, water: Water, low: float, high: float) -> list[Band]:
    """The bands within `low` and `high`; none for a parameter that the standard does not limit in this water.

    >>> from river_monitoring.standard.evaluation import GB3838_2002
    >>> [(band.number, band.low, band.high) for band in class_bands(GB3838_2002["nh3n"], "river", 0, 1.2)]
    [(1, 0, 0.15), (2, 0.15, 0.5), (3, 0.5, 1.0), (4, 1.0, 1.2)]
    >>> [(band.number, band.low, band.high) for band in class_bands(GB3838_2002["do"], "river", 2.5, 5.5)]
    [(3, 5.0, 5.5), (4, 3.0, 5.0), (5, 2.5, 3.0)]
    """
    if parameter.bounds:
        under, over = (float(bound) for bound in parameter.bounds)
        found = [Band(INFERIOR, -math.inf, under), Band(1, under, over), Band(INFERIOR, over, math.inf)]
    else:
        found = _from_limits([float(limit) for limit in parameter.limits_for(water)], parameter.direction == "min")
    clipped = (Band(band.number, max(band.low, low), min(band.high, high)) for band in found)
    return [band for band in clipped if band.high > band.low]


def _from_limits(limits: Sequence[float], at_least: bool) -> list[Band]:
    if not limits:
        return []
    edges = [math.inf if at_least else -math.inf, *limits, -math.inf if at_least else math.inf]
    return [Band(number, min(pair), max(pair)) for number, pair in enumerate(pairwise(edges), start=1)]


def value_range(parameter: Parameter, values: Sequence[float], limits: Sequence[float]) -> tuple[float, float]:
    """Bottom and top of the axis: all values and the wanted limits, with air above; pH does not start at nought."""
    if parameter.bounds:
        under, over = (float(bound) for bound in parameter.bounds)
        return min([under, *values]) - 0.5, max([over, *values]) + 0.5
    top = max([*values, *limits], default=0.0)
    bottom = min([0.0, *values])
    return bottom, top * AIR if top > 0 else 1.0
