"""How many queries each list page of the room asks, however many rows it shows."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stations.models import (
    Activity,
    Attendance,
    Deputy,
    DutyRecord,
    PointsItem,
    PointsRule,
    Reception,
    ServiceArea,
    Station,
)


@pytest.fixture
def more(noon, staff, world, west):
    """Return a maker of `number` stations, each with a deputy and what every list shows of them."""

    def make(number):
        known = Station.objects.count()
        for index in range(known, known + number):
            _fill(world, staff, index)

    return make


def _fill(world, staff, index):
    place = Point(121.32 + index / 1000, 29.85, srid=4326)
    station = Station.objects.create(
        code=f"Q-{index}", name=f"第{index}站", kind="community", area=world.west_town, address="路", geom=place
    )
    ServiceArea.objects.create(station=station, geom=MultiPolygon(place.buffer(0.0003)), source="villages")
    deputy = Deputy.objects.create(code=f"Q-{index}", name=f"代表{index}", station=station)
    for days, status, visitors in ((5, "announced", 0), (-5, "recorded", 3)):
        starts = timezone.now() + timedelta(days=days)
        ends = starts + timedelta(hours=2)
        day = Reception.objects.create(
            station=station, starts_at=starts, ends_at=ends, status=status, visitors=visitors
        )
        day.deputies.add(deputy)
        Attendance.objects.create(reception=day, deputy=deputy, how="staff", at=starts)
        activity = Activity.objects.create(
            kind="study", title=f"学习{index}", place="厅", starts_at=starts, ends_at=ends, created_by=staff
        )
        activity.invited.add(deputy)
    on = timezone.localdate()
    rule = PointsRule.objects.create(valid_from=on + timedelta(days=index), required_days=15)
    PointsItem.objects.create(rule=rule, kind="study", points=1)
    for confirmed in (True, False):
        DutyRecord.objects.create(
            deputy=deputy, kind="study", on=on, title="学习", source=f"{index}{confirmed}", is_confirmed=confirmed
        )


def _queries(client, address):
    client.get(address)  # whatever is read once and kept
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.usefixtures("districts_kept")
@pytest.mark.parametrize(
    ("address", "who", "expected"),
    [
        ("/stations/", None, 4),
        ("/stations/?lng=121.38&lat=29.86", None, 4),
        ("/stations/deputies/", None, 2),
        ("/stations/receptions/", None, 3),
        ("/stations/receptions/?held=true", None, 4),
        ("/stations/receptions/", "staff", 7),
        ("/stations/statistics/?area=330203100", None, 6),
        ("/stations/activities/", "staff", 6),
        ("/stations/activities/?past=1", "staff", 6),
        ("/stations/duty/", "staff", 9),  # one of them the rules: whether points count
        ("/stations/duty/rule/", "staff", 8),  # the same
        ("/stations/areas/", "staff", 12),
        ("/stations/sheets/stations.csv", "staff", 3),
        ("/stations/sheets/deputies.csv", "staff", 4),
        ("/stations/sheets/receptions.csv", "staff", 5),
        ("/api/v1/stations/", None, 3),
        ("/api/v1/service-areas/", None, 2),
        ("/api/v1/deputies/", None, 2),
        ("/api/v1/receptions/", None, 3),
    ],
)
def test_a_list_asks_as_much_for_many_rows_as_for_few(address, who, expected, more, as_user, request):
    client = as_user(request.getfixturevalue(who) if who else None)
    more(2)
    few = _queries(client, address)
    more(6)
    many = _queries(client, address)
    assert (address, few, many) == (address, expected, expected)
