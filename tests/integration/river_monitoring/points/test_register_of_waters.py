"""Whether river or lake limits apply is what the register of waters says, not the name or a choice of the point."""

import datetime as dt

import pytest
from django.utils import timezone

from river_monitoring.assessment.models import PointMonth
from river_monitoring.network.models import River
from river_monitoring.points.models import MonitoringPoint
from tests.integration.river_monitoring.conftest import readings_of, stored

MARCH = timezone.make_aware(dt.datetime(2026, 3, 5, 9))
PHOSPHORUS = readings_of(1) | {"tp": "0.04"}  # class II of a river, class III of a lake


@pytest.fixture
def lake(db):
    return River.objects.create(code="DQH", name="东钱", kind="lake")


def test_a_point_on_a_lake_takes_its_limits_whatever_was_chosen_and_however_it_is_called(make_point, lake):
    on_lake = make_point("L", name="东钱河口断面", river=lake, reach=None, water="river")
    on_river = make_point("R", name="湖心", water="lake")
    for point in (on_lake, on_river):
        stored(point, MARCH, PHOSPHORUS)
    found = dict(PointMonth.objects.values_list("point__code", "water_class"))
    assert (found, on_lake.water, on_river.water) == ({"L": 3, "R": 2}, "lake", "river")


def test_without_a_registered_water_the_choice_counts(make_point):
    pond = make_point("POND", river=None, reach=None, water="lake")
    stored(pond, MARCH, PHOSPHORUS)
    assert PointMonth.objects.get().water_class == 3


def test_a_correction_of_the_register_assesses_the_months_of_its_points_anew(make_point, river):
    point = make_point("P")
    stored(point, MARCH, PHOSPHORUS)
    river.kind = "lake"
    river.save()
    point.refresh_from_db()
    assert (point.water, point.current_class, PointMonth.objects.get().water_class) == ("lake", 3, 3)
    river.save()
    assert MonitoringPoint.objects.get().water == "lake"


def test_moving_a_point_to_another_water_saves_its_limits_too(make_point, lake):
    point = make_point("P")
    point.river = lake
    point.save(update_fields=["river"])
    assert MonitoringPoint.objects.get().water == "lake"
