"""The chain of evidence: what it adds to the intake of samples, and how long checking a million links takes."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.benchmark.harness import Context, Row, benchmark

BATCH = 1_000
POINTS = 100
READINGS = {"ph": "7.2", "do": "4.8", "codmn": "5.6", "nh3n": "2.35", "tp": "0.310", "temp": "18.4", "cod": "21"}
TABLE = "river_monitoring_sample"


@benchmark("chain")
def measure(context: Context) -> list[Row]:
    """Rows a second with and without the chain; seconds to check everything, and since the last anchor."""
    from ledger.anchors.proof import newest_anchor_faults, start_of
    from ledger.anchors.services import make_anchor
    from ledger.chain import verify

    count = 50_000 if context.quick else 1_000_000
    points = _points()
    part = max(BATCH, count // 10)
    without = _load(points, part, 0, chained=False)
    _empty()
    with_chain = _load(points, part, 0, chained=True)
    _fill(count - part)
    whole, faults = _timed(lambda: verify(files=False).faults)
    assert not faults, faults[:3]
    anchor = make_anchor()
    assert anchor is not None
    _load(points, BATCH, count, chained=True)
    since, faults = _timed(lambda: (*verify(start_of(anchor)).faults, *newest_anchor_faults(anchor)))
    assert not faults, faults[:3]
    return [
        Row("samples stored with the chain", part / with_chain, "rows/s", part / without, "without the chain"),
        Row(f"{count:,} links checked, rows and states too", whole, "s", 60, "a minute"),
        Row(f"the {BATCH:,} links since the anchor checked", since, "s", 1, "a second"),
    ]


def _points() -> list[Any]:
    from django.contrib.gis.geos import MultiPolygon, Point, Polygon

    from accounts.models import Area, Department
    from river_monitoring.models import MonitoringPoint

    box = MultiPolygon(Polygon.from_bbox((121, 29, 122, 30)), srid=4326)
    area = Area.objects.create(code="330203901", name="乙", level="town", geom=box, point=Point(121.5, 29.5, srid=4326))
    department = Department.objects.create(code="bench-chain", name="甲", short_name="甲")
    return MonitoringPoint.objects.bulk_create(
        MonitoringPoint(
            code=f"CH-{number}", name="点", kind="small", area=area, department=department,
            geom=Point(121.5, 29.5, srid=4326),
        )
        for number in range(POINTS)
    )  # fmt: skip


def _load(points: list[Any], count: int, done: int, *, chained: bool) -> float:
    """Store samples in transactions of a thousand rows, as intake does; seconds."""
    from django.db import connection, transaction

    from ledger.roles.connections import as_owner
    from river_monitoring.models import Sample

    start = datetime(2000, 1, 1, tzinfo=UTC)
    how = "ENABLE ALWAYS" if chained else "DISABLE"
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} {how} TRIGGER {TABLE}_chained")
    began = time.perf_counter()
    for first in range(done, done + count, BATCH):
        with transaction.atomic():
            Sample.objects.bulk_create(
                Sample(
                    point=points[number % POINTS], phenomenon_time=start + timedelta(hours=number // POINTS),
                    source="automatic", readings=READINGS, water_class=5,
                )
                for number in range(first, first + BATCH)
            )  # fmt: skip
    return time.perf_counter() - began


def _fill(count: int) -> None:
    """Further samples, by the database itself: what is measured afterwards is the check, not the intake."""
    from django.db import connection, transaction

    for first in range(0, count, 20_000):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE} (point_id, phenomenon_time, source, readings, water_class, limiting, exceedance,"
                " note, flagged, standard, recorded_at) SELECT (SELECT min(id) FROM river_monitoring_monitoringpoint),"
                " timestamptz '1900-01-01' + g * interval '30 second', 'automatic', %s, 5, '[]', '{}', '', '{}',"
                " 'GB3838-2002', now() FROM generate_series(%s, %s) AS g",
                [json.dumps(READINGS), first, min(first + 20_000, count) - 1],
            )


def _empty() -> None:
    """Take away what has no link."""
    from django.db import connection

    from ledger.roles.connections import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_chained_delete")
        cursor.execute(f"DELETE FROM {TABLE}")
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_chained_delete")


def _timed(work: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found
