"""Matters as the figures need them (when they came in, were due and were answered), and points with an indicator."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.contrib.gis.geos import Point

from river_monitoring.models import MonitoringPoint
from supervision.models import Finding, Suggestion, SuggestionEvent
from tests.data.indicators import make_indicator
from tests.data.reported_district import fill

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def matter(world, deputy):
    """Make a matter of a town and a department that came in on a day and was answered after so many days, or not."""

    def make(day, town, department, days=None, *, category="environment", outcome="", promised=90):
        at = datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)
        finding = Finding.objects.create(
            client_id=uuid4(), reporter=deputy, category=category, text="情况", seen_at=at, area=town,
            geom=Point(town.point.x, town.point.y, srid=4326),
        )  # fmt: skip
        due = day + timedelta(days=promised)
        state = "assigned" if days is None else "closed" if outcome else "replied"
        made = Suggestion.objects.create(
            number=f"T-{Suggestion.objects.count():04d}", finding=finding, title="情况", text="情况", category=category,
            author=deputy, area=town, department=department, state=state, submitted_at=at, due_on=due,
        )  # fmt: skip
        events = [("assigned", 0, {"due_on": due})]
        if days is not None:
            events.append(("replied", days, {"due_on": due, "result": "A"}))
        if outcome:
            events.append(("rated", days + 1, {"outcome": outcome, "handling": outcome}))
        SuggestionEvent.objects.bulk_create(
            SuggestionEvent(suggestion=made, verb=verb, at=at + timedelta(days=after), department=department, **more)
            for verb, after, more in events
        )
        return made

    return make


@pytest.fixture
def nh3n(world):
    return make_indicator("nh3n", title="氨氮", unit="mg/L", level="point", department=world.ecology, decimals=2)


@pytest.fixture
def points(world):
    common = {"kind": "small", "department": world.water}
    return [
        MonitoringPoint.objects.create(
            code=f"HS-{number}", name=f"{town.name}断面", area=town, geom=Point(lon, 29.85, srid=4326), **common
        )
        for number, (town, lon) in enumerate([(world.west_town, 121.32), (world.east_town, 121.38)], start=1)
    ]


@pytest.fixture
def district(world, deputy):
    """Points with samples and a late project (`tests.data.reported_district`)."""
    fill(world)
    return world
