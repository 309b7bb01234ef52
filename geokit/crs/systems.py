"""Which coordinate reference system a file is in, and the way from there to WGS 84.

Codes are EPSG's; the Chinese families follow a fixed numbering, so a `.prj` that PROJ does not name
is still placed by its datum, central meridian and false easting. Every transformation here takes and
gives x (east, longitude) first.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geokit.refusal import BadInput
from geokit.wording import gettext as _

Bounds = tuple[float, float, float, float]  # west, south, east, north

WGS84 = 4326
GRID_FILES = re.compile(r"nadgrids|geoidgrids|PARAMETERFILE|\+init=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Family:
    """One Chinese datum and the first EPSG code of each Gauss-Krüger series."""

    key: str
    name: str
    geographic: int
    zones_3: int  # zone-numbered (the easting starts with the zone), zones 25 to 45
    central_3: int  # the same without the zone number, 75E to 135E
    zones_6: int  # zones 13 to 23
    central_6: int  # 75E to 135E, every six degrees
    datum_words: tuple[str, ...]


FAMILIES = (
    Family(
        "cgcs2000", "CGCS2000", 4490, 4513, 4534, 4491, 4502, ("china_2000", "cgcs2000", "china_geodetic_coordinate")
    ),
    Family("xian80", "西安 1980", 4610, 2349, 2370, 2327, 2338, ("xian", "xi_an", "geodetic_1980")),
    Family("beijing54", "北京 1954", 4214, 2401, 2422, 21413, 21453, ("beijing",)),
)
# Another datum than Beijing 1954, though its name holds that one's; its codes follow no series.
NEW_BEIJING = Family("newbeijing54", "新北京 1954", 4555, 0, 0, 0, 0, ("new_beijing",))
DATUMS_WITHOUT_EXACT_SHIFT = ("xian80", "beijing54", "newbeijing54")


@dataclass(frozen=True, slots=True)
class SourceCrs:
    """A CRS that was found, and from what (`prj`, `file`, `option`, `format`)."""

    crs: CRS
    epsg: int | None
    found_in: str

    @property
    def label(self) -> str:
        return f"EPSG:{self.epsg}" if self.epsg else self.crs.name

    @property
    def family(self) -> Family | None:
        return family_of(self.crs)

    @property
    def needs_datum_warning(self) -> bool:
        """Xi'an 1980 and Beijing 1954 reach WGS 84 only roughly: tens of metres."""
        return bool(self.family and self.family.key in DATUMS_WITHOUT_EXACT_SHIFT)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A CRS that the bounds allow, with where it would put them."""

    epsg: int
    name: str
    bounds: Bounds
    in_district: bool
    swapped: bool = False
    """With x and y turned round."""


def from_wkt(text: str, found_in: str = "prj") -> SourceCrs:
    """Read `.prj` or embedded WKT. Raises BadInput `crs-unreadable` for anything else."""
    unreadable = BadInput(_("坐标系说明（.prj）无法识别，请指明坐标系（如 EPSG:4549）。"), code="crs-unreadable")
    if GRID_FILES.search(text):
        raise unreadable  # it would have PROJ open a file that an outsider names
    try:
        crs = CRS.from_wkt(text.strip().lstrip("\ufeff"))
    except CRSError as error:
        raise unreadable from error
    if crs.is_engineering or crs.is_vertical:
        message = _("坐标系“%s”是地方坐标系，没有到 WGS 84 的转换参数，请先转换或指明坐标系。")
        raise BadInput(message % crs.name, code="crs-local")
    return SourceCrs(crs, _epsg_of(crs), found_in)


def from_user(text: str) -> SourceCrs:
    """Read what a person typed: `EPSG:4549`, `4549`. Raises BadInput `crs-unknown`."""
    match = re.fullmatch(r"\s*(?:EPSG:)?(\d{4,6})\s*", text, re.IGNORECASE)
    if not match:
        raise BadInput(_("“%s”不是坐标系代码，请写成 EPSG:4549 的样子。") % text[:40], code="crs-unknown")
    try:
        crs = CRS.from_epsg(int(match[1]))
    except CRSError as error:
        raise BadInput(_("没有编号为 EPSG:%s 的坐标系。") % match[1], code="crs-unknown") from error
    if not (crs.is_geographic or crs.is_projected or crs.is_compound):
        named = {"code": match[1], "name": crs.name}
        raise BadInput(_("EPSG:%(code)s（%(name)s）不能用于平面数据。") % named, code="crs-unknown")
    return SourceCrs(crs, int(match[1]), "option")


def from_srid(srid: int) -> SourceCrs | None:
    """The CRS of a number that PostGIS wrote into a geometry; None where it is no code of EPSG's."""
    try:
        return replace(from_user(str(srid)), found_in="file")
    except BadInput:
        return None


