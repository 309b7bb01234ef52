"""The coverage check: where the service areas leave gaps in the district, overlap, or lie outside."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils.translation import gettext

from accounts import rules
from accounts.directory.levels import districts
from accounts.district import outline_rows
from geokit.refusal import Refusal
from stations.register.models import Station
from stations.service_areas.models import ServiceArea

FaultKind = Literal["gap", "overlap", "outside"]


class NoDistrict(Refusal):
    """The district has no outline to check against."""

    default_code = "no-district"


@dataclass(frozen=True, slots=True)
class Fault:
    """One piece of land that no station serves (gap), that two serve (overlap), or that is not in the district."""

    kind: FaultKind
    stations: tuple[str, ...]
    """Codes: none for a gap, two for an overlap, one for what lies outside."""
    names: tuple[str, ...]
    town: str
    m2: float
    geom: GEOSGeometry = field(compare=False)

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        return self.geom.extent

    @property
    def zoom_box(self) -> str:
        """The box as the map's `data-zoom` wants it."""
        return ",".join(f"{value:.6f}" for value in self.bbox)

    @property
    def hectares(self) -> float:
        return self.m2 / 10_000

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "stations": list(self.stations),
            "town": self.town,
            "area_m2": round(self.m2, 1),
            "bbox": [round(value, 6) for value in self.bbox],
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the check found. `slivers` counts pieces under the rule `stations.sliver_m2`, which are no faults."""

    district: str
    district_m2: float
    covered_m2: float
    stations: int
    """Stations that have an area."""
    without: tuple[str, ...]
    """Names of stations that have none; the central station serves the whole district and needs none."""
    slivers: int
    faults: tuple[Fault, ...]

    @property
    def is_sound(self) -> bool:
        return not self.faults

    @property
    def covered_percent(self) -> float:
        """Share of the district that some station serves, cut (not rounded) to two decimals; 100 without any gap."""
        if not self.gaps:
            return 100.0
        return int(10_000 * self.covered_m2 / self.district_m2) / 100 if self.district_m2 else 0.0

    def of_kind(self, kind: FaultKind) -> list[Fault]:
        return [fault for fault in self.faults if fault.kind == kind]

    @property
    def gaps(self) -> list[Fault]:
        return self.of_kind("gap")

    @property
    def overlaps(self) -> list[Fault]:
        return self.of_kind("overlap")

    @property
    def outside(self) -> list[Fault]:
        return self.of_kind("outside")

    def as_json(self) -> dict[str, Any]:
        return {
            "sound": self.is_sound,
            "district": self.district,
            "district_m2": round(self.district_m2, 1),
            "covered_m2": round(self.covered_m2, 1),
            "covered_percent": self.covered_percent,
            "stations": self.stations,
            "stations_without_area": list(self.without),
            "slivers": self.slivers,
            "gaps": [fault.as_json() for fault in self.gaps],
            "overlaps": [fault.as_json() for fault in self.overlaps],
            "outside": [fault.as_json() for fault in self.outside],
        }


def check_coverage() -> Coverage:
    """Compare the service areas with the district's outline and with each other. Raises NoDistrict.

    Areas are geodesic, in square metres on the WGS 84 ellipsoid.
    """
    district = outline_rows().first()
    if district is None:
        raise NoDistrict(gettext("还没有本区的范围，无法检查服务范围。"))
    if districts().several:  # what serves one would count as outside the other, and be cut off by a repair
        raise NoDistrict(gettext("本站有几个区县，暂不能合在一起检查服务范围。"))
    smallest = rules.value("stations.sliver_m2")
    pieces = [*_uncovered(district.pk), *_overlapping()]
    faults = [piece for piece in pieces if piece.m2 >= smallest]
    district_m2, covered_m2 = _sizes(district.pk)
    without = Station.objects.filter(service_area=None).exclude(kind=Station.Kind.CENTRAL)
    return Coverage(
        district=district.name,
        district_m2=district_m2,
        covered_m2=covered_m2,
        stations=ServiceArea.objects.count(),
        without=tuple(without.values_list("name", flat=True)),
        slivers=len(pieces) - len(faults),
        faults=tuple(sorted(faults, key=lambda fault: -fault.m2)),
    )


SMALL_M2 = 1_000
"""What is under this is mended together; about what is larger, or claimed by two, a person decides."""


def small_faults(found: Coverage) -> list[Fault]:
    """Return the gaps and outside pieces that are small enough to be repaired without a decision."""
    return [fault for fault in found.faults if fault.kind != "overlap" and fault.m2 < SMALL_M2]


_UNCOVERED = """
    WITH district AS (SELECT geom FROM accounts_area WHERE id = %s),
    served AS (SELECT ST_Union(geom) AS geom FROM stations_servicearea),
    pieces AS (
        SELECT 'gap' AS kind, (ST_Dump(coalesce(ST_Difference(d.geom, s.geom), d.geom))).geom FROM district d, served s
        UNION ALL
        SELECT 'outside', (ST_Dump(ST_Difference(s.geom, d.geom))).geom FROM district d, served s
    )
    SELECT p.kind, coalesce(array_agg(st.code) FILTER (WHERE p.kind = 'outside' AND st.code IS NOT NULL), '{}'),
        coalesce(array_agg(st.name) FILTER (WHERE p.kind = 'outside' AND st.name IS NOT NULL), '{}'),
        coalesce((SELECT t.name FROM accounts_area t WHERE t.level = 'town'
            ORDER BY t.geom <-> ST_PointOnSurface(p.geom), t.id LIMIT 1), ''),
        ST_Area(p.geom::geography), ST_AsEWKB(p.geom)::bytea
    FROM pieces p
    LEFT JOIN stations_servicearea a ON p.kind = 'outside' AND ST_Intersects(a.geom, ST_PointOnSurface(p.geom))
    LEFT JOIN stations_station st ON st.id = a.station_id
    WHERE ST_Dimension(p.geom) = 2 GROUP BY p.kind, p.geom
