"""What was reported already nearby is shown before one more is sent, and can be joined instead."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts import rules
from accounts.rate_limits import digest_of
from supervision.matters import services
from supervision.models import Finding, Support
from supervision.public.duplicates import duplicates_of, possible_duplicates

from .conftest import typed

pytestmark = pytest.mark.django_db
HERE = Point(121.32, 29.85, srid=4326)
PUBLIC = AnonymousUser()


def test_a_published_matter_nearby_is_shown_with_its_public_words_only(client, published):
    page = client.get("/report/near/", {"lng": 121.3205, "lat": 29.85, "category": "environment"}).content.decode()
    assert "望春桥下有油污" in page
    assert "二十平方米" not in page
    assert "相距 48 米" in page


def test_sending_stops_at_something_alike_and_keeps_photos_and_words(client, published):
    answer = client.post("/report/", typed(text="油"))
    assert answer.status_code == 200
    assert "附近已有 1 件类似的上报" in answer.content.decode()
    assert Finding.objects.count() == 1
    client.post("/report/", typed(text="油", anyway="1"))
    assert Finding.objects.count() == 2


def test_a_matter_that_is_not_published_is_not_shown_to_the_public(accepted):
    assert possible_duplicates(PUBLIC, "environment", HERE) == []


def test_staff_see_those_that_are_not_published_too(accepted, staff):
    assert [one.matter for one in possible_duplicates(staff, "environment", HERE)] == [accepted[0]]


@pytest.mark.parametrize(("category", "place"), [("social", HERE), ("environment", Point(121.3221, 29.85, srid=4326))])
def test_another_category_and_another_place_are_not_alike(published, category, place):
    assert possible_duplicates(PUBLIC, category, place) == []


def test_the_radius_can_be_set(published, set_rule):
    place = Point(121.3221, 29.85, srid=4326)
    set_rule("reports.near_m", 300)
    assert [one.metres for one in possible_duplicates(PUBLIC, "environment", place)] == [203]


def test_what_is_long_ago_is_not_alike(published):
    later = timezone.now() + timedelta(days=rules.value("reports.near_days") + 1)
    assert possible_duplicates(PUBLIC, "environment", HERE, later) == []


def test_what_is_settled_is_not_alike(published):
    matter = published[0]
    matter.state = "closed"
    matter.save()
    assert possible_duplicates(PUBLIC, "environment", HERE) == []


def test_nothing_is_shown_without_a_place_or_for_nonsense(client, published):
    for query in ({}, {"lng": "x", "lat": "1"}, {"lng": "999", "lat": "29", "category": "environment"}):
        answer = client.get("/report/near/", query)
        assert (answer.status_code, "我也遇到" in answer.content.decode()) == (200, False)


def test_i_met_it_too_is_counted_once_for_a_browser(client, published):
    number = published[0].number
    for _ in range(2):
        assert client.post(f"/matters/{number}/support/").url == f"/matters/{number}/"
    assert Support.objects.count() == 1
    assert "<dd>1</dd>" in client.get(f"/matters/{number}/").content.decode()


def test_another_browser_and_an_account_are_counted_too(client, published, as_user, deputy, gis):
    number = published[0].number
    for browser in (client, as_user(None), as_user(deputy), as_user(deputy), as_user(gis)):
        browser.post(f"/matters/{number}/support/")
    assert Support.objects.count() == 4


def test_nothing_of_a_support_says_who_it_was(client, published, as_user, deputy):
    as_user(deputy).post(f"/matters/{published[0].number}/support/")
    who = Support.objects.get().who
    assert len(who) == 32
    assert who not in (digest_of(str(deputy.pk)), digest_of(deputy.username))
    assert {field.name for field in Support._meta.fields} == {"id", "finding", "who", "at"}


def test_what_is_not_published_cannot_be_supported_by_the_public(client, accepted):
    assert client.post(f"/matters/{accepted[0].number}/support/").status_code == 404


def test_supports_have_a_limit(client, published, as_user, set_rule):
    set_rule("limits.supports_hour", 2)
    address = f"/matters/{published[0].number}/support/"
    assert [as_user(None).post(address).status_code for _ in range(3)] == [302, 302, 429]
    assert Support.objects.count() == 2


def test_those_of_many_reports_are_those_of_each_without_itself(staff, file_report):
    places = [(121.32, 29.85), (121.3204, 29.85), (121.3211, 29.8503), (121.35, 29.9)]
    matters = [file_report(lon=lon, lat=lat)[0].suggestion for lon, lat in places]
    matters.append(file_report(lon=121.3203, lat=29.85, category="social")[0].suggestion)
    for matter in matters[:3]:  # only what staff accepted is something that another could be the same as
        services.accept(staff, matter.pk, version=matter.version)
    told = duplicates_of(staff, matters)
    for matter in matters:
        alone = possible_duplicates(staff, matter.category, matter.finding.geom)
        assert told[matter.pk] == [one for one in alone if one.matter != matter]
    assert [len(told[matter.pk]) for matter in matters] == [2, 2, 2, 0, 0]
    assert duplicates_of(PUBLIC, matters) == {matter.pk: [] for matter in matters}
    assert duplicates_of(staff, []) == {}
