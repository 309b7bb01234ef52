"""What a patrol came to: its line, its length, the waters it passed, the town it was in, a digest of its track."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.contrib.gis.measure import D
from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Value
from django.utils import timezone

from accounts import rules
from accounts.district import area_rows, outline_rows
from accounts.models import Area
from inspections.patrols.models import Patrol, PatrolReach, TrackPoint
from inspections.patrols.track import Fix, Limits, Track, measure
from river_monitoring.models import MonitoringPoint, Reach

# What of a reach lies within sight of the track. A buffer of a geography is made in metres.
_COVERED = """
    INSERT INTO {passed} (patrol_id, reach_id, covered, covered_m)
    SELECT %(patrol)s, reach_id, covered, ST_Length(covered::geography) FROM (
        SELECT reach.id AS reach_id,
               ST_Multi(ST_CollectionExtract(ST_Intersection(reach.geom, sight.geom), 2)) AS covered
        FROM {reach} reach,
             (SELECT ST_Buffer(track::geography, %(metres)s)::geometry AS geom
              FROM {patrol} WHERE id = %(patrol)s) sight
        WHERE reach.geom && sight.geom AND ST_Intersects(reach.geom, sight.geom)
    ) AS found WHERE NOT ST_IsEmpty(covered)
"""


def limits() -> Limits:
    """What a position of a phone must keep to by the rules of the district."""
    book = rules.book()
    return Limits(
        **{name: book.value(f"patrols.{name}") for name in ("max_kmh", "max_accuracy_m", "gap_s", "least_move_m")}
    )


def point_of(fix: Fix) -> Point:
    return Point(fix.lon, fix.lat, srid=4326)


def fixes_of(patrol: Patrol) -> list[Fix]:
    """The patrol's positions, each with whether it lies in the district; without an outline all of them do."""
    district = area_rows().filter(geom__intersects=OuterRef("geom"))
    inside = Exists(district) if outline_rows().exists() else Value(True)
    rows = patrol.points.annotate(is_inside=inside).order_by("at", "number")
    return [
        Fix(row.number, row.at, row.geom.x, row.geom.y, row.accuracy_m, bool(row.is_inside)) for row in rows.iterator()
    ]


def track_of(patrol: Patrol, now: datetime | None = None) -> Track:
    """Measure the positions as they are; for a patrol that is still running as well."""
    return measure(fixes_of(patrol), patrol.started_at, now or patrol.ended_at or timezone.now(), limits())


def measure_patrol(patrol: Patrol, now: datetime) -> None:
    """Write what the track came to into `patrol`, its points and its waters."""
    track = track_of(patrol, now)
    patrol.track = line_of(track)
    patrol.length_m, patrol.recorded_s = round(track.length_m, 1), track.recorded_s
    patrol.faults = track.fault_counts
    patrol.save()
    for fault in set(track.faults.values()):
        numbers = [number for number, reason in track.faults.items() if reason == fault]
        patrol.points.filter(number__in=numbers).update(fault=fault)
    _cover(patrol)
    patrol.area = _town_of(patrol)


def line_of(track: Track) -> MultiLineString | None:
    """The stretches as one shape; None when nothing was walked."""
    lines = [LineString([(fix.lon, fix.lat) for fix in stretch], srid=4326) for stretch in track.stretches]
    return MultiLineString(lines, srid=4326) if lines else None


def _cover(patrol: Patrol) -> None:
    patrol.reaches.all().delete()
    if patrol.track is None:
        return
    tables = {
        "passed": PatrolReach._meta.db_table, "reach": Reach._meta.db_table, "patrol": Patrol._meta.db_table,
    }  # fmt: skip
    with connection.cursor() as cursor:
        values = {"patrol": patrol.pk, "metres": rules.value("patrols.sight_m")}
        cursor.execute(_COVERED.format(**tables), values)


def _town_of(patrol: Patrol) -> Area | None:
    """The town that most of the positions that count lie in."""
    good = TrackPoint.objects.filter(patrol=patrol, fault="", geom__intersects=OuterRef("geom")).order_by()
    counted = good.values("patrol").annotate(n=Count("pk")).values("n")
    towns = Area.objects.filter(level=Area.Level.TOWN).annotate(n=counted).filter(n__gt=0)
    return towns.order_by("-n", "code").first()


def digest_of(patrol: Patrol) -> str:
    """SHA-256 over the positions as they were sent, in the order of their numbers."""
    digest = sha256()
    for point in patrol.points.order_by("number").iterator():
        row = (point.number, point.at.timestamp(), point.geom.x, point.geom.y, point.accuracy_m)
        digest.update(repr(row).encode())
    return digest.hexdigest()


def nearest(points: QuerySet[MonitoringPoint], place: Any, metres: float) -> MonitoringPoint | None:
    """The water point nearest to `place`, within `metres`."""
    measured = points.annotate(away=Distance("geom", place, spheroid=True)).filter(away__lte=D(m=metres))
    return measured.order_by("away", "code").first()
