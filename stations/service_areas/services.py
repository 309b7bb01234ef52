"""Writes of service areas. Land assigned to one station is removed from the others, so borders stay shared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from django.contrib.gis.geos import GeometryCollection, GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal, StaleEdit
from ledger import audit
from ledger.written import update_written
from stations.register.models import Station
from stations.service_areas.models import ServiceArea
from stations.service_areas.permissions import assignable_areas, may_draw_area_of, may_draw_areas

SRID = 4326
TOLERANCE_DEGREES = 1e-7
"""About a centimetre: what lies nearer than this touches."""
SLIVER_DEGREES2 = 1e-10
"""About 1 m² here: pieces smaller than this are what two computations of one border differ by."""


@transaction.atomic
def assign_land(
    actor: Asker, station: Station, land: GEOSGeometry, *, source: str, version: int | None = None
) -> ServiceArea:
    """Assign `land` (EPSG:4326) to `station` and remove it from every other; return the station's area.

    `version` is that of the station's area as the form showed it, 0 for none yet. Raises NotPermitted, StaleEdit.
    """
    _check_permitted(actor)
    return _assign_land(actor, station, land, source=source, version=version)


def _assign_land(
    actor: Asker, station: Station, land: GEOSGeometry, *, source: str, version: int | None
) -> ServiceArea:
    areas = _lock_areas()
    own = areas.get(station.pk)
    if version is not None and version != (own.version if own else 0):
        raise StaleEdit(gettext("“%s”的服务范围在您打开页面之后已被修改，请重新查看。") % station.name)
    changed = [station.code]
    for other in areas.values():
        if (
            other.station_id != station.pk
            and other.geom.intersects(land)
            and _update_geometry(other, other.geom - land)
        ):
            changed.append(other.station.code)
    whole = clean_polygons(own.geom | land if own else land)
    if own is None:
        own = ServiceArea.objects.create(station=station, geom=whole, source=source)
    else:
        own.source = source
        _update_geometry(own, whole)
    audit.record(actor, "service-area-given", station, source=source, changed=changed)
    return own


class RepairableFault(Protocol):
    """A coverage fault, with what a repair needs."""

    @property
    def kind(self) -> str: ...

    @property
    def geom(self) -> GEOSGeometry: ...


@transaction.atomic
def repair_coverage(actor: Asker, faults: Iterable[RepairableFault]) -> None:
    """Remove what lies outside the district, then close the gaps. Raises NotPermitted."""
    pieces = list(faults)
    for piece in pieces:
        if piece.kind == "outside":
            remove_land(actor, piece.geom)
    close_gaps(actor, [piece.geom for piece in pieces if piece.kind == "gap"])


@transaction.atomic
def close_gaps(actor: Asker, gaps: Iterable[GEOSGeometry]) -> list[str]:
    """Assign each gap to the station with which it shares the most border; return their codes.

    Meant for slivers between two drawings of one border; a large gap is assigned by a person.
    """
    _check_permitted(actor)
    changed = []
    for gap in gaps:
        areas = list(_lock_areas().values())
        if areas:
            station = max(areas, key=lambda area: _shared_border(area, gap)).station
            _assign_land(actor, station, gap, source=ServiceArea.Source.BORDER, version=None)
            changed.append(station.code)
    return changed


def _shared_border(area: ServiceArea, gap: GEOSGeometry) -> float:
    """How much of a gap's border lies along an area, in degrees; minus their distance when none does."""
    along = gap.boundary.intersection(area.geom.buffer(TOLERANCE_DEGREES)).length
    return along or -gap.distance(area.geom)


@transaction.atomic
def remove_land(actor: Asker, land: GEOSGeometry) -> list[str]:
    """Remove land outside the district from all areas; return the codes of the changed stations."""
    _check_permitted(actor)
    changed = []
    for area in _lock_areas().values():
        if area.geom.intersects(land) and _update_geometry(area, area.geom - land):
            changed.append(area.station.code)
            audit.record(actor, "service-area-cut", area.station)
    return changed


@transaction.atomic
def assign_villages(actor: Asker, station: Station, codes: Iterable[str], *, version: int | None = None) -> ServiceArea:
    """Assign villages or whole towns (codes) to `station`. Raises BadInput for an unknown code.

    A town's congress staff share out the villages of their town among its stations.
    """
    if not may_draw_area_of(actor, station):
        raise NotPermitted(gettext("服务范围由人大工作人员和 GIS 人员划定。"))
    wanted = sorted(set(codes))
    if not may_draw_areas(actor):
        _check_own_land(actor, station, wanted)
    if not wanted:
        message = gettext("请选择要划给本站的村社或镇街。")
        raise BadInput(message, errors=[FieldError("areas", "required", message)])
    lands = land_by_code(wanted)
    if unknown := [code for code in wanted if code not in lands]:
        message = gettext("没有这些村社或镇街，或者它们没有位置：%s") % gettext("、").join(unknown)
        raise BadInput(message, code="unknown-area", errors=[FieldError("areas", "unknown-area", message)])
    land = union_polygons(lands.values())
    return _assign_land(actor, station, land, source=ServiceArea.Source.VILLAGES, version=version)


