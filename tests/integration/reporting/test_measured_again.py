"""Values that the platform measures: again for old periods, empty where nothing counts, never in closed ones."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from projects.models import Project
from reporting.indicators.services import save_indicator
from reporting.observations.from_points import measure_points
from reporting.observations.from_rooms import measure_rooms
from reporting.observations.models import EarlierValue, Observation
from river_monitoring.assessment.models import PointMonth
from supervision.models import Suggestion
from tests.data.indicators import make_indicator

APRIL, JULY, OCTOBER = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)
IN_TIME = {"unit": "%", "direction": "up", "period_kind": "quarter", "way": "room", "figure": "answered-in-time"}


def told(indicator):
    rows = Observation.objects.filter(indicator=indicator).order_by("period", "area__code", "feature__code")
    return [(row.place.name, row.period, row.value, row.whole) for row in rows]


def keep_month(point, month, value):
    PointMonth.objects.create(
        point=point, month=month, water_class=0, is_complete=False, is_at_least=False, samples=2, worst_class=0,
        newest_at=datetime(2026, 5, 9, tzinfo=UTC), standard="s", rule="r", means={"nh3n": [value, 2, 0, None, 0]},
    )  # fmt: skip


@pytest.fixture
def mean(staff):
    facts = {"title": "氨氮均值", "unit": "mg/L", "level": "point", "way": "station", "period_kind": "month"}
    return save_indicator(staff, "mean", facts | {"figure": "nh3n"})


def test_a_light_of_today_counts_in_the_running_quarter_however_long_ago_the_works_began(district):
    red = make_indicator("red", unit="个", level="district", period_kind="quarter", way="room", figure="red-projects")
    Project.objects.update(ends_on=date(2026, 6, 1))  # and should have been over by now
    measure_rooms(date(2026, 10, 9))
    assert told(red) == [("海曙区", OCTOBER, 1, 1)]
    Project.objects.update(light="off")
    measure_rooms(date(2026, 10, 10))
    measure_rooms(date(2027, 1, 2))
    assert told(red) == [("海曙区", OCTOBER, 0, 0), ("海曙区", date(2027, 1, 1), 0, 0)]


def test_what_becomes_overdue_after_two_quarters_lowers_the_share_of_its_quarter(world, matter):
    share = make_indicator("in_time", minimum=5, **IN_TIME)
    for day in range(1, 6):
        matter(date(2026, 4, day), world.west_town, world.water, 20)
    matter(date(2026, 4, 30), world.west_town, world.water, promised=180)
    measure_rooms(date(2026, 7, 2))
    assert told(share) == [("西镇", APRIL, 100, 5)]
    measure_rooms(date(2026, 12, 1))
    assert told(share) == [("西镇", APRIL, 83, 6)]


def test_a_town_whose_matters_are_another_towns_now_has_none(world, matter):
    share = make_indicator("in_time", minimum=5, **IN_TIME)
    for day in range(1, 7):
        matter(date(2026, 7, day), world.west_town, world.water, 20)
    measure_rooms(date(2026, 8, 1))
    Suggestion.objects.update(area=world.east_town)
    measure_rooms(date(2026, 8, 2))
    assert told(share) == [("西镇", JULY, None, 0), ("东镇", JULY, 100, 6)]
    assert EarlierValue.objects.get().value == 100


def test_a_closed_period_stays_as_it_was_measured(world, matter):
    share = make_indicator("in_time", minimum=1, **IN_TIME)
    first = matter(date(2026, 4, 1), world.west_town, world.water, 20)
    measure_rooms(date(2026, 7, 1))
    share.closed_before = JULY
    share.save()
    Suggestion.objects.filter(pk=first.pk).update(area=world.east_town)
    measure_rooms(date(2026, 7, 2))
    assert ("西镇", APRIL, None, 1) in told(share)


def test_a_mean_follows_its_samples_also_in_an_old_month_and_goes_with_them(points, mean):
    for month in (date(2025, 3, 1), date(2026, 5, 1)):
        keep_month(points[0], month, "0.25")
    measure_points(date(2026, 6, 3))
    PointMonth.objects.filter(month=date(2025, 3, 1)).update(means={"nh3n": ["2.5", 3, 0, None, 0]})
    PointMonth.objects.filter(month=date(2026, 5, 1)).delete()  # its samples were rejected
    assert measure_points(date(2026, 9, 3)) == 2
    name = points[0].name
    assert told(mean) == [(name, date(2025, 3, 1), Decimal("2.5"), 3), (name, date(2026, 5, 1), None, None)]
    assert measure_points(date(2026, 9, 3)) == 0
