"""Pages of waters and signboards: order along the flow, state by the rule, no private phones."""

import re

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.core.cache import cache
from django.db import IntegrityError, transaction

from accounts.models import Area, Department, User
from river_monitoring.network import build
from river_monitoring.network.models import Chief, Reach, River
from river_monitoring.points import chiefs
from tests.integration.river_monitoring.conftest import BAD, GOOD


@pytest.fixture
def canal(world):
    """Two reaches from west to east in two towns, a brook that joins the first."""
    river = River.objects.create(code="CANAL", name="直河", grade="county", goal="河面无漂浮物。")
    brook = River.objects.create(code="BROOK", name="小溪", grade="town", flows_into=river)
    lines = [
        ("C-1", river, world.west_town, 1, ((121.30, 29.85), (121.32, 29.85))),
        ("C-2", river, world.east_town, 2, ((121.32, 29.85), (121.34, 29.85))),
        ("B-1", brook, world.west_town, 1, ((121.31, 29.87), (121.31, 29.8502))),
    ]
    for code, water, town, order, points in lines:
        geom = MultiLineString(LineString(*points), srid=4326)
        Reach.objects.create(code=code, name=code, river=water, area=town, order=order, geom=geom)
    build.rebuild()
    return river


@pytest.fixture
def on_canal(make_point, canal):
    def make(code, reach, lon, **more):
        reach = Reach.objects.get(code=reach)
        place = Point(lon, 29.8501, srid=4326)
        return make_point(code, river=canal, reach=reach, area=reach.area, geom=place, **more)

    return make


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_points_and_confluences_stand_in_the_order_of_the_flow(client, on_canal):
    for code, reach, lon in (("P-EAST", "C-2", 121.335), ("P-WEST", "C-1", 121.302), ("P-MID", "C-1", 121.318)):
        on_canal(code, reach, lon)
    page = text_of(client, "/river/waters/CANAL/")
    order = [page.index(words) for words in ("P-WEST 号池塘", "小溪汇入", "P-MID 号池塘", "P-EAST 号池塘")]
    assert order == sorted(order)
    assert "全长 3.9 千米" in page
    assert "不少于 5 米" in page


def test_fewer_than_five_are_averaged_and_five_are_shares(client, on_canal, sample):
    points = [on_canal(f"P-{n}", "C-1", 121.302 + n * 0.002, kind="county") for n in range(5)]
    for point in points[:4]:
        sample(point, GOOD, days_ago=100)
    page = text_of(client, "/river/waters/CANAL/?period=month")
    assert "4 个断面有数据，少于五个，按各指标的平均值评价" in page
    sample(points[4], BAD, days_ago=100)
    page = text_of(client, "/river/waters/CANAL/?period=month")
    assert "5 个断面有数据：Ⅰ至Ⅲ类占 80.0%，劣Ⅴ类占 20.0%" in page
    assert "良好" in page


def test_a_water_without_samples_says_that_its_state_is_not_known(client, canal):
    assert "状况不知道" in text_of(client, "/river/waters/CANAL/")


def test_no_such_water_and_no_such_reach_are_404(client, world):
    assert client.get("/river/waters/NOPE/").status_code == 404
    assert client.get("/river/reaches/NOPE/board/").status_code == 404


def test_the_list_narrows_by_name_kind_and_grade(client, canal):
    assert "直河" in text_of(client, "/river/waters/?grade=county")
    assert "直河" not in text_of(client, "/river/waters/?grade=town")
    assert "没有符合条件" in text_of(client, "/river/waters/?q=没有的河")
    assert "直河" in text_of(client, "/river/waters/?kind=ocean&page=99")