@transaction.atomic
def replace_areas(actor: Asker, wanted: Mapping[str, GEOSGeometry], *, source: str) -> list[str]:
    """Set the areas of the stations named in `wanted` (code -> polygons) and take that land from all others.

    Returns the codes of every station whose area changed. Raises NotPermitted, and BadInput when a code is no station
    or two of the polygons overlap.
    """
    _check_permitted(actor)
    stations = {station.code: station for station in Station.objects.filter(code__in=wanted)}
    _refuse_unknown(wanted, stations)
    shapes = {code: clean_polygons(geom) for code, geom in wanted.items()}
    _refuse_overlaps(shapes)
    areas, everything = _lock_areas(), union_polygons(shapes.values())
    cut = [area for area in areas.values() if area.station.code not in shapes and _cut(area, everything)]
    own = {area.station.code: area for area in areas.values() if area.station.code in shapes}
    _store_shapes(cut + [area for code, area in own.items() if _reshape(area, shapes[code], source)])
    new = (code for code in shapes if code not in own)
    ServiceArea.objects.bulk_create(
        ServiceArea(station=stations[code], geom=shapes[code], source=source) for code in new
    )
    said = ((stations[code], {"source": source}) for code in shapes)
    audit.record_many(actor, "service-area-replaced", said)
    return sorted([*(area.station.code for area in cut), *shapes])


def _cut(area: ServiceArea, land: GEOSGeometry) -> bool:
    """Take land from an area, not stored yet. What only touches keeps its corners as they were drawn."""
    overlaps = area.geom.intersects(land) and not area.geom.touches(land)
    return overlaps and _reshape(area, area.geom - land)


@transaction.atomic
def set_areas(
    actor: Asker, given: Sequence[tuple[Station, GEOSGeometry]], *, source: str
) -> list[ServiceArea | Refusal | None]:
    """Make each piece of land (EPSG:4326) the whole area of its station, and take it from the others.

    Nothing is done where the land is the station's already. None for pieces that overlap each other: the later of two
    takes from the earlier, so they are set one by one. Raises NotPermitted.
    """
    _check_permitted(actor)
    stations = [station.pk for station, _land in given]
    known = {area.pk: area for area in ServiceArea.objects.filter(station__in=stations)}
    lands = [clean_polygons(land) for _station, land in given]
    aside = _overlapping(lands)
    wanted: dict[str, GEOSGeometry] = {}
    for at, (station, _land) in enumerate(given):
        own = known.get(station.pk)
        if at not in aside and not lands[at].empty and (own is None or not own.geom.equals(lands[at])):
            wanted[station.code] = lands[at]
    if wanted:
        replace_areas(actor, wanted, source=source)
        known = {area.pk: area for area in ServiceArea.objects.filter(station__in=stations)}
    return [
        _no_polygon([station.code]) if lands[at].empty else None if at in aside else known[station.pk]
        for at, (station, _land) in enumerate(given)
    ]


def _overlapping(shapes: Sequence[MultiPolygon]) -> set[int]:
    """Which of the shapes have land in common with another."""
    pairs = ((one, other) for other in range(len(shapes)) for one in range(other))
    return {at for one, other in pairs if _overlap(shapes[one], shapes[other]) for at in (one, other)}


def _overlap(one: MultiPolygon, other: MultiPolygon) -> bool:
    return one.intersects(other) and not clean_polygons(one & other).empty


@transaction.atomic
def remove_area(actor: Asker, area: ServiceArea) -> None:
    """Take an area away; its land is nobody's until it is given to a station. Raises NotPermitted."""
    _check_permitted(actor)
    audit.record(actor, "service-area-removed", area.station)
    area.delete()


def land_by_code(codes: Iterable[str]) -> dict[str, GEOSGeometry]:
    """Return the land of villages and towns by code: their polygon, or the part of the town nearest to the village."""
    with connection.cursor() as cursor:
        cursor.execute(_LAND_BY_CODE, [list(codes)])
        return {code: GEOSGeometry(memoryview(wkb)) for code, wkb in cursor.fetchall()}


