"""Pages of members: found, entered, ended, carried over; and nothing of another town's."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Congress, DeputyGroup, Membership, Person, Role, User
from ledger.models import AuditEntry
from tests.conftest import World
from tests.data.cast import TERM_BEGINS, person, seat

MEMBER = {"name": "仝𬤊", "starts_on": "2024-03-01", "began": "by-election", "group": "第一小组"}
MEMBER |= {"posts": "主任、小组组长"}


@pytest.fixture
def congress(world: World) -> Congress:
    return Congress.objects.create(area=world.district, level="district", term=10, seats=200, starts_on=TERM_BEGINS)


def body(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_an_empty_site_teaches_what_comes_first(world: World, staff: User, as_user: Callable) -> None:
    assert "先登记本级人大这一届" in body(as_user(staff).get("/work/members/"))


def test_staff_enter_a_term_a_member_of_a_by_election_and_find_her(
    world: World, staff: User, deputy: User, as_user: Callable
) -> None:
    browser = as_user(staff)
    given = {"area": world.district.pk, "term": "10", "seats": "200", "starts_on": "2022-03-01"}
    assert browser.post("/work/members/new/", given).status_code == 302
    page = f"/work/members/{Congress.objects.get().pk}/"
    sent = browser.post(f"{page}new/", MEMBER | {"code": "DB-1", "user": deputy.username})
    assert sent.status_code == 302
    member = Membership.objects.get()
    assert (member.person.user, member.began, member.posts) == (deputy, "by-election", ["主任", "小组组长"])
    seat(None, world.district, "DB-2", "彧珺")
    assert "DB-2" not in body(browser.get(f"{page}?q=仝"))
    assert "DB-1" in body(browser.get(f"{page}?q=db-1"))
    assert "DB-1" not in body(browser.get(f"{page}?state=no-account"))
    group = DeputyGroup.objects.get()
    assert "DB-2" not in body(browser.get(f"{page}?group={group.pk}"))
    assert "名额 200" in body(browser.get(page))


def test_what_is_refused_stays_in_the_form_and_nothing_is_half_written(
    world: World, congress: Congress, staff: User, as_user: Callable
) -> None:
    page = f"/work/members/{congress.pk}/new/"
    early = as_user(staff).post(page, MEMBER | {"code": "DB-1", "starts_on": "2021-01-01"})
    assert early.status_code == 400 and "不能早于本届开始" in early.content.decode()
    own = as_user(staff).post(page, MEMBER | {"code": "DB-1", "user": staff.username})
    assert own.status_code == 403
    assert not Person.objects.exists() and not DeputyGroup.objects.exists()


def test_a_member_resigns_and_her_history_stays(
    world: World, congress: Congress, staff: User, as_user: Callable
) -> None:
    member = seat(None, world.district, "DB-1", "仝𬤊")
    browser, page = as_user(staff), f"/work/members/{congress.pk}/{member.pk}/"
    refused = browser.post(f"{page}end/", {"last_day": "2021-01-01", "why": "resigned"})
    assert refused.status_code == 400
    assert browser.post(f"{page}end/", {"last_day": "2024-05-31", "why": "resigned"}).status_code == 302
    assert "辞职" in body(browser.get(page)) and "仝𬤊" not in body(browser.get(f"/work/members/{congress.pk}/"))
    assert "仝𬤊" in body(browser.get(f"/work/members/{congress.pk}/?state=ended"))


def test_a_new_term_is_begun_with_those_who_stay(
    world: World, congress: Congress, staff: User, as_user: Callable
) -> None:
    stays, _goes = seat(None, world.district, "DB-1", "仝𬤊"), seat(None, world.district, "DB-2", "彧珺")
    browser = as_user(staff)
    sent = browser.post(f"/work/members/{congress.pk}/term/", {"first_day": "2027-03-01", "carried": [stays.pk]})
    new = Congress.objects.get(term=11)
    assert sent.status_code == 302 and sent.url == f"/work/members/{new.pk}/"
    assert [one.person for one in new.memberships.all()] == [stays.person]
    assert browser.get(f"/work/members/{congress.pk}/term/").status_code == 404  # it is over
    assert Membership.objects.filter(congress=congress, ends_on=date(2027, 2, 28)).count() == 2


def test_the_staff_of_a_town_see_their_own_congress_alone(world: World, congress: Congress, as_user: Callable) -> None:
    member = seat(None, world.district, "DB-1", "仝𬤊")
    own = seat(None, world.west_town, "T-1", "镇代表")
    foreign = seat(None, world.east_town, "E-1", "邻镇代表")
    browser = as_user(person("town-staff", Role.STAFF, area=world.west_town))
    listed = body(browser.get("/work/members/"))
    assert "西镇" in listed and "东镇" not in listed and "登记一届人大" not in listed
    for one in (member, foreign):
        page = f"/work/members/{one.congress.pk}/"
        assert browser.get(page).status_code == browser.get(f"{page}{one.pk}/").status_code == 404
        assert browser.post(f"{page}{one.pk}/end/", {"last_day": "2024-01-01", "why": "moved"}).status_code == 404
    assert 'name="user"' not in body(browser.get(f"/work/members/{own.congress.pk}/new/"))  # whose accounts there are
    mixed = f"/work/members/{own.congress.pk}/{foreign.pk}/"
    assert browser.get(mixed).status_code == browser.post(f"{mixed}end/").status_code == 404
    assert not Membership.objects.exclude(ends_on=None).exists()


def test_the_list_asks_as_often_for_many_as_for_few(
    world: World, congress: Congress, staff: User, as_user: Callable, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        seat(None, world.district, f"DB-{number}", f"代表{number}")
    browser = as_user(staff)
    with django_assert_max_num_queries(12):
        assert "第 1 页，共 2 页" in body(browser.get(f"/work/members/{congress.pk}/"))


def test_who_enters_a_new_member_changes_nobody_who_is_there(
    world: World, congress: Congress, staff: User, deputy: User, as_user: Callable
) -> None:
    known = seat(None, world.district, "DB-1", "张三", constituency="第1选区")
    page, browser = f"/work/members/{congress.pk}/new/", as_user(staff)
    taken = browser.post(page, MEMBER | {"code": "DB-1", "name": "李四", "user": deputy.username})
    assert taken.status_code == 400 and "代表证号“DB-1”是" in taken.content.decode()
    other = browser.post(page, MEMBER | {"code": "DB-2", "name": "李四", "person": known.person.code})
    assert other.status_code == 400 and "是张三的" in other.content.decode()
    person_, member = Person.objects.get(), Membership.objects.get()
    assert (person_.name, person_.user, member.constituency) == ("张三", None, "第1选区")


def test_a_term_is_called_over_once_it_is_and_can_be_followed_before(
    world: World, congress: Congress, staff: User, as_user: Callable
) -> None:
    seat(None, world.district, "DB-1", "张三")
    browser, page, today = as_user(staff), f"/work/members/{congress.pk}/", timezone.localdate()
    Congress.objects.update(ends_on=today + timedelta(days=30))
    assert "已结束" not in body(browser.get("/work/members/"))
    assert "换届" in body(browser.get(page)) and "张三" in body(browser.get(page))
    assert f"{today + timedelta(days=31)}" in body(browser.get(f"{page}term/"))
    Congress.objects.update(ends_on=today - timedelta(days=1))
    assert "已结束" in body(browser.get("/work/members/"))
    assert "张三" not in body(browser.get(page)) and "张三" in body(browser.get(f"{page}?state=ended"))


def test_an_account_is_taken_off_a_person_by_choosing_none(
    world: World, congress: Congress, staff: User, deputy: User, as_user: Callable
) -> None:
    member = seat(deputy, world.district)
    page, browser = f"/work/members/{congress.pk}/{member.pk}/", as_user(staff)
    sent = {"name": member.person.name, "starts_on": f"{member.starts_on}", "began": "general"}
    User.objects.filter(pk=deputy.pk).update(is_active=False)
    assert f'value="{deputy.username}" selected' in body(browser.get(page))  # also one that is closed
    assert browser.post(page, sent | {"user": deputy.username}).status_code == 302
    assert Person.objects.get().user == deputy
    assert browser.post(page, sent | {"user": ""}).status_code == 302
    assert Person.objects.get().user is None
    entry = AuditEntry.objects.filter(verb="person-corrected").latest("pk")
    assert entry.detail["fields"] == ["user"]


def test_nobody_takes_her_own_account_off_and_a_towns_staff_nobody_s(
    world: World, congress: Congress, staff: User, deputy: User, as_user: Callable
) -> None:
    own, hers = seat(staff, world.district), seat(deputy, world.west_town)
    for one, who in ((own, staff), (hers, person("town-staff", Role.STAFF, area=world.west_town))):
        sent = {"name": one.person.name, "starts_on": f"{one.starts_on}", "began": "general", "user": ""}
        as_user(who).post(f"/work/members/{one.congress_id}/{one.pk}/", sent)
        one.person.refresh_from_db()
        assert one.person.user is not None


def test_who_sat_until_the_end_of_the_term_can_be_carried_over(
    world: World, congress: Congress, staff: User, as_user: Callable
) -> None:
    last = date(2027, 2, 28)
    stays = seat(None, world.district, "DB-1", "仝𬤊", ends_on=last, ended="term")
    left = seat(None, world.district, "DB-2", "彧珺", ends_on=date(2024, 5, 1), ended="resigned")
    Congress.objects.update(ends_on=last)
    browser, page = as_user(staff), f"/work/members/{congress.pk}/term/"
    shown = body(browser.get(page))
    assert "仝𬤊" in shown and "彧珺" not in shown
    assert browser.post(page, {"first_day": "2027-03-01", "carried": [left.pk]}).status_code == 400
    assert browser.post(page, {"first_day": "2027-03-01", "carried": [stays.pk]}).status_code == 302
    assert [one.person for one in Congress.objects.get(term=11).memberships.all()] == [stays.person]


def test_who_leaves_before_a_last_day_that_was_written_down_is_entered_and_once(
    world: World, congress: Congress, staff: User, as_user: Callable
) -> None:
    today = timezone.localdate()
    member = seat(None, world.district, "DB-1", "仝𬤊", ends_on=today + timedelta(days=60), ended="term")
    browser, page = as_user(staff), f"/work/members/{congress.pk}/{member.pk}/"
    assert f"{page}end/" in body(browser.get(page))
    sent = {"last_day": f"{today - timedelta(days=1)}", "why": "died"}
    assert browser.post(f"{page}end/", sent).status_code == 302
    member.refresh_from_db()
    assert (member.ends_on, member.ended) == (today - timedelta(days=1), "died")
    assert f"{page}end/" not in body(browser.get(page))
    assert browser.post(f"{page}end/", sent).status_code == 400
