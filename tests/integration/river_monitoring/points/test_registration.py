"""Points are entered by page, API and administration under the same rules; links follow what is drawn."""

import pytest
from django.contrib.gis.geos import LineString, MultiLineString

from ledger.models import AuditEntry
from river_monitoring.network.models import Chief, Reach, ReachLink, River
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import AutomaticStation

PAGE, API = "/river/points/new/", "/api/v1/monitoring-points/"


@pytest.fixture
def given(world, reach):
    """A section on the reach, as a form or a body says it."""
    return {
        "code": "NEW-1",
        "name": "新断面",
        "kind": "county",
        "water": "river",
        "target_class": 3,
        "river": "NTH",
        "department": world.water.code,
        "lng": 121.325,
        "lat": 29.85,
    }


def test_staff_enter_a_point_and_its_town_and_reach_are_found(as_user, staff, given, reach, world):
    answer = as_user(staff).post(PAGE, given)
    assert answer.status_code == 302, answer.context["form"].errors
    point = MonitoringPoint.objects.get()
    assert (point.area, point.reach, point.target_class) == (world.west_town, reach, 3)
    assert AuditEntry.objects.get(verb="register-point").actor == staff
    assert point.get_absolute_url() == answer["Location"]


def test_gis_staff_enter_a_point_by_the_api(as_user, gis, given):
    answer = as_user(gis).post(API, given, "application/json")
    assert answer.status_code == 201, answer.content
    assert answer.json()["properties"]["code"] == "NEW-1"


@pytest.mark.parametrize("who", ["deputy", "officer"])
def test_others_may_not(as_user, given, who, request):
    client = as_user(request.getfixturevalue(who))
    assert client.post(PAGE, given).status_code == 404
    assert client.post(API, given, "application/json").status_code == 403
    assert not MonitoringPoint.objects.exists()


BAD = [
    ({"lng": 121.55, "lat": 29.85}, "lng", "以外约"),
    ({"lng": 2.35, "lat": 48.86}, "lng", "以外约"),
    ({"lng": 29.85, "lat": 121.33}, "lng", "写反了"),
    ({"lng": 200, "lat": 29.85}, "lng", "-180"),
    ({"code": "taken"}, "code", "已被“P-1 号池塘”使用"),
    ({"code": "含 空格"}, "code", "编码由"),
    ({"river": ""}, "river", "所在河流"),
    ({"lng": 121.325, "lat": 29.87}, "lng", "离南塘河约"),
]


@pytest.mark.parametrize(("change", "field", "words"), BAD)
@pytest.mark.parametrize("intake", [PAGE, API])
def test_what_is_wrong_is_said_by_field_and_nothing_is_entered(
    as_user, staff, given, make_point, change, field, words, intake
):
    MonitoringPoint.objects.filter(pk=make_point("TAKEN").pk).update(name="P-1 号池塘")
    body = given | change
    if intake == API:
        body = {name: value for name, value in body.items() if value != ""}
        answer = as_user(staff).post(API, body, "application/json")
        assert answer.status_code == 400
        told = [(error["field"], error["message"]) for error in answer.json()["errors"]]
    else:
        answer = as_user(staff).post(PAGE, body)
        assert answer.status_code == 400
        told = [(name, text) for name, texts in answer.context["form"].errors.items() for text in texts]
    assert field in {name for name, _ in told}
    assert words in " ".join(text for _, text in told)
    assert MonitoringPoint.objects.count() == 1


def test_an_unlikely_place_counts_once_it_is_confirmed(as_user, staff, given):
    far = given | {"lat": 29.87}
    client = as_user(staff)
    assert client.post(PAGE, far).status_code == 400
    assert client.post(PAGE, far | {"confirmed": "on"}).status_code == 302


def test_the_administration_refuses_a_point_outside_the_district_and_a_code_that_is_taken(
    as_user, admin_user, make_point, world
):
    make_point("TAKEN")
    body = {
        "code": "TAKEN",
        "name": "点",
        "kind": "small",
        "water": "river",
        "area": world.west_town.pk,
        "department": world.water.pk,
        "geom": "SRID=4326;POINT(121.55 29.85)",
        "target_class": 5,
        "baseline_class": 0,
    }
    answer = as_user(admin_user).post("/admin/river_monitoring/monitoringpoint/add/", body)
    errors = answer.context["adminform"].form.errors
    assert {"code", "geom"} <= set(errors)
    assert "以外约" in errors["geom"][0]


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("monitoringpoint", "POINT EMPTY"),
        ("monitoringpoint", "POINT(nan nan)"),
        ("reach", "MULTILINESTRING((121 29, nan 30))"),
        ("reach", "MULTILINESTRING EMPTY"),
    ],
)
def test_the_administration_takes_no_shape_without_a_place(as_user, admin_user, kind, shape):
    answer = as_user(admin_user).post(
        f"/admin/river_monitoring/{kind}/add/", {"code": "E-1", "name": "空", "geom": shape}
    )
    assert "图形是空的，没有坐标。" in answer.context["adminform"].form.errors["geom"]


def test_the_administration_takes_stations_with_units_it_knows_only(as_user, admin_user, point):
    body = {"mn": "88888880000001", "point": point.pk, "password": "123456", "is_active": "on"}
    client = as_user(admin_user)
    address = "/admin/river_monitoring/automaticstation/add/"
    refused = client.post(address, body | {"units": '{"w20111": "ppb"}'})
    assert "不认识的单位：w20111: ppb" in str(refused.context["adminform"].form.errors["units"])
    assert client.post(address, body | {"units": '{"w20111": "ug/L"}'}).status_code == 302
    assert AutomaticStation.objects.get().units == {"w20111": "ug/L"}


def test_a_reach_saved_in_the_administration_joins_the_network(as_user, admin_user, reach, river, world):
    below = River.objects.create(code="BELOW", name="下游河", grade="county")
    line = MultiLineString(LineString((121.34, 29.82), (121.34, 29.88)), srid=4326)
    lower = Reach.objects.create(code="BELOW-1", name="下游段", river=below, area=world.west_town, geom=line)
    body = {"code": "NTH", "name": "南塘河", "kind": "river", "grade": "city", "flows_into": below.pk, "goal": ""}
    assert as_user(admin_user).post(f"/admin/river_monitoring/river/{river.pk}/change/", body).status_code == 302
    assert ReachLink.objects.get(upstream=reach).downstream == lower
    assert reach.management_range.metres == 7


def test_the_administration_says_that_a_level_has_its_chief_already(as_user, admin_user, river):
    Chief.objects.create(river=river, level="county", name="在任者")
    body = {"river": river.pk, "level": "county", "duty": "chief", "name": "后来者"}
    answer = as_user(admin_user).post("/admin/river_monitoring/chief/add/", body)
    assert "已有在任的河长" in str(answer.context["adminform"].form.errors)
