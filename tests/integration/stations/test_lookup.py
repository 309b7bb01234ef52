"""Who is my deputy, and which is my station: by place, village or address, without JavaScript too."""

import pytest

from accounts.models import Area
from stations.models import ServiceArea
from stations.register.lookup import find_places, look_up_place
from tests.conftest import MIDDLE, NORTH, SOUTH, WEST, box


@pytest.fixture
def villages(world):
    made = []
    for number, name, lng, geom in (
        (1, "布政村", 121.31, box(WEST, SOUTH, 121.33, NORTH)), (2, "蜃蛟村", 121.34, None),
    ):  # fmt: skip
        made.append(
            Area.objects.create(
                code=f"33020310000{number}",
                name=name,
                level="village",
                parent=world.west_town,
                geom=geom,
                point=box(lng, 29.84, lng + 0.002, 29.86).centroid,
            )
        )
    return made


@pytest.fixture
def served(west, deputies, villages):
    ServiceArea.objects.create(station=west, geom=box(WEST, SOUTH, MIDDLE, NORTH), source="file")
    deputies[0].constituency.add(villages[0])
    deputies[2].constituency.add(villages[0])
    return west


def test_a_place_has_its_town_village_station_and_deputies_in_office(served, villages, deputies):
    found = look_up_place(None, villages[0].point)
    assert (found.town.name, found.village, found.village_is_near) == ("西镇", villages[0], False)
    assert (found.station, found.deputies) == (served, [deputies[0]])


def test_a_village_without_a_border_is_inferred_and_said_to_be(served, villages):
    found = look_up_place(None, villages[1].point)
    assert (found.village, found.village_is_near, found.deputies) == (villages[1], True, [])


def test_a_place_outside_the_district_is_nobodys(served):
    found = look_up_place(None, box(120.0, 30.0, 120.1, 30.1).centroid)
    assert (found.is_inside, found.station, found.deputies) == (False, None, [])


@pytest.mark.parametrize("words", ["布政", "布政村", "buzheng", "bzc", "西镇布政村12号", " 布 政 "])
def test_a_village_is_found_by_name_pinyin_or_an_address_that_names_it(words, served, villages):
    assert find_places(None, words).only == villages[0]


def test_a_name_that_is_none_finds_nothing(served):
    assert find_places(None, "火星").is_empty


@pytest.mark.parametrize("query", ["q=布政村", "village=330203100001", "lng=121.311&lat=29.85"])
def test_the_page_answers_by_name_village_or_position(query, served, as_user):
    page = as_user(None).get(f"/stations/mine/?{query}").content.decode()
    for words in ("西镇联络站", "陈一", "布政村"):
        assert words in page
    assert "陈三" not in page


def test_the_page_says_what_it_did_not_find(served, as_user):
    client = as_user(None)
    assert "没有找到这个地方" in client.get("/stations/mine/?q=火星").content.decode()
    assert "这个位置不在本区" in client.get("/stations/mine/?lng=120&lat=30").content.decode()
    assert "请同时填写经度和纬度" in client.get("/stations/mine/?lng=121.3").content.decode()


def test_several_places_of_a_name_are_offered_as_links(served, as_user):
    page = as_user(None).get("/stations/mine/?q=村").content.decode()
    assert "您说的是哪里" in page
    assert page.count("/stations/mine/?village=") == 2


def test_the_form_s_own_example_finds_one_place_though_the_town_gave_a_village_its_name(world, villages):
    Area.objects.create(
        code="330203100009", name="西村村委会", level="village", parent=world.west_town, point=villages[1].point
    )
    assert find_places(None, "西镇布政村，桥东 50 米").only == villages[0]
    assert find_places(None, "海曙区西镇西村桥头").only.name == "西村村委会"
