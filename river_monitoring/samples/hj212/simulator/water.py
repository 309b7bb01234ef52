"""What a station would measure at a point at a moment: a function of point and time, so that a repeat says the same.

Pure Python. A value swings around what is usual at the point: slowly over days, quickly over hours, with the sun (water
temperature, oxygen, pH) and with rain, which washes ammonia, phosphorus, organic matter and silt into the water.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from statistics import NormalDist
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
SLOW_H, FAST_H, RAIN_H = 72, 5, 16
"""Hours between the supporting points of the slow swing, of the quick one and of the weather."""
#: Share by which a value swings (slow, quick), and by which a strong rain raises it.
SWING: Mapping[str, tuple[float, float, float]] = {
    "codmn": (0.10, 0.04, 0.5), "nh3n": (0.18, 0.07, 1.1), "tp": (0.15, 0.06, 1.3), "tn": (0.10, 0.04, 0.6),
    "turbidity": (0.25, 0.12, 4.0), "conductivity": (0.06, 0.02, -0.3),
}  # fmt: skip
USUAL: Mapping[str, float] = {
    "temp": 18.0, "ph": 7.4, "do": 7.0, "codmn": 4.0, "nh3n": 0.5, "tp": 0.12, "tn": 1.8,
    "conductivity": 320.0, "turbidity": 18.0,
}  # fmt: skip
"""The basic nine where nothing is known of a point; mg/L, °C, µS/cm, NTU."""
DIGITS: Mapping[str, int] = {
    "temp": 1, "ph": 2, "do": 2, "codmn": 2, "nh3n": 3, "tp": 3, "tn": 2, "conductivity": 1, "turbidity": 1,
}  # fmt: skip
YEARS_SWING_K, WARMEST_DAY = 10.0, 205
DAYS_SWING_K, WARMEST_HOUR = 0.9, 16


@dataclass(frozen=True, slots=True)
class Site:
    """A point as the simulator knows it: a name that its chance depends on, and what is usual there."""

    name: str
    usual: Mapping[str, float] = field(default_factory=dict)

    def usual_of(self, parameter: str) -> float:
        return self.usual.get(parameter, USUAL[parameter])


def measure(site: Site, at: datetime) -> dict[str, str]:
    """The basic nine at a moment (with zone), as an instrument writes them.

    >>> from datetime import UTC
    >>> at = datetime(2026, 7, 1, 4, tzinfo=UTC)
    >>> measure(Site("a"), at) == measure(Site("a"), at), measure(Site("a"), at) == measure(Site("b"), at)
    (True, False)
    """
    local = at.astimezone(ZONE)
    hours = at.timestamp() / 3600
    rain = max(0.0, _noise(f"{site.name} rain", hours / RAIN_H) - 0.8)
    values = {name: _swinging(site, name, hours, rain) for name in SWING}
    sun = math.cos((local.hour + local.minute / 60 - WARMEST_HOUR) / 24 * math.tau)
    values["temp"] = _temperature(site, local, sun, hours)
    fast = _noise(f"{site.name} do", hours / FAST_H)
    values["do"] = max(0.1, site.usual_of("do") * (1 + 0.09 * sun + 0.03 * fast - 0.12 * rain))
    values["ph"] = min(9.9, max(4.0, site.usual_of("ph") + 0.12 * sun + 0.05 * fast - 0.08 * rain))
    return {name: f"{values[name]:.{DIGITS[name]}f}" for name in DIGITS}


def _swinging(site: Site, name: str, hours: float, rain: float) -> float:
    slow, quick, washed = SWING[name]
    swing = slow * _noise(f"{site.name} {name} slow", hours / SLOW_H)
    swing += quick * _noise(f"{site.name} {name} quick", hours / FAST_H)
    return site.usual_of(name) * math.exp(swing) * max(0.3, 1 + washed * min(rain, 1.5))


def _temperature(site: Site, local: datetime, sun: float, hours: float) -> float:
    season = math.cos((local.timetuple().tm_yday - WARMEST_DAY) / 365.25 * math.tau)
    weather = 0.8 * _noise(f"{site.name} temp", hours / SLOW_H)
    return max(0.2, site.usual_of("temp") + YEARS_SWING_K * season + DAYS_SWING_K * sun + weather)


def _noise(name: str, at: float) -> float:
    """A smooth curve through a normally distributed number at each whole `at`."""
    low = math.floor(at)
    share = at - low
    share = share * share * (3 - 2 * share)
    return _normal(name, low) * (1 - share) + _normal(name, low + 1) * share


def _normal(name: str, number: int) -> float:
    return NormalDist().inv_cdf(chance(f"{name} {number}"))


def chance(name: str) -> float:
    """A number between 0 and 1, both excluded, that the name alone decides.

    >>> 0 < chance("a") < 1, chance("a") == chance("a")
    (True, True)
    """
    digest = blake2b(name.encode(), digest_size=8).digest()
    return (int.from_bytes(digest) + 0.5) / 2**64
