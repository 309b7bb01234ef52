"""How far each person sees where an instance holds several districts under a city."""

import contextlib

import psycopg2
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import OperationalError, connection
from django_redis.cache import RedisCache

from accounts.areas.fields import AreaChoiceField
from accounts.areas.together import Given, save_areas
from accounts.directory import levels
from accounts.directory.levels import KEPT_AS, districts, of_area
from accounts.looking import NAME, Choice, whole
from accounts.models import Area, Congress, Department, District, Person, Role, User
from accounts.permissions import (
    NOWHERE,
    district_staff,
    is_district_staff,
    is_staff_of,
    leads,
    reach_of,
    scope_of,
    serves,
    staff_inside,
)
from ledger.models import AuditEntry
from ledger.roles.connections import address
from library.models import Document, Version
from library.permissions import documents_visible_to
from projects.models import Project
from supervision.routing.models import RoutingRule
from supervision.routing.routes import route
from tests.data.cast import TERM_BEGINS, person, seat
from ui.plain_values import InProcess


@pytest.fixture
def city(world):
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    return city


@pytest.fixture
def other(world, city):
    """A district beside that of the cast, with one town."""
    district = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=district)
    cache.clear()
    return district


@pytest.fixture
def town(other):
    return other.children.get()


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_with_one_district_nobody_is_narrowed_even_beside_a_neighbour_on_the_map(world, city, staff, gis, officer):
    Area.objects.create(code="330298", name="邻区", level="district", parent=city)
    assert not districts().several
    assert [reach_of(one) for one in (staff, gis, officer, None)] == [None] * 4
    assert is_district_staff(staff) and leads(staff, world.west_town)


def test_with_the_second_what_is_there_stays_the_first_ones(world, staff, gis, officer, admin_user, other):
    for one in (staff, gis):
        assert fresh(one).area == world.district and reach_of(fresh(one)) == world.district
    assert Department.objects.get(pk=world.water.pk).area == world.district
    assert reach_of(fresh(officer)) == world.district
    assert fresh(admin_user).area is None and reach_of(fresh(admin_user)) is None


def test_a_record_alone_makes_a_second_district_too(world, city, staff):
    District.objects.create(code="330299", name="甲区", congress="甲", site_name="甲")
    Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    assert districts().several and fresh(staff).area == world.district


def test_the_first_towns_of_a_sheet_make_a_second_district_too(world, city, staff, admin_user):
    beside = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    towns = [Given(f"3302991{n:02}", {"name": f"甲{n}镇", "level": "town", "parent": beside}) for n in range(2)]
    assert all(isinstance(one, Area) for one in save_areas(admin_user, towns))
    assert districts().several and fresh(staff).area == world.district
    assert Department.objects.get(pk=world.water.pk).area == world.district


def test_the_first_towns_of_two_districts_in_one_sheet_leave_what_is_there_to_the_one_that_was(
    world, city, staff, admin_user
):
    beside = [Area.objects.create(code=code, name=code, level="district", parent=city) for code in ("330298", "330299")]
    towns = [Given(f"{one.code}100", {"name": "镇", "level": "town", "parent": one}) for one in beside]
    save_areas(admin_user, towns)
    assert len(districts().lines) == 3 and fresh(staff).area == world.district


def test_changing_every_town_of_a_district_gives_nobody_an_area(world, admin_user, other, town):
    late = person("late", Role.STAFF)
    unit = Department.objects.create(code="late", name="新办", short_name="新办")
    changed = save_areas(admin_user, [Given(town.code, {"name": "改名镇"})])
    assert changed == [town] and fresh(late).area is None
    ours = world.district.children.all()
    save_areas(admin_user, [Given(one.code, {"name": f"{one.name}甲"}) for one in ours])
    town.refresh_from_db()
    town.save()  # by itself: the only town of its district
    assert town.name == "改名镇" and fresh(late).area is None
    assert Department.objects.get(pk=unit.pk).area is None
    assert AuditEntry.objects.filter(verb="second-district").count() == 1


def test_a_town_moved_under_a_neighbour_makes_it_a_second_district(world, city, staff):
    beside = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    moved = Area.objects.get(pk=world.east_town.pk)
    moved.parent = beside
    moved.save()
    assert districts().several and fresh(staff).area == world.district


def test_who_has_no_area_has_nobodys_inside(world, other):
    for one in (
        person("s", Role.STAFF),
        person("g", Role.GIS),
        person("d", Role.DEPUTY),
        person("o", Role.OFFICER, department=Department.objects.create(code="x", name="x", short_name="x")),
    ):
        assert reach_of(one) == NOWHERE
        assert not serves(one, world.west_town) or one.role == Role.OFFICER
        assert not leads(one, world.west_town) and not is_district_staff(one)


