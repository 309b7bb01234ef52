"""Two coordinates written in one cell: `121.54,29.87`, `29.87 121.54`, `（东经121°33′，北纬29°52′）`.

Which of the two is the longitude is told from all rows together: in China it is 73 to 136 degrees, a latitude 3 to 54.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from geokit.records.angles import FULL_WIDTH, number_of

CHINA = ((73.0, 136.0), (3.0, 54.0))
"""Longitudes and latitudes of China in whole degrees; the two do not meet."""
LONGEST = 120
PLAIN = FULL_WIDTH | str.maketrans("、；", ",;", "()（）[]［］【】〔〕{}｛｝<>《》「」")
APART = re.compile(r"\s*[,;|/]\s*")
LABEL = re.compile(r"^(经度|經度|纬度|緯度|longitude|latitude|lng|lon|lat)\s*[:=]?\s*", re.IGNORECASE)
EAST = re.compile(r"[EW东東西经經]|lng|lon", re.IGNORECASE)
NORTH = re.compile(r"[NS北南纬緯]|lat", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)
LON_LAT, LAT_LON, UNSURE, MIXED = "lon-lat", "lat-lon", "unsure", "mixed"
DEGREES = 180.0


@dataclass(frozen=True, slots=True)
class Pair:
    """The numbers of a cell in the order in which they stand there, with a height where a third one follows."""

    first: float
    second: float
    height: float | None = None
    marked: str = ""
    """The order that letters or words in the cell tell (`E121.5 N29.8`)."""

    @property
    def order(self) -> str:
        """The order that this one cell tells; empty for numbers that are no degrees."""
        if self.marked:
            return self.marked
        if max(abs(self.first), abs(self.second)) > DEGREES:
            return ""
        if _in_china(self.first, self.second) or (abs(self.first) > DEGREES / 2 >= abs(self.second)):
            return LON_LAT
        if _in_china(self.second, self.first) or (abs(self.second) > DEGREES / 2 >= abs(self.first)):
            return LAT_LON
        return UNSURE


@dataclass(slots=True)
class OrderCount:
    """How many cells are written in which order."""

    lon_lat: int = 0
    lat_lon: int = 0
    unsure: int = 0

    def look(self, pair: Pair) -> None:
        order = pair.order
        self.lon_lat += order == LON_LAT
        self.lat_lon += order == LAT_LON
        self.unsure += order == UNSURE

    def add(self, other: "OrderCount") -> None:
        self.lon_lat += other.lon_lat
        self.lat_lon += other.lat_lon
        self.unsure += other.unsure

    @property
    def order(self) -> str:
        """One of LON_LAT, LAT_LON, UNSURE, MIXED; empty where no cell holds degrees."""
        if self.lon_lat and self.lat_lon:
            return MIXED
        if self.lon_lat or self.lat_lon:
            return LON_LAT if self.lon_lat else LAT_LON
        return UNSURE if self.unsure else ""


def pair_of(text: str) -> Pair | None:
    """The two or three numbers of a cell; None for anything else.

    >>> pair_of("（121.54，29.87）"), pair_of("29°52′N 121°33′E").order, pair_of("121.54")
    (Pair(first=121.54, second=29.87, height=None, marked=''), 'lat-lon', None)
    """
    if len(text) > LONGEST:
        return None
    plain = text.translate(PLAIN).strip(" ,;\t")
    parts = [part for part in APART.split(plain) if part]
    if len(parts) == 1:
        parts = _split_by_blanks(plain.split())
    if len(parts) not in (2, 3):
        return None
    first, second, *rest = [number_of(LABEL.sub("", part)) for part in parts]
    if first is None or second is None or None in rest:
        return None
    return Pair(first, second, rest[0] if rest else None, _marked(parts))


def order_of_name(name: str) -> str:
    """The order that a column's name spells out (`lnglat`, `lat_lon`); empty for others, `经纬度` among them.

    >>> order_of_name("LngLat"), order_of_name("latlng"), order_of_name("经纬度")
    ('lon-lat', 'lat-lon', '')
    """
    plain = bare_name(name)
    if re.search(r"(lng|lon|longitude)lat", plain):
        return LON_LAT
    return LAT_LON if re.search(r"(lat|latitude)(lng|lon)", plain) else ""


def bare_name(name: str) -> str:
    """A column's name without what people put between its words."""
    return re.sub(r"[\s_,/-]", "", name.lower())


def _split_by_blanks(words: Sequence[str]) -> list[str]:
    """Two numbers; two with a height, where they have fractions; two angles of degrees, minutes (and seconds)."""
    if len(words) in (4, 6) and all(map(NUMBER.fullmatch, words)):
        half = len(words) // 2
        return [" ".join(words[:half]), " ".join(words[half:])]
    if len(words) == 3 and not all("." in word for word in words[:2]):
        return []
    return list(words)


def _marked(parts: Sequence[str]) -> str:
    east, north = ([bool(sign.search(part)) and not NUMBER.fullmatch(part) for part in parts] for sign in (EAST, NORTH))
    if (east[0] and not north[0]) or (north[1] and not east[1]):
        return LON_LAT
    return LAT_LON if (north[0] and not east[0]) or (east[1] and not north[1]) else ""


def _in_china(longitude: float, latitude: float) -> bool:
    return all(low <= value <= high for value, (low, high) in zip((longitude, latitude), CHINA, strict=True))
