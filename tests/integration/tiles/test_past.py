"""`?at=2026-03`: the waters as they were in a month, by the same rule as the page of numbers."""

import datetime as dt

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.utils import timezone

from river_monitoring.assessment.snapshot import month_of
from river_monitoring.models import MonitoringPoint, Reach, RectificationEvent, River, Sample
from river_monitoring.permissions import samples_visible_to
from river_monitoring.statistics.overview import monthly_classes

TILE = "/tiles/monitoring_points/10/857/422.mvt"


def local(*parts):
    return timezone.make_aware(dt.datetime(*parts))


@pytest.fixture
def points(world):
    river = River.objects.create(code="NTH", name="南塘河", grade="city")
    line = MultiLineString(LineString((121.31, 29.84), (121.34, 29.86)), srid=4326)
    reach = Reach.objects.create(code="NTH-1", name="西镇段", river=river, area=world.west_town, geom=line)
    return [
        MonitoringPoint.objects.create(
            code=code,
            name=code,
            kind="small",
            area=world.west_town,
            department=world.water,
            reach=reach,
            geom=Point(121.32, 29.85, srid=4326),
            current_class=3,
            status="delisted",
        )
        for code in ("P-1", "P-2")
    ]


def sample(point, at, water_class):
    return Sample.objects.create(point=point, phenomenon_time=at, readings={}, water_class=water_class)


def seen(client, at, name="monitoring_points"):
    answer = client.get(TILE.replace("monitoring_points", name), {"at": at})
    features = mapbox_vector_tile.decode(answer.content)[name]["features"]
    return {feature["properties"]["code"]: feature["properties"] for feature in features}


def test_the_class_is_that_of_the_months_samples(points, client):
    sample(points[0], local(2026, 2, 10), 6)
    sample(points[0], local(2026, 3, 10), 5)
    sample(points[0], local(2026, 4, 10), 2)
    assert [seen(client, f"2026-0{month}")["P-1"]["class"] for month in (2, 3, 4)] == [6, 5, 2]


def test_the_worst_sample_of_a_month_counts_as_on_the_page_of_numbers(points, client):
    sample(points[0], local(2026, 3, 3), 6)
    sample(points[0], local(2026, 3, 20), 4)
    sample(points[0], local(2026, 3, 21), 0)
    sample(points[1], local(2026, 3, 4), 2)
    classes = [item["class"] for item in seen(client, "2026-03").values()]
    assert sorted(classes) == [2, 6]
    (row,) = monthly_classes(samples_visible_to(None))
    assert row["inferior"] == sum(number == 6 for number in classes)
    assert row["good"] == sum(1 <= number <= 3 for number in classes)
    assert row["rated"] == sum(number > 0 for number in classes)


def test_a_month_without_a_sample_is_unrated_whatever_was_found_before(points, client):
    sample(points[0], local(2026, 2, 10), 6)
    assert seen(client, "2026-03")["P-1"]["class"] == 0


def test_a_month_begins_and_ends_in_local_time(points, client):
    sample(points[0], local(2026, 3, 1, 0, 30), 5)  # still February in UTC
    sample(points[1], local(2026, 3, 31, 23, 59), 4)
    assert {code: item["class"] for code, item in seen(client, "2026-03").items()} == {"P-1": 5, "P-2": 4}
    assert month_of(dt.date(2026, 12, 1)) == (local(2026, 12, 1), local(2027, 1, 1))


def test_rectification_stands_where_the_events_had_brought_it(points, client):
    for when, before, after in [(local(2026, 2, 5), "none", "listed"), (local(2026, 4, 5), "listed", "planned")]:
        RectificationEvent.objects.create(point=points[0], at=when, from_status=before, to_status=after)
    states = [seen(client, f"2026-0{month}")["P-1"]["status"] for month in (1, 2, 3, 4)]
    assert states == ["none", "listed", "listed", "planned"]
    assert seen(client, "2026-01")["P-2"]["status"] == "delisted"  # it never took a step


def test_a_reach_has_the_worst_class_of_its_points_in_the_month(points, client):
    sample(points[0], local(2026, 3, 10), 3)
    sample(points[1], local(2026, 3, 11), 5)
    assert seen(client, "2026-03", "reaches")["NTH-1"]["class"] == 5
    assert seen(client, "2026-04", "reaches")["NTH-1"]["class"] == 0


def test_the_past_may_be_filtered_and_counts_the_past_class(points, client):
    sample(points[0], local(2026, 3, 10), 6)
    answer = client.get(TILE, {"at": "2026-03", "filter": "class = 6", "properties": "code"})
    (feature,) = mapbox_vector_tile.decode(answer.content)["monitoring_points"]["features"]
    assert feature["properties"] == {"id": points[0].pk, "code": "P-1"}
    assert client.get(TILE, {"filter": "class = 6"}).status_code == 204


def test_a_sample_that_comes_late_changes_the_tile_of_its_month(points, client):
    assert seen(client, "2026-03")["P-1"]["class"] == 0
    sample(points[0], local(2026, 3, 10), 6)
    assert seen(client, "2026-03")["P-1"]["class"] == 6


def test_layers_without_history_say_so(points, client):
    assert client.get("/tiles/areas/10/857/422.mvt", {"at": "2026-03"}).json()["code"] == "bad-at"
    assert client.get(TILE, {"at": "2026-3"}).json()["code"] == "bad-at"
    both = client.get("/tiles/areas,monitoring_points/10/857/422.mvt", {"at": "2026-03"})
    assert set(mapbox_vector_tile.decode(both.content)) == {"areas", "monitoring_points"}