def test_each_district_decides_its_own_and_the_city_all(world, city, other, town):
    ours = person("ours", Role.STAFF, area=other)
    above = person("above", Role.STAFF, area=city)
    of_town = person("of-town", Role.STAFF, area=town)
    assert leads(ours, town) and not leads(ours, world.west_town) and not leads(ours, None)
    assert is_staff_of(ours, town) and not is_staff_of(ours, world.west_town)
    assert leads(above, town) and leads(above, world.west_town) and leads(above, None)
    assert is_district_staff(above) and not is_district_staff(ours)
    assert scope_of(of_town) == town and reach_of(of_town) == other and not leads(of_town, town)
    assert serves(person("g2", Role.GIS, area=town), town)
    assert not serves(person("d2", Role.DEPUTY, area=town), world.west_town)


def test_a_deputys_district_is_that_of_the_congress_where_she_sits(world, other, town):
    sits = person("sits", Role.DEPUTY)
    seat(sits, town)
    assert reach_of(fresh(sits)) == other
    congress = Congress.objects.create(area=world.west_town, level="town", term=10, starts_on=TERM_BEGINS)
    seat(sits, world.west_town, "SECOND", congress=congress)
    assert Person.objects.get(user=sits).memberships.count() == 2
    assert reach_of(fresh(sits)) == NOWHERE  # nobody says which of two is hers


def test_notices_go_to_the_staff_of_the_district_alone(world, city, staff, other, town):
    ours, above = person("ours", Role.STAFF, area=other), person("above", Role.STAFF, area=city)
    of_town = person("of-town", Role.STAFF, area=town)
    assert set(User.objects.filter(district_staff(town))) == {ours, above}
    west = Area.objects.get(pk=world.west_town.pk)
    assert set(User.objects.filter(district_staff(west))) == {staff, above}
    assert set(User.objects.filter(district_staff(None))) == {above}
    assert set(User.objects.filter(staff_inside(town))) == {ours, above, of_town}


def test_no_rule_hands_a_matter_to_another_districts_department(world, other, town):
    RoutingRule.objects.create(category="roads", department=world.water)
    assert route("roads", world.west_town).department == world.water
    assert route("roads", town).department is None
    unit = Department.objects.create(code="ours", name="甲区水利局", short_name="甲", area=other)
    RoutingRule.objects.create(category="roads", area=other, department=unit)
    assert route("roads", town).department == unit
    assert route("roads", world.west_town, by_kind=unit).department == world.water


def test_a_filter_by_a_city_or_district_holds_what_lies_below(world, city, other, town):
    def below(area):
        return set(Area.objects.filter(of_area(area, "pk")))

    assert below(other) == {other, town}
    assert below(city) == {city, other, town, world.district, world.west_town, world.east_town}
    assert below(town) == {town}


def test_a_choice_of_towns_names_the_district_where_there_are_several(world, city, request):
    field = AreaChoiceField(every=True)
    assert world.west_town.name in [words for _key, words in field.choices]
    request.getfixturevalue("other")
    named = {str(key): words for key, words in field.choices}
    assert named["330299100"] == "甲镇（甲区）"
    assert named[world.west_town.code] == f"{world.west_town.name}（{world.district.name}）"


def test_the_map_dwells_on_where_somebody_works_who_does_not_work_everywhere(world, as_user, staff, city, request):
    town = person("of-the-west", Role.STAFF, area=world.west_town)
    page = as_user(town).get("/map/").content.decode()
    assert f'data-own-level="town" data-own-code="{world.west_town.code}"' in page and "回到我的辖区" in page
    for everywhere in (staff, None):
        page = as_user(everywhere).get("/map/").content.decode()
        assert "data-own-code" not in page and "回到全区" in page
    request.getfixturevalue("other")
    page = as_user(fresh(staff)).get("/map/").content.decode()
    assert f'data-own-level="district" data-own-code="{world.district.code}"' in page


def test_the_whole_is_the_own_district_then_the_city_whatever_their_codes(world, city, request):
    Area.objects.create(code="330101", name="邻区", level="district")  # on the map alone
    assert whole() == world.district
    request.getfixturevalue("other")
    assert whole() == city


