"""Plane geometry for drawing: a flat metre grid around the district, curves, bends.

The grid is good to a few metres across the district, which is enough to draw invented things on; lengths that
are stored are measured on the ellipsoid by :func:`length_m`.
"""

import math
from collections.abc import Iterable
from random import Random

import numpy as np
from pyproj import Geod
from shapely import LineString, get_coordinates, transform
from shapely.geometry.base import BaseGeometry

LON0, LAT0 = 121.35, 29.83
X_M = 111_320 * math.cos(math.radians(LAT0))
Y_M = 110_870
GEOD = Geod(ellps="WGS84")
DIGITS = 7  # 1e-7 degree is a centimetre

Point = tuple[float, float]


def to_plane[G: BaseGeometry](geometry: G) -> G:
    """Degrees -> metres."""
    return transform(geometry, lambda xy: (xy - (LON0, LAT0)) * (X_M, Y_M))


def to_degrees[G: BaseGeometry](geometry: G) -> G:
    """Metres -> degrees, to a centimetre."""
    return transform(geometry, lambda xy: np.round(xy / (X_M, Y_M) + (LON0, LAT0), DIGITS))


def xy(lon: float, lat: float) -> Point:
    return (lon - LON0) * X_M, (lat - LAT0) * Y_M


def lonlat(x: float, y: float) -> Point:
    return round(x / X_M + LON0, DIGITS), round(y / Y_M + LAT0, DIGITS)


def length_m(line: BaseGeometry) -> float:
    """Length on the WGS 84 ellipsoid of a line in degrees, in metres."""
    return float(GEOD.geometry_length(line))


def smooth(points: Iterable[Point], *, step: float = 60, closed: bool = False) -> np.ndarray:
    """A centripetal Catmull-Rom curve through all the points (metres), about `step` metres between vertices."""
    knots = np.asarray(list(points), float)
    before, after = (knots[-1], knots[0]) if closed else (2 * knots[0] - knots[1], 2 * knots[-1] - knots[-2])
    tail = [knots[0], knots[1]] if closed else [after]
    padded = np.vstack([before, knots, *tail])
    spans = [_span(padded[i : i + 4], step) for i in range(len(padded) - 3)]
    return np.vstack([*spans, padded[-2]])


def _span(p: np.ndarray, step: float) -> np.ndarray:
    """One span of the curve, from p[1] up to but without p[2]."""
    t = np.concatenate([[0], np.cumsum(np.sqrt(np.linalg.norm(np.diff(p, axis=0), axis=1)) + 1e-9)])
    count = max(2, math.ceil(float(np.linalg.norm(p[2] - p[1])) / step))
    at = np.linspace(t[1], t[2], count, endpoint=False)[:, None]

    def mix(a: np.ndarray, b: np.ndarray, i: int, j: int) -> np.ndarray:
        return ((t[j] - at) * a + (at - t[i]) * b) / (t[j] - t[i])

    a1, a2, a3 = mix(p[0], p[1], 0, 1), mix(p[1], p[2], 1, 2), mix(p[2], p[3], 2, 3)
    return mix(mix(a1, a2, 0, 2), mix(a2, a3, 1, 3), 1, 2)


def wander(curve: np.ndarray, amplitude: float, chance: Random) -> np.ndarray:
    """The curve with irregular bends (metres to either side), none at its two ends, so that junctions hold."""
    if not amplitude or len(curve) < 4:
        return curve
    steps = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(steps)])
    tangent = np.gradient(curve, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.linalg.norm(tangent, axis=1)[:, None]
    bends = sum(
        weight * np.sin(2 * math.pi * (along / (scale * amplitude) + chance.random()))
        for weight, scale in ((0.6, 28), (0.4, 17), (0.15, 10))
    )
    taper = np.clip(np.minimum(along, along[-1] - along) / (6 * amplitude), 0, 1)
    return curve + normal * (amplitude * bends * taper)[:, None]


class Unevenness:
    """A smooth displacement of the plane, the same for everybody who asks about a place.

    Lines that are shared stay shared after it. The slopes of its waves add up to less than one in practice, so
    nothing folds over; :meth:`undone` inverts it by iteration.
    """

    def __init__(self, chance: Random, wavelengths_m: Iterable[float], steepness: float) -> None:
        waves = []
        for wavelength in wavelengths_m:
            for axis in (0, 1):
                for _ in range(2):
                    angle, phase = chance.uniform(0, math.tau), chance.uniform(0, math.tau)
                    k = math.tau / wavelength
                    waves.append((axis, k * math.cos(angle), k * math.sin(angle), phase, steepness * wavelength))
        self._waves = waves

    def shift(self, points: np.ndarray) -> np.ndarray:
        moved = np.zeros_like(points)
        for axis, kx, ky, phase, amplitude in self._waves:
            moved[:, axis] += amplitude * np.sin(points[:, 0] * kx + points[:, 1] * ky + phase)
        return moved

    def done(self, points: np.ndarray) -> np.ndarray:
        return points + self.shift(points)

    def undone(self, points: np.ndarray) -> np.ndarray:
        guess = points
        for _ in range(30):
            guess = points - self.shift(guess)
        return guess

    def line(self, line: LineString) -> LineString:
        return LineString(self.done(get_coordinates(line)))
