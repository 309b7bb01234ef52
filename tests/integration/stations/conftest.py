"""Two stations with deputies and reception days."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import Department, Role, User
from stations.models import Attendance, Deputy, Matter, Reception, Station
from stations.receptions import services as receptions
from stations.receptions.plans import ReceptionPlan


@pytest.fixture
def west(world: Any) -> Station:
    return Station.objects.create(
        code="S-01",
        name="西镇联络站",
        kind=Station.Kind.TOWN,
        area=world.west_town,
        address="人民路1号",
        opening="每月15日 08:30-11:00",
        geom=Point(121.32, 29.85, srid=4326),
    )


@pytest.fixture
def east(world: Any) -> Station:
    return Station.objects.create(
        code="S-02",
        name="月湖社区联络站",
        kind=Station.Kind.COMMUNITY,
        area=world.east_town,
        address="湖滨巷2号",
        opening="每周三 14:00-16:00",
        geom=Point(121.38, 29.86, srid=4326),
    )


@pytest.fixture
def deputies(west: Station) -> list[Deputy]:
    names = ("陈一", "陈二", "陈三")
    return [
        Deputy.objects.create(
            code=f"D-{name}", name=name, station=west, electoral_district="第三选区", is_active=name != "陈三"
        )
        for name in names
    ]


@pytest.fixture
def receive() -> Callable[..., Reception]:
    """Return a maker of held receptions: local time of the start, deputies, and what came of it."""

    def make(station: Station, local: str, deputies: list[Deputy], **given: Any) -> Reception:
        starts = timezone.make_aware(datetime.fromisoformat(local))
        values: dict[str, Any] = {"status": "recorded", "visitors": 3, "matters": 2, "settled": 1} | given
        matters, settled = values.pop("matters"), values.pop("settled")
        day = Reception.objects.create(station=station, starts_at=starts, ends_at=starts + timedelta(hours=2), **values)
        day.deputies.set(deputies)
        if day.held:
            for deputy in deputies:
                Attendance.objects.create(reception=day, deputy=deputy, how="staff", at=starts)
            for number in range(1, matters + 1):
                done = {"answer": "已办", "settled_on": starts.date()} if number <= settled else {}
                Matter.objects.create(reception=day, number=number, level="town", text="路灯不亮", **done)
        return day

    return make


NOON = datetime.fromisoformat("2026-11-24T12:00:00+08:00")
"""When the stories of these tests begin: a Tuesday."""


@pytest.fixture
def noon(db: None) -> Iterator[Any]:
    """Stop the clock at noon; `noon.move_to` and `noon.shift` move it."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def receiving(deputy: Any, deputies: list[Deputy]) -> Deputy:
    """The deputy who signs in, at the western station."""
    deputies[0].user = deputy
    deputies[0].save()
    return deputies[0]


@pytest.fixture
def town_officer(world: Any) -> User:
    """The officer of the western town's government, which runs the western station."""
    return _officer_of(world.west_town)


@pytest.fixture
def eastern_officer(world: Any) -> User:
    """The officer of another town's government."""
    return _officer_of(world.east_town)


def _officer_of(town: Any) -> User:
    code, name = f"gov-{town.code}", f"{town.name}政府"
    government = Department.objects.create(code=code, name=name, short_name=town.name, area=town)
    return User.objects.create_user(code, password="a long phrase", role=Role.OFFICER, department=government)


@pytest.fixture
def west_staff(world: Any) -> User:
    """Congress staff who work for the western town alone."""
    return User.objects.create_user("west-staff", password="a long phrase", role=Role.STAFF, area=world.west_town)


@pytest.fixture
def east_staff(world: Any) -> User:
    """Congress staff who work for the eastern town alone."""
    return User.objects.create_user("east-staff", password="a long phrase", role=Role.STAFF, area=world.east_town)


@pytest.fixture
def plan(noon: Any, deputies: list[Deputy]) -> Callable[..., ReceptionPlan]:
    """Return a maker of plans: five days from now, eight thirty to eleven, ten places, two deputies."""

    def make(**given: Any) -> ReceptionPlan:
        starts = given.pop("starts_at", datetime.fromisoformat("2026-11-29T08:30:00+08:00"))
        values = {"kind": "routine", "deputies": deputies[:2], "capacity": 10, "ends_at": starts + timedelta(hours=2.5)}
        return ReceptionPlan(**{**values, "starts_at": starts, **given})

    return make


@pytest.fixture
def announced(town_officer: User, west: Station, plan: Callable[..., ReceptionPlan]) -> Reception:
    """A reception day of the western station, five days ahead, with ten places."""
    return receptions.announce(town_officer, west, plan())