def test_what_a_congress_made_stays_the_first_ones_and_laws_are_everybodys(world, city, request):
    for kind in Document.Kind.values:
        Document.objects.create(code=kind, title=kind, kind=kind, visibility="public")
    Document.objects.create(code="of-the-city", title="市里的决定", kind="decision", visibility="public", area=city)
    for one in Document.objects.all():
        Version.objects.create(document=one, sha256=one.code)
    beside = request.getfixturevalue("other")
    visitor = AnonymousUser()
    visitor.choice = Choice(beside.code)
    shown = set(documents_visible_to(visitor).values_list("code", flat=True))
    assert shown == {"law", "local_law", "study", "press", "of-the-city"}
    assert documents_visible_to(None).count() == len(Document.Kind.values) + 1


def test_pages_and_feeds_go_by_the_name_of_the_district_looked_at(world, as_user, staff, other):
    for code, name in ((world.district.code, "海曙区"), (other.code, "甲区")):
        District.objects.update_or_create(
            code=code,
            defaults={"slug": f"d{code}", "name": name, "site_name": f"{name}人大监督地图", "congress": f"{name}人大"},
        )
    cache.clear()
    theirs = person("their-staff", Role.STAFF, area=other)
    for one, asked, shown in ((None, {}, "海曙区"), (None, {NAME: other.code}, "甲区"), (theirs, {}, "甲区")):
        hidden = "海曙区" if shown == "甲区" else "甲区"
        home = as_user(one).get("/", asked).content.decode()
        assert f"{shown}人大" in home and f"{hidden}人大" not in home, (one, asked)
        feed = as_user(one).get("/projects/feed.atom", asked).content.decode()
        assert f"{shown}人大" in feed and f"{hidden}人大" not in feed, (one, asked)


def test_the_feed_of_another_districts_project_is_not_found(world, as_user, staff, other):
    Project.objects.create(
        code="OPEN", name="公开项目", status="building", year=2026, category="water", lead=world.water,
        area=world.west_town, starts_on="2026-01-01", ends_on="2026-12-01", geom=world.west_town.point,
    )  # fmt: skip
    feed = "/projects/OPEN/feed.atom"
    assert as_user(None).get(feed).status_code == 200
    assert as_user(None).get(feed, {NAME: other.code}).status_code == 404
    assert as_user(person("their-staff", Role.STAFF, area=other)).get(feed).status_code == 404


@contextlib.contextmanager
def areas_locked():
    """Somebody else's session holds the table of areas, as a migration does."""
    other = psycopg2.connect(address())
    try:
        other.cursor().execute("LOCK TABLE accounts_area IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        other.close()


@pytest.fixture
def impatient():
    """Locks that this session waits for itself are refused after a while, so that no test hangs."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")


@pytest.fixture
def shared_cache(monkeypatch):
    """What this process keeps counts as Valkey's: all processes see the same, also that it was forgotten."""
    monkeypatch.setattr(levels, "is_forgotten_by_all", lambda: True)


@pytest.mark.parametrize(("kept_in", "by_all"), [(InProcess, False), (RedisCache, True)])
def test_a_cache_of_one_process_has_not_heard_what_another_forgot(monkeypatch, kept_in, by_all):
    monkeypatch.setattr(levels, "caches", {"default": kept_in("redis://127.0.0.1:1/0", {})})
    assert levels.is_forgotten_by_all() == by_all


@pytest.mark.django_db(transaction=True)
def test_while_the_areas_are_locked_the_last_minutes_districts_are_known(world, impatient, shared_cache):
    before = districts()
    cache.delete(KEPT_AS)  # its five seconds are over
    with areas_locked():
        assert districts() == before
        assert cache.get(KEPT_AS) is not None  # the next one does not wait again
    cache.delete(KEPT_AS)
    assert districts() == before


@pytest.mark.django_db(transaction=True)
def test_where_another_process_may_know_of_a_second_district_the_last_minutes_are_not_used(
    world, impatient, monkeypatch
):
    monkeypatch.setattr(levels, "is_forgotten_by_all", lambda: False)
    assert not districts().several
    cache.delete(KEPT_AS)
    with areas_locked(), pytest.raises(OperationalError):
        districts()


@pytest.mark.django_db(transaction=True)
def test_without_an_answer_of_the_last_minute_a_locked_table_is_an_error(world, impatient, shared_cache):
    cache.clear()
    with areas_locked(), pytest.raises(OperationalError):
        districts()


@pytest.mark.django_db(transaction=True)
def test_the_last_answer_does_not_outlive_a_second_district(world, city, impatient, shared_cache):
    assert not districts().several
    district = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=district)
    with areas_locked(), pytest.raises(OperationalError):
        districts()