def family_of(crs: CRS) -> Family | None:
    """The Chinese datum of `crs`, told by the datum's name."""
    geodetic = crs.geodetic_crs
    if geodetic is None:
        return None
    datum = geodetic.datum.name if geodetic.datum else ""
    words = f"{geodetic.name} {datum}".lower().replace(" ", "_").replace("'", "_")
    return next(
        (family for family in (NEW_BEIJING, *FAMILIES) if any(word in words for word in family.datum_words)), None
    )


def _epsg_of(crs: CRS) -> int | None:
    return _gauss_kruger_epsg(crs) or crs.to_epsg(min_confidence=70)


def _gauss_kruger_epsg(crs: CRS) -> int | None:
    """Place a Gauss-Krüger CRS of a Chinese datum by its numbers, whatever it is called."""
    family = family_of(crs)
    if family is None:
        return None
    if crs.is_geographic:
        return family.geographic
    if family is NEW_BEIJING:
        return None
    numbers = _projection_numbers(crs)
    if numbers is None or numbers["scale"] != 1.0 or numbers["north"] != 0.0 or numbers["latitude"] != 0.0:
        return None
    six_degrees = "6_degree" in crs.name.lower().replace("-", "_") or not re.search(
        r"3[_ -]?degree", crs.name, re.IGNORECASE
    )
    return gauss_kruger_code(family, numbers["meridian"], numbers["east"], six_degrees=six_degrees)


def _projection_numbers(crs: CRS) -> dict[str, float] | None:
    operation = crs.coordinate_operation
    if operation is None or "transverse mercator" not in operation.method_name.lower().replace(
        "gauss-kruger", "transverse mercator"
    ):
        return None
    if any(axis.unit_name not in ("metre", "meter") for axis in crs.axis_info):
        return None
    values = {param.name.lower(): float(param.value) for param in operation.params}
    return {
        "latitude": values.get("latitude of natural origin", 0.0),
        "meridian": values.get("longitude of natural origin", 0.0),
        "scale": values.get("scale factor at natural origin", 1.0),
        "east": values.get("false easting", 0.0),
        "north": values.get("false northing", 0.0),
    }


def gauss_kruger_code(
    family: Family, meridian: float, false_easting: float, *, six_degrees: bool = False
) -> int | None:
    """EPSG code of a Gauss-Krüger zone; None where the numbers fit no zone.

    Where a meridian belongs to both series the three-degree one is meant unless `six_degrees`;
    zone-numbered eastings tell by themselves (zone = meridian / 3, or (meridian + 3) / 6).

    >>> gauss_kruger_code(FAMILIES[0], 120, 500_000), gauss_kruger_code(FAMILIES[0], 120, 40_500_000)
    (4549, 4528)
    """
    zone_3, zone_6 = meridian / 3, (meridian + 3) / 6
    prefix = (false_easting - 500_000) / 1_000_000
    if not 75 <= meridian <= 135 or meridian % 3:
        return None
    if prefix == zone_3:
        return family.zones_3 + int(zone_3) - 25
    if prefix == zone_6:
        return family.zones_6 + int(zone_6) - 13
    if prefix != 0:
        return None
    if six_degrees and zone_6 == int(zone_6):
        return family.central_6 + int(zone_6) - 13
    return family.central_3 + int(zone_3) - 25


@lru_cache(maxsize=64)
def _transformer(source: str, target: int) -> Transformer:
    return Transformer.from_crs(CRS.from_user_input(source), CRS.from_epsg(target), always_xy=True)


