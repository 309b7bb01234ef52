"""A district whose towns have no outlines: points, reports, patrols and routing work all the same."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point

from accounts import district
from accounts.areas.position import town_in_district
from accounts.district.services import save_district
from accounts.models import Area, User
from geokit.refusal import BadInput
from river_monitoring.models import MonitoringPoint
from supervision.routing.check import find_faults
from supervision.routing.models import RoutingRule
from tests.conftest import World

INSIDE, OUTSIDE = Point(121.32, 29.85, srid=4326), Point(116.0, 30.0, srid=4326)
POINT = {
    "code": "P-9",
    "name": "塘",
    "kind": "small",
    "water": "river",
    "target_class": "5",
    "lng": "121.32",
    "lat": "29.85",
}


@pytest.fixture
def without_towns(world: World) -> World:
    Area.objects.filter(level="town").update(geom=None)
    return world


@pytest.fixture
def without_any(without_towns: World) -> World:
    Area.objects.update(geom=None)
    return without_towns


def test_a_point_is_registered_in_the_town_that_is_chosen(without_any: World, staff: User, as_user: Any) -> None:
    client = as_user(staff)
    assert 'name="area"' in client.get("/river/points/new/").content.decode()
    refused = client.post("/river/points/new/", POINT | {"department": "water"})
    assert refused.status_code == 400 and refused.context["form"].errors["area"]
    taken = client.post("/river/points/new/", POINT | {"department": "water", "area": without_any.east_town.code})
    assert taken.status_code == 302, taken.content.decode()
    assert MonitoringPoint.objects.get().area == without_any.east_town


def test_where_outlines_are_known_the_place_says_the_town(world: World, staff: User, as_user: Any) -> None:
    client = as_user(staff)
    assert 'name="area"' not in client.get("/river/points/new/").content.decode()
    body = {**POINT, "department": "water", "area": world.east_town.code, "target_class": 5}
    answer = client.post("/api/v1/monitoring-points/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert MonitoringPoint.objects.get().area == world.west_town


def test_a_place_counts_by_the_outline_then_by_the_box_then_anywhere(without_towns: World, admin_user: User) -> None:
    assert town_in_district(INSIDE) is None
    with pytest.raises(BadInput):
        town_in_district(OUTSIDE)
    Area.objects.update(geom=None)
    assert town_in_district(INSIDE) is None and town_in_district(OUTSIDE) is None
    facts = {"name": "溪县", "congress": "溪县人大", "site_name": "溪县地图"}
    save_district(admin_user, "330203", **facts, west=121.0, south=29.0, east=122.0, north=30.0)
    assert district.current().box and town_in_district(INSIDE) is None
    with pytest.raises(BadInput):
        town_in_district(OUTSIDE)


def test_without_a_rule_routing_is_not_in_order(world: World, staff: User, as_user: Any) -> None:
    faults = find_faults()
    assert not faults.is_sound and not faults.has_rules and len(faults.gaps) == 14
    html = as_user(staff).get("/routing/").content.decode()
    assert "还没有启用的规则" in html and "每个类别在每个镇街都有单位办理" not in html


def test_towns_without_outlines_are_checked_too(without_towns: World, staff: User, as_user: Any) -> None:
    RoutingRule.objects.create(category="environment", area=without_towns.west_town, department=without_towns.ecology)
    gaps = {(gap.category, gap.town.name) for gap in find_faults().gaps}
    assert ("environment", "东镇") in gaps and ("environment", "西镇") not in gaps
    client = as_user(staff)
    assert client.get("/routing/").status_code == 200
    assert client.get("/routing/zones.geojson").status_code in (200, 404)
    RoutingRule.objects.create(category="", department=without_towns.water)
    assert find_faults().is_sound
