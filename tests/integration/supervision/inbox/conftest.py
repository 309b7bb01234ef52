"""A noon that stands still, a station with a reception, and four matters of which one is late."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from stations.models import Deputy, Reception, Station
from supervision.models import Suggestion
from tests.integration.supervision.inbox.asked import NOON


@pytest.fixture
def noon(db):
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def station(world, deputy):
    made = Station.objects.create(
        code="S1", name="西镇联络站", area=world.west_town, address="路 1 号", geom=world.west_town.point
    )
    Deputy.objects.create(code="330203-1", name="张代表", user=deputy, station=made)
    return made


@pytest.fixture
def reception(station, deputy, noon):
    day = Reception.objects.create(
        station=station, starts_at=NOON + timedelta(days=3), ends_at=NOON + timedelta(days=3, hours=2)
    )
    day.deputies.add(deputy.deputy)
    return day


@pytest.fixture
def four(file_finding, deputy, point, noon):
    """One late, one due today, one due in 30 days, one that nobody has."""
    made = {}
    for name, days in (("late", -3), ("today", 0), ("later", 30)):
        made[name] = file_finding(deputy, point_code=point.code, text=name).suggestion
        due = timezone.localdate() + timedelta(days=days)
        Suggestion.objects.filter(pk=made[name].pk).update(due_on=due)
    made["unrouted"] = file_finding(deputy, text="unrouted").suggestion
    return made