def to_wgs84(source: CRS) -> Transformer:
    """Transformer from `source` to longitude, latitude; cached by the CRS's full text."""
    return _transformer(source.to_wkt(), WGS84)


def between(source: int, target: int) -> Transformer:
    """Transformer between two EPSG codes, east before north on both sides."""
    return _transformer(f"EPSG:{source}", target)


def transform_bounds(crs: CRS, bounds: Bounds) -> Bounds:
    """`bounds` of `crs` as west, south, east, north in WGS 84."""
    return tuple(to_wgs84(crs).transform_bounds(*bounds, densify_pts=5))  # type: ignore[return-value]


def candidates_for(bounds: Bounds, district: Bounds | None = None) -> list[Candidate]:
    """CRSs that could have made `bounds`, those that hit the district first.

    Only a proposal: a person chooses. CGCS2000 comes before the older datums, which differ from it
    by less than the district box can tell.
    """
    found = [_candidate(epsg, bounds, district) for epsg in _plausible_codes(bounds, district)]
    return sorted((c for c in found if c is not None), key=lambda c: not c.in_district)[:12]


def _plausible_codes(bounds: Bounds, district: Bounds | None) -> Iterable[int]:
    west, south, east, north = bounds
    if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
        return (4490, 4326, 4610, 4214)
    if west > 24.5e6 and east < 46e6:
        zone = int(west // 1_000_000)
        return tuple(family.zones_3 + zone - 25 for family in FAMILIES)
    if west > 13e6 and east < 24e6 and south > 0 and north < 6.5e6 and int(west // 1e6) == int(east // 1e6):
        zone = int(west // 1_000_000)
        return (*(family.zones_6 + zone - 13 for family in FAMILIES), 3857)
    if abs(west) < 1.1e6 and abs(east) < 1.1e6:
        return _codes_without_zone(district)
    return (3857,)


def _codes_without_zone(district: Bounds | None) -> tuple[int, ...]:
    """Codes for eastings that carry no zone number: the three-degree zones around the district, then the older datums.

    Without a district, the zones of the whole country, those in the middle first.
    """
    if district is None:
        return tuple(
            FAMILIES[0].central_3 + zone - 25 for zone in sorted(range(25, 46), key=lambda zone: abs(zone - 38))
        )
    west, _south, east, _north = district
    middle = (west + east) / 2
    zone, utm = round(middle / 3) - 25, int(middle // 6) + 31
    nearby = [FAMILIES[0].central_3 + zone + step for step in (0, 1, -1) if 0 <= zone + step <= 20]
    older = [family.central_3 + zone for family in FAMILIES[1:] if 0 <= zone <= 20]
    return (*nearby, *older, 32600 + utm, 32600 + utm - 1)


def _candidate(epsg: int, bounds: Bounds, district: Bounds | None) -> Candidate | None:
    crs = CRS.from_epsg(epsg)
    try:
        box = transform_bounds(crs, bounds)
    except Exception:
        return None
    if not all(abs(value) < 1e6 for value in box):
        return None
    return Candidate(epsg, crs.name, box, bool(district and overlaps(box, district)))


def overlaps(one: Bounds, other: Bounds) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def axes_look_swapped(bounds: Bounds, crs: CRS) -> bool:
    """True when x holds northings: latitudes of China in x, or a Chinese table's "X" (north).

    Chinese survey tables call the northing X; a Gauss-Krüger northing here is 2 to 6 million metres,
    an easting six digits or eight.
    """
    west, south, east, north = bounds
    if crs.is_geographic:
        return 3 <= west <= east <= 54 and 73 <= south <= north <= 136
    if family_of(crs) is None:
        return False
    easting_in_y = 1e5 <= south <= north < 1e6 or 13e6 <= south <= north < 46e6
    return 1.9e6 <= west <= east <= 6.2e6 and easting_in_y


def describe(crs: CRS) -> dict[str, Any]:
    """What the preview page shows about a CRS."""
    family = family_of(crs)
    geodetic = crs.geodetic_crs
    datum = family.name if family else geodetic.name if geodetic else ""
    return {"name": crs.name, "projected": crs.is_projected, "datum": datum}
