"""GCJ-02 and BD-09, the offset coordinates of Chinese web maps, to and from WGS 84.

Neither is a CRS with an EPSG code: they are said by a person, never guessed. The GCJ-02 formula is
the public reconstruction (semi-major axis 6378245 m, e² 0.00669342162296594323); it reproduces the
published vectors, and a few metres against the official service are possible.
All functions take and give longitude, latitude in degrees, as numbers or numpy arrays.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from geokit.refusal import BadInput
from geokit.wording import gettext as _

A = 6378245.0
EE = 0.00669342162296594323
X_PI = math.pi * 3000.0 / 180.0
INVERSE_ITERATIONS = 3  # two leave millimetres, the third costs little
DATUMS = ("wgs84", "gcj02", "bd09")

Pair = tuple[Any, Any]


def _inside(lng: Any, lat: Any) -> Any:
    """The box in which the offset applies; outside it coordinates are left as they are."""
    return (lng >= 72.004) & (lng <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)


def _lat_polynomial(x: Any, y: Any) -> Any:
    value = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    value = value + (20.0 * np.sin(6.0 * x * math.pi) + 20.0 * np.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    value = value + (20.0 * np.sin(y * math.pi) + 40.0 * np.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    return value + (160.0 * np.sin(y / 12.0 * math.pi) + 320.0 * np.sin(y * math.pi / 30.0)) * 2.0 / 3.0


def _lng_polynomial(x: Any, y: Any) -> Any:
    value = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    value = value + (20.0 * np.sin(6.0 * x * math.pi) + 20.0 * np.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    value = value + (20.0 * np.sin(x * math.pi) + 40.0 * np.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    return value + (150.0 * np.sin(x / 12.0 * math.pi) + 300.0 * np.sin(x / 30.0 * math.pi)) * 2.0 / 3.0


def _offset(lng: Any, lat: Any) -> Pair:
    """How far GCJ-02 lies from WGS 84 at a WGS 84 place, in degrees."""
    rad = lat / 180.0 * math.pi
    magic = 1 - EE * np.sin(rad) ** 2
    root = np.sqrt(magic)
    x, y = lng - 105.0, lat - 35.0
    d_lat = _lat_polynomial(x, y) * 180.0 / ((A * (1 - EE)) / (magic * root) * math.pi)
    d_lng = _lng_polynomial(x, y) * 180.0 / (A / root * np.cos(rad) * math.pi)
    inside = _inside(lng, lat)
    return np.where(inside, d_lng, 0.0), np.where(inside, d_lat, 0.0)


def wgs84_to_gcj02(lng: Any, lat: Any) -> Pair:
    lng, lat = np.asarray(lng, float), np.asarray(lat, float)
    d_lng, d_lat = _offset(lng, lat)
    return lng + d_lng, lat + d_lat


def gcj02_to_wgs84(lng: Any, lat: Any) -> Pair:
    """Inverse by fixed-point iteration; the error is under a millimetre inside China."""
    lng, lat = np.asarray(lng, float), np.asarray(lat, float)
    guess_lng, guess_lat = lng, lat
    for _step in range(INVERSE_ITERATIONS):
        d_lng, d_lat = _offset(guess_lng, guess_lat)
        guess_lng, guess_lat = lng - d_lng, lat - d_lat
    return guess_lng, guess_lat


def gcj02_to_bd09(lng: Any, lat: Any) -> Pair:
    x, y = np.asarray(lng, float), np.asarray(lat, float)
    z = np.sqrt(x * x + y * y) + 0.00002 * np.sin(y * X_PI)
    theta = np.arctan2(y, x) + 0.000003 * np.cos(x * X_PI)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def bd09_to_gcj02(lng: Any, lat: Any) -> Pair:
    """The published inverse; a round trip is off by about 7 cm."""
    x, y = np.asarray(lng, float) - 0.0065, np.asarray(lat, float) - 0.006
    z = np.sqrt(x * x + y * y) - 0.00002 * np.sin(y * X_PI)
    theta = np.arctan2(y, x) - 0.000003 * np.cos(x * X_PI)
    return z * np.cos(theta), z * np.sin(theta)


def bd09_to_wgs84(lng: Any, lat: Any) -> Pair:
    return gcj02_to_wgs84(*bd09_to_gcj02(lng, lat))


def wgs84_to_bd09(lng: Any, lat: Any) -> Pair:
    return gcj02_to_bd09(*wgs84_to_gcj02(lng, lat))


def to_wgs84_from(datum: str) -> Callable[[Any, Any], Pair] | None:
    """The conversion a stated source datum needs; None for WGS 84. Refuses other words."""
    conversions = {"wgs84": None, "gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
    if datum not in conversions:
        raise BadInput(_("不认识坐标基准“%s”，可选 wgs84、gcj02、bd09。") % datum, code="datum-unknown")
    return conversions[datum]
