"""Near me, worst first: by position on the ellipsoid, by town without scripts; nonsense is said to be so."""

import pytest
from django.contrib.gis.geos import Point

from tests.integration.river_monitoring.conftest import BAD, GOOD

HERE = "121.320000,29.850000"


@pytest.fixture
def points(make_point, sample):
    """A good one here, two bad ones 480 m and 970 m away, a bad one 4 km away."""
    made = {}
    for code, lon, readings in (
        ("HERE-GOOD", 121.3201, GOOD),
        ("NEAR-BAD", 121.325, BAD),
        ("FAR-BAD", 121.33, BAD),
        ("TOO-FAR", 121.361, BAD),
    ):
        made[code] = make_point(code, geom=Point(lon, 29.85, srid=4326))
        sample(made[code], readings, days_ago=12)
    return made


def codes(answer):
    return [point.code for point, _limiting, _days in answer.context["rows"]]


def test_the_worst_come_first_and_then_the_nearest(as_user, points):
    answer = as_user(None).get(f"/river/near/?near={HERE}&within=3000")
    assert codes(answer) == ["NEAR-BAD", "FAR-BAD", "HERE-GOOD"]
    page = answer.content.decode()
    assert "480 米" in page
    assert "氨氮" in page
    assert "水样 12 天前" in page


def test_within_says_how_far(as_user, points):
    assert "TOO-FAR" in codes(as_user(None).get(f"/river/near/?near={HERE}&within=5000"))
    assert "TOO-FAR" not in codes(as_user(None).get(f"/river/near/?near={HERE}"))


def test_a_town_needs_no_script(as_user, points, make_point, world):
    make_point("EAST", area=world.east_town)
    answer = as_user(None).get(f"/river/near/?area={world.west_town.code}")
    assert "EAST" not in codes(answer)
    assert codes(answer)[-1] == "HERE-GOOD"


@pytest.mark.parametrize("near", ["here", "121.3", "999,29", "nan,nan", "121.3,29.8,5"])
def test_a_place_that_is_none_is_refused_in_words(as_user, points, near):
    answer = as_user(None).get("/river/near/", {"near": near})
    assert answer.status_code == 400
    assert "没有看懂这个位置" in answer.content.decode()
    assert codes(answer) == []


def test_inspecting_is_offered_to_those_who_may_report(as_user, points, deputy, officer):
    address = f"/river/near/?near={HERE}"
    assert "/patrols/here/?point=NEAR-BAD" in as_user(deputy).get(address).content.decode()
    for person in (None, officer):
        assert "/patrols/here/" not in as_user(person).get(address).content.decode()


def test_nowhere_near_says_what_to_do(as_user, points):
    assert "把距离放大一些" in as_user(None).get("/river/near/?near=121.399,29.899&within=1000").content.decode()
