"""Following a point: its relapse stands on the deputy's own page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from geokit.refusal import BadInput
from river_monitoring.points.models import PointFollow, RiverFollow
from river_monitoring.points.services import follow_point, follow_river
from tests.integration.river_monitoring.conftest import BAD, stored


def test_a_deputy_follows_a_point_and_stops(as_user, deputy, point):
    client = as_user(deputy)
    assert "关注这个点位" in client.get(point.get_absolute_url()).content.decode()
    client.post(f"/river/points/{point.code}/follow/", {"follow": "1"})
    client.post(f"/river/points/{point.code}/follow/", {"follow": "1"})
    assert PointFollow.objects.count() == 1
    assert "已关注，点此取消" in client.get(point.get_absolute_url()).content.decode()
    client.post(f"/river/points/{point.code}/follow/", {"follow": "0"})
    assert not PointFollow.objects.exists()


def test_a_relapse_stands_on_the_page_of_those_who_follow(as_user, deputy, make_point, sample):
    quiet = make_point("A-QUIET")
    relapsed = make_point("Z-BACK", status="delisted", delisted_on=timezone.localdate() - timedelta(days=90))
    for each in (quiet, relapsed):
        follow_point(each.pk, deputy, follow=True)
    sample(relapsed, BAD)
    page = as_user(deputy).get("/work/").content.decode()
    assert "Z-BACK" in page
    assert "A-QUIET" not in page
    followed = as_user(deputy).get("/work/?view=following").content.decode()
    assert followed.index("Z-BACK") < followed.index("A-QUIET")


def test_others_follows_are_nobody_elses(as_user, deputy, staff, point):
    follow_point(point.pk, staff, follow=True)
    for address in ("/work/", "/work/?view=following"):
        assert point.name not in as_user(deputy).get(address).content.decode()


def test_a_point_that_is_not_there_cannot_be_followed(deputy, world):
    with pytest.raises(BadInput):
        follow_point(999_999, deputy, follow=True)


def test_the_public_follows_nothing(as_user, point):
    assert as_user(None).post(f"/river/points/{point.code}/follow/", {"follow": "1"}).status_code == 302
    assert not PointFollow.objects.exists()


def test_a_deputy_follows_a_river_and_hears_of_its_points(as_user, deputy, officer, make_point, river):
    point = make_point("Z-BACK", status="delisted", delisted_on=timezone.localdate() - timedelta(days=90))
    client = as_user(deputy)
    assert "关注这条河" in client.get(river.get_absolute_url()).content.decode()
    for _ in range(2):
        client.post(f"/river/waters/{river.code}/follow/", {"follow": "1"})
    assert RiverFollow.objects.count() == 1
    stored(point, timezone.localtime().replace(day=1) - timedelta(days=1), BAD)
    assert deputy.notices.filter(kind="river-exceeded").count() == 1
    assert "点此取消" in client.get(river.get_absolute_url()).content.decode()


def test_who_follows_river_and_point_is_told_once(deputy, make_point, river):
    point = make_point("Z-BACK", status="delisted", delisted_on=timezone.localdate() - timedelta(days=90))
    follow_river(river.code, deputy, follow=True)
    follow_point(point.pk, deputy, follow=True)
    stored(point, timezone.localtime().replace(day=1) - timedelta(days=1), BAD)
    assert deputy.notices.filter(kind="river-exceeded").count() == 1


def test_the_page_of_follows_lists_both_and_lets_go(as_user, deputy, point, river):
    follow_river(river.code, deputy, follow=True)
    follow_point(point.pk, deputy, follow=True)
    client = as_user(deputy)
    page = client.get("/river/following/").content.decode()
    assert point.name in page and river.name in page
    answer = client.post(f"/river/waters/{river.code}/follow/", {"follow": "0", "back": "1"})
    assert answer.url == "/river/following/"
    client.post(f"/river/points/{point.code}/follow/", {"follow": "0", "back": "1"})
    page = client.get("/river/following/").content.decode()
    assert "还没有关注河流" in page and "还没有关注点位" in page


def test_a_river_that_is_not_there_cannot_be_followed(deputy, world):
    with pytest.raises(BadInput):
        follow_river("NONE", deputy, follow=True)


def test_the_public_follows_no_river(as_user, river):
    assert as_user(None).post(f"/river/waters/{river.code}/follow/", {"follow": "1"}).status_code == 302
    assert not RiverFollow.objects.exists()


def test_what_she_follows_stands_on_her_own_page_and_nobody_elses(as_user, deputy, other_officer, make_point):
    points = [make_point(f"P{number}") for number in range(7)]
    client = as_user(deputy)
    assert "还没有关注任何一条河" in client.get("/me/").content.decode()
    for each in points[:2]:
        follow_point(each.pk, deputy, follow=True)
    page = client.get("/me/").content.decode()
    assert points[0].get_absolute_url() in page and "看全部关注的水" not in page
    for each in points:
        follow_point(each.pk, deputy, follow=True)
    page = client.get("/me/").content.decode()
    assert sum(each.get_absolute_url() in page for each in points) == 5 and "看全部关注的水" in page
    assert points[0].get_absolute_url() not in as_user(other_officer).get("/me/").content.decode()
    assert "me-follows" not in as_user(None).get("/me/").content.decode()
