"""A photo's own time and place against a claimed one: how far apart, and whether the gap looks like a known slip.

Pure. The slip is GCJ-02, the offset coordinates of Chinese web maps: some cameras and apps write them into EXIF as if
they were WGS 84, which moves a photo by about 500 m in the east of China.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pyproj import Geod

from geokit.crs.gcj02 import gcj02_to_wgs84, wgs84_to_gcj02

NEAR_M = 150
"""A telephone's fix in a street, and the walk to the other bank."""
SOON_S = 30 * 60
GCJ_SHIFT_M = 500
"""What the offset is about in the east of China (493 to 505 m at 121.5°E, 29.9°N)."""
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Metres between the two places, seconds from the photo to the claim; None where the photo says nothing."""

    away_m: float | None
    late_s: int | None
    looks_offset: bool = False

    @property
    def place_matches(self) -> bool:
        return self.away_m is not None and self.away_m <= NEAR_M

    @property
    def time_matches(self) -> bool:
        return self.late_s is not None and abs(self.late_s) <= SOON_S

    @property
    def agrees(self) -> bool | None:
        """
        >>> Comparison(None, None).agrees, Comparison(20.0, None).agrees, Comparison(20.0, 7200).agrees
        (None, True, False)
        """
        said = [
            matches
            for value, matches in ((self.away_m, self.place_matches), (self.late_s, self.time_matches))
            if value is not None
        ]
        return all(said) if said else None


def compare(
    photo_lon: float | None, photo_lat: float | None, taken_at: datetime | None, *, lon: float, lat: float, at: datetime
) -> Comparison:
    """Compare what the photo says with a claim (WGS 84 degrees, times with zone)."""
    late_s = None if taken_at is None else round((at - taken_at).total_seconds())
    if photo_lon is None or photo_lat is None:
        return Comparison(None, late_s)
    away = metres_between(photo_lon, photo_lat, lon, lat)
    return Comparison(away, late_s, away > NEAR_M and _is_offset(photo_lon, photo_lat, lon, lat))


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """On the WGS 84 ellipsoid.

    >>> round(metres_between(121.55, 29.87, 121.56, 29.87))
    966
    """
    return float(_GEOD.inv(lon, lat, other_lon, other_lat)[2])


def _is_offset(photo_lon: float, photo_lat: float, lon: float, lat: float) -> bool:
    """Whether taking the offset out of, or putting it into, the photo's place brings it to the claimed one."""
    moved = (gcj02_to_wgs84(photo_lon, photo_lat), wgs84_to_gcj02(photo_lon, photo_lat))
    return any(metres_between(float(x), float(y), lon, lat) <= NEAR_M for x, y in moved)
