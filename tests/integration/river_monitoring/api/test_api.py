"""The REST face: shapes, filters, refusals, and that tiles hold the same features."""

from datetime import timedelta

import mapbox_vector_tile
import pytest
from django.utils import timezone
from mapbox_vector_tile import decode

from tests.integration.river_monitoring.conftest import BAD, GOOD

POINTS = "/api/v1/monitoring-points/"


def codes(response):
    assert response.status_code == 200, response.content
    return [feature["properties"]["code"] for feature in response.json()["features"]]


@pytest.fixture
def points(make_point, sample, world):
    late = timezone.localdate() - timedelta(days=3)
    bad = make_point("BAD", status="under_way", due_on=late)
    good = make_point("GOOD", area=world.east_town, department=world.ecology, river=None, reach=None)
    make_point("NEW", kind="city")
    sample(bad, BAD)
    sample(good, GOOD, actor=world_officer(world))
    return bad, good


def world_officer(world):
    from accounts.models import Role, User

    return User.objects.create_user("eco", password="a long enough phrase", role=Role.OFFICER, department=world.ecology)


@pytest.fixture
def anyone(as_user):
    return as_user(None)


def test_the_public_reads_points_as_geojson_with_class_and_reason(anyone, points):
    features = {f["properties"]["code"]: f for f in anyone.get(POINTS).json()["features"]}
    assert set(features) == {"BAD", "GOOD", "NEW"}
    bad = features["BAD"]
    assert bad["id"] == points[0].pk
    assert bad["geometry"] == {"type": "Point", "coordinates": [121.32, 29.85]}
    said = bad["properties"]
    assert (said["class"], said["limiting"], said["exceedance"]) == (6, ["nh3n"], {"nh3n": "1.4", "tp": "0.6"})
    assert (said["overdue"], said["status"], said["area"], said["url"]) == (
        True,
        "under_way",
        "西镇",
        "/river/points/BAD/",
    )
    assert features["NEW"]["properties"]["class"] == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("class=6", {"BAD"}),
        ("class=6&class=2", {"BAD", "GOOD"}),
        ("status=under_way", {"BAD"}),
        ("area=330203101", {"GOOD"}),
        ("river=NTH", {"BAD", "NEW"}),
        ("department=ecology", {"GOOD"}),
        ("kind=city", {"NEW"}),
        ("overdue=true", {"BAD"}),
        ("overdue=false", {"GOOD", "NEW"}),
        ("q=南塘", {"BAD", "NEW"}),
        ("in_bbox=121.31,29.84,121.33,29.86", {"BAD", "GOOD", "NEW"}),
        ("in_bbox=121.36,29.84,121.38,29.86", set()),
    ],
)
def test_points_are_narrowed_by_filters(anyone, points, query, expected):
    assert set(codes(anyone.get(f"{POINTS}?{query}"))) == expected


@pytest.mark.parametrize("query", ["class=9", "status=gone", "area=1", "in_bbox=1,2,3", "in_bbox=122,30,121,29"])
def test_a_filter_that_makes_no_sense_is_refused_as_a_problem(anyone, points, query):
    response = anyone.get(f"{POINTS}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")
    assert response.json()["errors"][0]["field"] == query.split("=")[0]


def test_trend_has_the_shape_that_the_chart_reads(anyone, point, sample):
    sample(point, GOOD, days_ago=40)
    sample(point, GOOD | {"nh3n": "0.05L"}, days_ago=10)
    trend = anyone.get(f"{POINTS}{point.pk}/trend/?parameter=nh3n").json()
    assert (trend["parameter"], trend["name"], trend["unit"], trend["target_class"]) == ("nh3n", "氨氮", "mg/L", 5)
    assert trend["limits"] == {"1": 0.15, "2": 0.5, "3": 1.0, "4": 1.5, "5": 2.0}
    assert [(v["value"], v["below_limit"], v["class"]) for v in trend["series"]] == [(0.32, False, 2), (0.05, True, 1)]
    assert trend["series"][0]["t"].endswith("+08:00")
    assert [entry["code"] for entry in trend["available"]] == ["ph", "do", "codmn", "nh3n", "tp"]


