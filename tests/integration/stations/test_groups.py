"""Deputy groups: who sees them, what is said in them, and their activities."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import DeputyGroup, GroupPost, Membership, Role, User
from geokit.refusal import BadInput
from stations.activities.plans import ActivityPlan
from stations.activities.services import announce
from stations.models import Deputy, Station
from stations.register.permissions import deputies_visible_to, deputy_of
from tests.data.cast import person, seat


@pytest.fixture
def group(world: Any, deputy: User) -> DeputyGroup:
    member = seat(deputy, world.district)
    made = DeputyGroup.objects.create(congress=member.congress, name="第一小组")
    Membership.objects.filter(pk=member.pk).update(group=made)
    return made


def _station(world: Any) -> Station:
    return Station.objects.create(
        code="LZ-9", name="站", kind="town", area=world.west_town, address="路1号", opening="每周三",
        geom=world.west_town.point,
    )  # fmt: skip


def _plan(title: str) -> ActivityPlan:
    starts = timezone.now() + timedelta(days=3)
    return ActivityPlan("study", title, starts, starts + timedelta(hours=2), "会议室")


def test_members_read_and_write_one_plain_thread(
    group: DeputyGroup, deputy: User, staff: User, as_user: Callable
) -> None:
    page = f"/stations/groups/{group.pk}/"
    assert as_user(deputy).post(page, {"text": "周五去看河\n<b>带水靴</b>"}).status_code == 302
    shown = as_user(staff).get(page).content.decode()
    assert "周五去看河" in shown and "<b>带水靴" not in shown and "张代表" in shown
    assert as_user(deputy).post(page, {"text": " "}).status_code == 400
    assert as_user(deputy).post(page, {"text": "长" * 2001}).status_code == 400
    assert GroupPost.objects.count() == 1


def test_others_see_no_group_and_say_nothing_in_it(
    group: DeputyGroup, officer: User, world: Any, as_user: Callable
) -> None:
    seat(officer, world.district)  # a deputy, but of no group
    town = person("town-staff", Role.STAFF, area=world.west_town)
    for stranger in (officer, town, person("other", Role.DEPUTY)):
        browser = as_user(stranger)
        assert group.name not in browser.get("/stations/groups/").content.decode()
        assert browser.get(f"/stations/groups/{group.pk}/").status_code == 404
        assert browser.post(f"/stations/groups/{group.pk}/", {"text": "我也去"}).status_code == 404
    assert as_user(None).get(f"/stations/groups/{group.pk}/").status_code == 302
    assert not GroupPost.objects.exists()


def test_an_activity_of_a_group_is_on_its_page_and_a_foreign_group_is_refused(
    group: DeputyGroup, deputy: User, staff: User, world: Any, as_user: Callable
) -> None:
    member = Membership.objects.get(person__user=deputy)
    mine = Deputy.objects.create(code="D-9", name="张代表", user=deputy, person=member.person, station=_station(world))
    announce(staff, _plan("小组学习"), [mine], group=group)
    assert "小组学习" in as_user(deputy).get(f"/stations/groups/{group.pk}/").content.decode()
    town = person("town-staff", Role.STAFF, area=world.west_town)
    with pytest.raises(BadInput) as caught:
        announce(town, _plan("别人的小组"), [mine], group=group)
    assert caught.value.errors[0].field == "group"


def test_who_sits_no_more_is_in_no_list_of_deputies(group: DeputyGroup, deputy: User, world: Any) -> None:
    member = Membership.objects.get(person__user=deputy)
    mine = Deputy.objects.create(code="D-9", name="张代表", user=deputy, person=member.person, station=_station(world))
    assert deputy_of(deputy) == mine and mine in deputies_visible_to(None)
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(pk=member.pk).update(ends_on=yesterday, ended="resigned")
    assert deputy_of(deputy) is None and mine not in deputies_visible_to(None)


def test_the_page_of_a_deputy_says_where_she_sits(
    group: DeputyGroup, deputy: User, world: Any, as_user: Callable
) -> None:
    member = Membership.objects.get(person__user=deputy)
    mine = Deputy.objects.create(code="D-9", name="张代表", person=member.person, station=_station(world))
    seat(deputy, world.west_town)
    shown = as_user(None).get(mine.get_absolute_url()).content.decode()
    assert "海曙区第10届人大" in shown and "西镇第10届人大" in shown
    assert "海曙区第10届人大" in as_user(None).get("/stations/deputies/").content.decode()
    assert "海曙区第10届人大" in as_user(None).get("/stations/LZ-9/").content.decode()