"""
_OVERLAPPING = """
    WITH pieces AS (
        SELECT a.station_id AS one, b.station_id AS other, (ST_Dump(ST_Intersection(a.geom, b.geom))).geom
        FROM stations_servicearea a JOIN stations_servicearea b ON a.station_id < b.station_id AND a.geom && b.geom
        WHERE ST_Intersects(a.geom, b.geom)
    )
    SELECT 'overlap', ARRAY[s1.code, s2.code], ARRAY[s1.name, s2.name], t.name, ST_Area(p.geom::geography),
        ST_AsEWKB(p.geom)::bytea
    FROM pieces p JOIN stations_station s1 ON s1.id = p.one JOIN stations_station s2 ON s2.id = p.other
    JOIN accounts_area t ON t.id = s1.area_id
    WHERE ST_Dimension(p.geom) = 2
"""


def _uncovered(district_id: int) -> Iterator[Fault]:
    yield from _faults(_UNCOVERED, [district_id])


def _overlapping() -> Iterator[Fault]:
    yield from _faults(_OVERLAPPING, [])


def _faults(query: str, params: list[Any]) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows = cursor.fetchall()
    for kind, codes, names, town, m2, wkb in rows:
        yield Fault(kind, tuple(codes), tuple(names), town, m2, GEOSGeometry(memoryview(wkb)))


def _sizes(district_id: int) -> tuple[float, float]:
    """Return the district's area and how much of it is served, in square metres."""
    query = """
        WITH served AS (SELECT ST_Union(geom) AS geom FROM stations_servicearea)
        SELECT ST_Area(d.geom::geography), coalesce(ST_Area(ST_Intersection(d.geom, s.geom)::geography), 0)
        FROM accounts_area d, served s WHERE d.id = %s
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [district_id])
        return cursor.fetchone()
