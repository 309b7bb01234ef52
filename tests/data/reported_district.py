"""A small district to report on: readings of two kinds, and points, samples and a project in two towns."""

from datetime import date, datetime

from django.contrib.gis.geos import Point
from django.utils import timezone

from projects.models import Project
from river_monitoring.assessment.services import refresh_months
from river_monitoring.models import MonitoringPoint, River, Sample

GOOD = {"ph": "7.2", "do": "7.6", "codmn": "3.1", "nh3n": "0.32", "tp": "0.08"}
BAD = {"ph": "7.2", "do": "4.8", "codmn": "5.6", "nh3n": "2.35", "tp": "0.31"}


def at(year, month, day=10):
    return timezone.make_aware(datetime(year, month, day, 9))


def fill(world):
    """Three good points and an inferior one in the west, one named like a formula in the east, a late project."""
    river = River.objects.create(code="NTH", name="南塘河", grade="city")
    rows = [
        ("W-1", "西一", GOOD),
        ("W-2", "西二", GOOD),
        ("W-3", "西三", GOOD),
        ("W-4", "西四", BAD),
        ("E-1", "=东一", BAD),
    ]
    for place, (code, name, readings) in enumerate(rows):
        town = world.west_town if code.startswith("W") else world.east_town
        point = MonitoringPoint.objects.create(
            code=code, name=name, kind="city" if code == "W-1" else "small", river=river, area=town,
            department=world.water, geom=Point(121.31 + place / 100, 29.85, srid=4326), target_class=5,
            status="listed" if code == "W-4" else "none", due_on=date(2026, 3, 1) if code == "W-4" else None,
            listed_on=date(2026, 1, 1) if code == "W-4" else None,
        )  # fmt: skip
        for month in (1, 2, 4, 5, 6):
            earlier = BAD if code == "W-3" and month < 4 else readings
            Sample.objects.create(point=point, phenomenon_time=at(2026, month), readings=earlier)
        refresh_months([point])
    Project.objects.create(
        code="P-1", name="污水管网改造", year=2026, category="water", status="building", lead=world.water,
        area=world.west_town, geom=Point(121.32, 29.85, srid=4326), starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 1), light="red", progress=20,
    )  # fmt: skip