@pytest.fixture
def cast(canal, world):
    reach = Reach.objects.get(code="C-1")
    common = {"river": canal, "public_phone": "0574-87000001", "mobile": "13900000001"}
    return [
        Chief.objects.create(level="village", name="村级人", reach=reach, **common),
        Chief.objects.create(level="county", name="县级人", post="副区长", **common),
        Chief.objects.create(level="town", name="乡级人", reach=reach, **common),
        Chief.objects.create(level="town", name="离任人", reach=reach, until="2020-01-01", **common),
        Chief.objects.create(level="town", duty="police", name="警长人", reach=reach, **common),
    ]


def test_chiefs_stand_by_level_without_those_who_left(cast, canal):
    assert [chief.name for chief in chiefs.of_river(canal)] == ["县级人", "乡级人", "村级人", "警长人"]


@pytest.mark.parametrize("address", ["/river/waters/CANAL/", "/river/reaches/C-1/board/"])
def test_private_phones_are_on_no_public_page(client, cast, address):
    page = text_of(client, address)
    assert "0574-87000001" in page
    assert "13900000001" not in page


def test_private_phones_are_shown_to_those_who_work_with_the_chiefs(as_user, cast, officer, deputy):
    assert "13900000001" in text_of(as_user(officer), "/river/waters/CANAL/")
    assert "13900000001" not in text_of(as_user(deputy), "/river/waters/CANAL/")
    assert "13900000001" not in text_of(as_user(officer), "/api/v1/rivers/")


def test_a_level_has_one_chief_in_office_per_water(cast, canal):
    with pytest.raises(IntegrityError), transaction.atomic():
        Chief.objects.create(river=canal, level="county", name="第二人")
    with pytest.raises(IntegrityError), transaction.atomic():
        Chief.objects.create(river=canal, level="city", name="错", since="2026-02-01", until="2026-01-01")


def test_the_signboard_says_what_the_law_asks_for_and_leads_back_by_its_code(client, cast, on_canal):
    on_canal("P-1", "C-1", 121.305)
    page = text_of(client, "/river/reaches/C-1/board/")
    for words in (
        "C-1河长公示牌",
        "县级河长",
        "河道警长",
        "1.9 千米",
        "水质达到Ⅴ类",
        "河面无漂浮物",
        "保护要求",
        "<svg",
    ):
        assert words in page
    assert "/river/waters/CANAL/" in page


@pytest.fixture
def border(world):
    """The east town lies in a second district of one city; people of the first are shown their own."""
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    second = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    Area.objects.filter(pk=world.east_town.pk).update(parent=second)
    Department.objects.update(area=world.district)
    cache.clear()


def test_a_water_of_two_districts_is_counted_by_the_points_that_are_shown(as_user, on_canal, border, deputy):
    on_canal("P-WEST", "C-1", 121.302, current_class=2)
    on_canal("P-EAST", "C-2", 121.335, current_class=6)
    her = as_user(User.objects.get(pk=deputy.pk))
    her.post("/river/waters/CANAL/follow/", {"follow": "1"})
    for address in ("/river/waters/?q=直河", "/river/following/"):
        assert re.findall(r"(\d) 个点位</span>.*?class-mark--(\d)", text_of(her, address), re.DOTALL)[0] == ("1", "2")


def test_chiefs_of_the_other_districts_reaches_are_on_no_page_of_a_water(as_user, canal, border, deputy, on_canal):
    for reach, name in (("C-1", "本区人"), ("C-2", "外区人")):
        Chief.objects.create(level="town", name=name, river=canal, reach=Reach.objects.get(code=reach))
        Reach.objects.filter(code=reach).update(chief_name=name)
        on_canal(f"P-{reach}", reach, 121.302 if reach == "C-1" else 121.335)
    Chief.objects.create(level="county", name="全河人", river=canal)
    her = as_user(User.objects.get(pk=deputy.pk))
    for address in ("/river/waters/CANAL/", f"/api/v1/rivers/{canal.pk}/chiefs/"):
        page = text_of(her, address)
        assert "全河人" in page and "本区人" in page and "外区人" not in page
    page = text_of(her, "/river/points/")
    assert "本区人" in page and "外区人" not in page