# A village without a polygon of its own gets the Voronoi cell of its place among its town's villages, so that the
# villages of a town share it without gaps; a town whose only village it is goes to it whole.
_LAND_BY_CODE = """
    WITH wanted AS (SELECT * FROM accounts_area WHERE code = ANY(%s)),
    town AS (
        SELECT t.id, t.geom, ST_Collect(v.point) AS places FROM accounts_area t
        JOIN accounts_area v ON v.parent_id = t.id AND v.level = 'village' AND v.point IS NOT NULL
        WHERE t.geom IS NOT NULL AND t.id IN (SELECT parent_id FROM wanted WHERE level = 'village' AND geom IS NULL)
        GROUP BY t.id
    ),
    cell AS (SELECT id, (ST_Dump(ST_VoronoiPolygons(places, 0, geom))).geom FROM town)
    SELECT w.code, ST_AsEWKB(coalesce(w.geom, ST_Intersection(cell.geom, town.geom), town.geom))::bytea
    FROM wanted w
    LEFT JOIN town ON w.geom IS NULL AND town.id = w.parent_id
    LEFT JOIN cell ON cell.id = town.id AND ST_Contains(cell.geom, w.point)
    WHERE w.geom IS NOT NULL OR town.geom IS NOT NULL
"""


def clean_polygons(geom: GEOSGeometry) -> MultiPolygon:
    """Return the valid polygons of a geometry, without slivers; empty when there are none."""
    if not geom.valid:
        geom = geom.make_valid()
    return MultiPolygon([polygon for polygon in _polygons(geom) if polygon.area > SLIVER_DEGREES2], srid=SRID)


def _polygons(geom: GEOSGeometry) -> Iterator[GEOSGeometry]:
    """Yield the polygons of a geometry, however deep they lie in collections."""
    if isinstance(geom, GeometryCollection):
        for part in geom:
            yield from _polygons(part)
    elif geom.geom_type == "Polygon":
        yield geom


def _check_permitted(actor: Asker) -> None:
    if not may_draw_areas(actor):
        raise NotPermitted(gettext("服务范围由人大工作人员和 GIS 人员划定。"))


def _check_own_land(actor: Asker, station: Station, codes: Iterable[str]) -> None:
    own = set(assignable_areas(actor, station).filter(code__in=codes).values_list("code", flat=True))
    if foreign := [code for code in codes if code not in own]:
        message = gettext("只能划分本镇街的村社：%s") % gettext("、").join(foreign[:10])
        raise NotPermitted(message, errors=[FieldError("areas", "not-permitted", message)])


def _lock_areas() -> dict[int, ServiceArea]:
    """Lock all areas, because a border belongs to two of them; return them by station."""
    locked = ServiceArea.objects.select_for_update(of=("self",)).select_related("station").order_by("pk")
    return {area.pk: area for area in locked}


def _update_geometry(area: ServiceArea, geom: GEOSGeometry) -> bool:
    """Store another geometry, or delete the area if nothing is left of it; return whether anything changed."""
    if not _reshape(area, geom):
        return False
    _store_shapes([area])
    return True


def _reshape(area: ServiceArea, geom: GEOSGeometry, source: str = "") -> bool:
    """Give an area another geometry, not stored yet; return whether it is another."""
    shape = clean_polygons(geom)
    if shape.equals_exact(area.geom, tolerance=0):
        return False
    area.geom, area.version, area.source = shape, area.version + 1, source or area.source
    return True


def _store_shapes(areas: Sequence[ServiceArea]) -> None:
    """Store areas whose geometry changed, and delete those of which nothing is left."""
    ServiceArea.objects.filter(pk__in=[area.pk for area in areas if area.geom.empty]).delete()
    fields = ["geom", "source", "version"]
    update_written(ServiceArea, [(area, fields) for area in areas if not area.geom.empty])


def union_polygons(geoms: Iterable[GEOSGeometry]) -> GEOSGeometry:
    return MultiPolygon([polygon for geom in geoms for polygon in clean_polygons(geom)], srid=SRID).unary_union


def _refuse_unknown(wanted: Mapping[str, Any], stations: Mapping[str, Station]) -> None:
    if unknown := sorted(set(wanted) - set(stations)):
        message = gettext("没有编号为 %s 的联络站。") % gettext("、").join(unknown[:10])
        raise BadInput(message, code="unknown-station", errors=[FieldError("file", "unknown-station", message)])
    if empty := sorted(code for code, geom in wanted.items() if clean_polygons(geom).empty):
        raise _no_polygon(empty)


def _no_polygon(codes: Sequence[str]) -> BadInput:
    message = gettext("这些联络站的图形不是面：%s") % gettext("、").join(codes[:10])
    return BadInput(message, code="not-a-polygon", errors=[FieldError("file", "not-a-polygon", message)])


def _refuse_overlaps(shapes: Mapping[str, MultiPolygon]) -> None:
    codes = sorted(shapes)
    errors = []
    for index, one in enumerate(codes):
        for other in codes[index + 1 :]:
            if _overlap(shapes[one], shapes[other]):
                words = gettext("%(one)s 与 %(other)s 重叠，位置约在 %(lng).5f, %(lat).5f。")
                at = clean_polygons(shapes[one] & shapes[other]).centroid
                message = words % {"one": one, "other": other, "lng": at.x, "lat": at.y}
                errors.append(FieldError("file", "overlap", message))
    if errors:
        message = gettext("上传的服务范围互相重叠，请改好后再上传。")
        raise BadInput(message, code="overlap", errors=errors[:20])
