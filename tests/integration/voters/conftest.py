"""A village whose voters elected a deputy, her station, and a maker of messages."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point

from accounts.models import Area, Department, Role, User
from stations.models import Deputy, Station
from supervision.public.private_links import fresh_secret
from tests.data.cast import person
from voters.codes.addressees import find_addressee
from voters.line import services
from voters.line.services import Written
from voters.models import Message

PHONE = "13800000000"


@pytest.fixture
def village(world: Any) -> Area:
    return Area.objects.create(
        code="330203100212", name="布政村村委会", level="village", parent=world.west_town,
        point=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip


@pytest.fixture
def station(world: Any) -> Station:
    return _station("S-01", "西镇联络站", world.west_town, 121.32)


@pytest.fixture
def other_station(world: Any) -> Station:
    return _station("S-02", "东镇联络站", world.east_town, 121.38)


def _station(code: str, name: str, town: Area, lon: float) -> Station:
    geom = Point(lon, 29.85, srid=4326)
    return Station.objects.create(
        code=code, name=name, kind="town", area=town, address="1号", opening="15日", geom=geom
    )


@pytest.fixture
def elected(deputy: User, station: Station, village: Area) -> Deputy:
    """The deputy of the village, with an account."""
    row = Deputy.objects.create(code="D-1", page_code="d0001", name="陈一", station=station, user=deputy)
    row.constituency.add(village)
    return row


@pytest.fixture
def foreign_deputy(other_station: Station) -> User:
    """A deputy of another town."""
    user = person("foreign-deputy", Role.DEPUTY)
    Deputy.objects.create(code="D-9", page_code="d0009", name="王九", station=other_station, user=user)
    return user


@pytest.fixture
def town_officer(world: Any) -> User:
    """The officer of the western town's government, which runs the western station."""
    unit = Department.objects.create(code="gov-w", name="西镇政府", short_name="西镇", area=world.west_town)
    return person("gov-w", Role.OFFICER, department=unit)


@pytest.fixture
def write(elected: Deputy) -> Callable[..., Message]:
    """Write to the village's deputy; `secret` is that of the private link."""

    def make(text: str = "桥东的路灯不亮", code: str = "330203100212", **given: Any) -> Message:
        numbers = {"client_id": given.pop("client_id", uuid4()), "secret": given.pop("secret", fresh_secret())}
        more = {name: given.pop(name) for name in ("photos", "video", "now") if name in given}
        to = find_addressee(None, code)
        assert to is not None
        written = Written(text, **({"reach": "phone", "contact": PHONE} | given))
        return services.write(to, written, **numbers, **more)

    return make


@pytest.fixture
def message(write: Callable[..., Message]) -> Message:
    return write()
