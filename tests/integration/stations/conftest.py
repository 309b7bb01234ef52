"""Two stations with deputies and reception days."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from stations.models import Attendance, Deputy, Matter, Reception, Station


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
