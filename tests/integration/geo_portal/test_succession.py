"""A person who leaves hands over what waited for her; two accounts of one person become one."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Area, Notice, Role, User
from accounts.succession import services
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger.chain.declared import Touched
from ledger.models import AuditEntry
from papers.chain import papers_follow_their_events
from papers.register import services as papers
from stations.models import Deputy, Reception, Station
from supervision.models import Suggestion, SuggestionEvent
from tests.data.cast import person, seat

TEXTS = {
    "title": "关于整治南塘河西镇段的建议",
    "facts": "南塘河西镇段沿线有三处雨污混排，居民多次反映。",
    "analysis": "沿线餐饮集中，隔油设施缺失，管道错接。",
    "request": "建议在年底前完成管网改造并公布水质。",
}


@pytest.fixture
def other(world: Any) -> User:
    return person("deputy-2", "deputy", display_name="彧珺")


@pytest.fixture
def station(world: Any) -> Station:
    return Station.objects.create(
        code="S-01", name="西镇联络站", kind=Station.Kind.TOWN, area=world.west_town, address="人民路1号",
        opening="每月15日 08:30-11:00", geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip


@pytest.fixture
def matter(deputy: User, world: Any) -> Suggestion:
    now = timezone.now()
    made = Suggestion.objects.create(
        number="HS-2026-001", title="河面油污", text="河面有油污", category="water", author=deputy,
        area=world.west_town,
        submitted_at=now,
    )  # fmt: skip
    SuggestionEvent.objects.create(suggestion=made, verb="submitted", at=now, actor=deputy)
    return made


@pytest.fixture
def day(deputy: User, station: Station) -> Reception:
    own = Deputy.objects.create(code="D-1", name="陈一", station=station, user=deputy)
    starts = timezone.now() + timedelta(days=5)
    made = Reception.objects.create(station=station, starts_at=starts, ends_at=starts + timedelta(hours=2))
    made.deputies.set([own])
    return made


def hand_over(actor: Any, leaver: User, successor: User, **how: Any) -> tuple[int, int]:
    double = how.get("is_double", False)
    digest = services.seen(services.groups(leaver, successor, is_double=double))
    return services.hand_over(actor, leaver.pk, successor.pk, digest=digest, **how)


def test_everything_that_waited_for_her_moves_each_with_an_event(
    staff: User, deputy: User, other: User, matter: Suggestion, day: Reception, station: Station
) -> None:
    new = Deputy.objects.create(code="D-2", name="彧珺", station=station, user=other)
    assert hand_over(staff, deputy, other, close=True) == (2, 0)
    matter.refresh_from_db()
    assert (matter.author, matter.version) == (other, 2)
    event = matter.events.latest("pk")
    assert (event.verb, event.actor, "交给彧珺" in event.text) == ("adopted", staff, True)
    assert list(day.deputies.all()) == [new]
    assert day.events.get().detail["handed_over"][1] == new.pk
    assert Notice.objects.filter(recipient=other, kind="account-handed-over").count() == 1
    deputy.refresh_from_db()
    assert not deputy.is_active
    assert AuditEntry.objects.get(verb="person-handed-over").detail == {"to": other.pk, "moved": 2, "stayed": 0}


def test_what_the_successor_cannot_take_stays_with_its_reason(
    staff: User, deputy: User, other: User, matter: Suggestion, day: Reception, as_user: Any
) -> None:
    page = as_user(staff).get(f"/work/people/{deputy.pk}/leave/?to={other.pk}").content.decode()
    assert "不在代表名册里" in page and "HS-2026-001" in page and "交接 1 项" in page
    assert hand_over(staff, deputy, other) == (1, 1)
    assert day.deputies.get().user == deputy


def test_a_co_signer_leads_the_paper_on_and_nobody_else(staff: User, deputy: User, other: User, world: Any) -> None:
    own, second = seat(deputy, world.district), seat(other, world.district)
    paper = papers.begin(deputy, own, **TEXTS)
    assert hand_over(staff, deputy, other) == (0, 1)
    paper = papers.invite(deputy, paper, paper.version, [second])
    paper = papers.confirm(other, paper)
    assert hand_over(staff, deputy, other) == (1, 0)
    assert paper.signatories.get(is_lead=True).member == second
    assert paper.events.latest("pk").verb == "lead_passed"
    assert not list(papers_follow_their_events(Touched()))


def test_what_is_confirmed_is_what_was_shown(staff: User, deputy: User, other: User, matter: Suggestion) -> None:
    digest = services.seen(services.groups(deputy, other))
    Suggestion.objects.filter(pk=matter.pk).update(author=other)
    with pytest.raises(StaleEdit):
        services.hand_over(staff, deputy.pk, other.pk, digest=digest)


def test_two_accounts_of_one_person_become_one_and_her_seat_goes_along(
    staff: User, deputy: User, other: User, matter: Suggestion, day: Reception, world: Any
) -> None:
    own = seat(deputy, world.district)
    assert hand_over(staff, deputy, other, is_double=True) == (4, 0)
    own.person.refresh_from_db()
    assert own.person.user == other
    assert day.deputies.get().user == other
    assert Suggestion.objects.get().author == other
    assert not User.objects.get(pk=deputy.pk).is_active
    assert SuggestionEvent.objects.get(verb="submitted").actor == deputy, "what was done stays under its name"


def test_accounts_that_both_have_a_seat_are_brought_together_first(
    staff: User, deputy: User, other: User, world: Any
) -> None:
    own = seat(deputy, world.district)
    seat(other, world.district)
    assert hand_over(staff, deputy, other, is_double=True) == (0, 1)
    own.person.refresh_from_db()
    assert own.person.user == deputy


def test_who_does_not_keep_both_accounts_moves_nothing(
    world: Any, staff: User, admin_user: User, deputy: User, other: User, officer: User, gis: User, matter: Suggestion,
    as_user: Any,
) -> None:  # fmt: skip
    town = person("west-staff", "staff", area=world.west_town)
    for who in (town, officer, gis, other, deputy):
        with pytest.raises(NotPermitted):
            hand_over(who, deputy, other)
        assert as_user(who).post(f"/work/people/{deputy.pk}/leave/?to={other.pk}", {"seen": "x"}).status_code == 404
    with pytest.raises(NotPermitted, match="没有这个账号"):
        hand_over(staff, admin_user, other)
    with pytest.raises(NotPermitted, match="另一位"):
        hand_over(admin_user, admin_user, other)
    for wrong in (officer, deputy):
        with pytest.raises(BadInput):
            hand_over(staff, deputy, wrong)
    User.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(BadInput):
        hand_over(staff, deputy, other)
    assert Suggestion.objects.get().author == deputy


def test_the_page_moves_by_post_and_says_who_else_sees_an_officer_s_work(
    staff: User, deputy: User, other: User, officer: User, matter: Suggestion, as_user: Any
) -> None:
    client = as_user(staff)
    assert "再没有别人看得到" in client.get(f"/work/people/{officer.pk}/leave/").content.decode()
    address = f"/work/people/{deputy.pk}/leave/?to={other.pk}"
    shown = client.get(address).context["confirm"].initial["seen"]
    assert client.post(address, {"seen": "another"}).status_code == 409
    assert client.post(address, {"seen": shown, "close": "on"}).status_code == 302
    assert Suggestion.objects.get().author == other
    for odd in ("0", "x", "9" * 30, "\x00"):
        assert client.get(f"/work/people/{deputy.pk}/leave/", {"to": odd}).status_code == 400
    assert User.objects.get(pk=officer.pk).role == Role.OFFICER


def test_nobody_takes_over_herself_what_she_moves(staff: User, deputy: User, other: User, world: Any) -> None:
    own = seat(deputy, world.district)
    User.objects.filter(pk=deputy.pk).update(role=Role.STAFF)  # by which an account would become a successor's equal
    with pytest.raises(NotPermitted):
        services.hand_over(staff, deputy.pk, staff.pk, digest="", is_double=True)
    assert staff not in services.successors(staff, User.objects.get(pk=deputy.pk))
    own.person.refresh_from_db()
    assert own.person.user == deputy


@pytest.mark.parametrize("is_double", [False, True])
def test_nothing_goes_to_another_districts_person(
    is_double: bool, staff: User, deputy: User, other: User, matter: Suggestion, world: Any
) -> None:
    seat(deputy, world.district)
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    beside = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=beside)
    cache.clear()
    admin = person("city-admin", Role.ADMIN)
    stranger = person("their-deputy", Role.DEPUTY, area=beside)
    mine = person("own-deputy", Role.DEPUTY, area=world.district)
    leaver = User.objects.get(pk=deputy.pk)
    assert set(services.successors(admin, leaver)) >= {mine} and stranger not in services.successors(admin, leaver)
    with pytest.raises(BadInput) as caught:
        hand_over(admin, leaver, stranger, is_double=is_double)
    assert caught.value.code == "no-successor"
    matter.refresh_from_db()
    assert matter.author == deputy and User.objects.get(pk=deputy.pk).is_active


def test_an_officers_work_never_goes_to_another_department(staff: User, officer: User, other_officer: User) -> None:
    with pytest.raises(BadInput) as caught:
        hand_over(staff, officer, other_officer)
    assert caught.value.code == "no-successor"
