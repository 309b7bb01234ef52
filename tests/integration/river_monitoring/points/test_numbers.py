"""The numbers of the waters: counted from samples and points, each with its denominator."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.gis.geos import Point

from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.statistics.overview import district_numbers

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def points(world):
    return [
        MonitoringPoint.objects.create(
            code=f"N{index}",
            name=f"{index}号",
            kind="small",
            area=town,
            department=world.water,
            geom=Point(121.33, 29.85, srid=4326),
            **more,
        )
        for index, (town, more) in enumerate(
            [
                (world.west_town, {"current_class": 6, "status": "under_way", "due_on": "2020-01-01"}),
                (world.west_town, {"current_class": 3}),
                (world.east_town, {}),
            ]
        )
    ]


def sample(point, month, day, number):
    Sample.objects.create(
        point=point,
        phenomenon_time=datetime(2026, month, day, 9, tzinfo=SHANGHAI),
        readings={"nh3n": "1.0"},
        water_class=number,
    )


def test_counts_stand_beside_what_they_are_counted_from(points):
    numbers = district_numbers(None)
    assert (numbers["total"], numbers["rated"]) == (3, 2)
    assert (numbers["good"], numbers["inferior"]) == (1, 1)
    assert (numbers["overdue"], numbers["open"]) == (1, 1)
    assert [(row["area__name"], row["total"], row["overdue"]) for row in numbers["towns"]] == [
        ("西镇", 2, 1),
        ("东镇", 1, 0),
    ]


def test_a_point_sampled_twice_in_a_month_counts_once_by_its_worst(points):
    sample(points[0], 3, 1, 3)
    sample(points[0], 3, 20, 6)
    sample(points[1], 3, 5, 2)
    sample(points[1], 4, 5, 2)
    april, march = district_numbers(None)["months"]
    assert (march["rated"], march["good"], march["inferior"]) == (2, 1, 1)
    assert (april["rated"], april["good"], april["inferior"]) == (1, 1, 0)


def test_a_sample_that_could_not_be_rated_is_in_no_month(points):
    sample(points[2], 3, 1, 0)
    assert district_numbers(None)["months"] == []


def test_midnight_belongs_to_the_month_in_shanghai(points):
    Sample.objects.create(
        point=points[0],
        phenomenon_time=datetime(2026, 5, 1, 0, 30, tzinfo=SHANGHAI),
        readings={"nh3n": "1.0"},
        water_class=2,
    )
    (row,) = district_numbers(None)["months"]
    assert (row["month"].year, row["month"].month) == (2026, 5)


def test_a_district_without_points_has_zeros(world):
    numbers = district_numbers(None)
    assert numbers["total"] == numbers["rated"] == 0
    assert numbers["towns"] == numbers["months"] == []