def test_trend_of_ph_has_bounds_instead_of_limits(anyone, point, sample):
    sample(point, GOOD)
    trend = anyone.get(f"{POINTS}{point.pk}/trend/?parameter=ph").json()
    assert (trend["limits"], trend["bounds"], trend["unit"]) == ({}, [6.0, 9.0], "")


def test_trend_of_an_unknown_parameter_or_point_is_refused(anyone, point):
    assert anyone.get(f"{POINTS}{point.pk}/trend/?parameter=mud").json()["errors"][0]["code"] == "unknown-parameter"
    assert anyone.get(f"{POINTS}999999/trend/").status_code == 404


def test_reaches_carry_the_worst_class_of_their_points(anyone, points, reach):
    feature = anyone.get("/api/v1/reaches/").json()["features"][0]
    assert (feature["id"], feature["properties"]["class"], feature["properties"]["river"]) == (reach.pk, 6, "南塘河")


def test_rivers_are_listed(anyone, river):
    assert anyone.get("/api/v1/rivers/").json()["results"][0]["name"] == "南塘河"


def new_sample(point):
    at = (timezone.now() - timedelta(hours=2)).isoformat()
    return {"point": point.code, "phenomenon_time": at, "readings": BAD}


def test_own_officer_hands_in_a_sample_and_gets_its_class(as_user, officer, point):
    response = as_user(officer).post("/api/v1/samples/", new_sample(point), "application/json")
    assert response.status_code == 201, response.content
    assert (response.json()["class"], response.json()["limiting"]) == (6, ["nh3n"])
    point.refresh_from_db()
    assert point.current_class == 6


def test_a_class_that_is_typed_is_ignored(as_user, officer, point):
    response = as_user(officer).post("/api/v1/samples/", new_sample(point) | {"class": 1}, "application/json")
    assert response.json()["class"] == 6


@pytest.mark.parametrize(("who", "status"), [(None, 403), ("deputy", 403), ("other_officer", 403), ("gis", 403)])
def test_others_cannot_hand_in_a_sample(as_user, point, who, status, request):
    user = request.getfixturevalue(who) if who else None
    response = as_user(user).post("/api/v1/samples/", new_sample(point), "application/json")
    assert response.status_code == status
    assert not point.samples.exists()


def test_a_bad_reading_is_refused_with_its_field(as_user, officer, point):
    body = new_sample(point) | {"readings": GOOD | {"ph": "77"}}
    response = as_user(officer).post("/api/v1/samples/", body, "application/json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "ph"


@pytest.mark.parametrize(("layer", "path"), [("monitoring_points", POINTS), ("reaches", "/api/v1/reaches/")])
@pytest.mark.parametrize("who", [None, "deputy", "officer", "other_officer", "staff"])
def test_a_tile_holds_exactly_the_features_of_the_api(as_user, points, who, layer, path, request):
    client = as_user(request.getfixturevalue(who) if who else None)
    tile = decode(client.get(f"/tiles/{layer}/8/214/105.mvt").content)[layer]
    listed = client.get(f"{path}?page_size=500").json()["features"]
    assert {f["id"] for f in tile["features"]} == {f["id"] for f in listed} != set()


def test_a_point_in_a_tile_carries_what_the_map_needs(anyone, points):
    tile = mapbox_vector_tile.decode(anyone.get("/tiles/monitoring_points/8/214/105.mvt").content)
    bad = next(f for f in tile["monitoring_points"]["features"] if f["properties"]["code"] == "BAD")["properties"]
    assert bad.pop("updated").startswith("20")
    assert bad == {
        "id": points[0].pk,
        "code": "BAD",
        "name": "BAD 号池塘",
        "kind": "small",
        "class": 6,
        "at_least": False,
        "month": f"{timezone.localtime() - timedelta(days=1):%Y-%m}",
        "target_class": 5,
        "status": "under_way",
        "overdue": True,
        "area": "西镇",
    }


def test_the_next_tile_after_a_sample_shows_the_new_class(anyone, point, sample):
    def shown():
        tile = mapbox_vector_tile.decode(anyone.get("/tiles/monitoring_points/8/214/105.mvt").content)
        return tile["monitoring_points"]["features"][0]["properties"]["class"]

    assert shown() == 0
    sample(point, BAD)
    assert shown() == 6


def test_listing_more_points_asks_no_more_queries(anyone, points, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        assert len(codes(anyone.get(POINTS))) == 3
