"""Congresses, terms and members: who enters them, what the database refuses, and that nothing is lost."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.congress.models import Congress, DeputyGroup, GroupPost, Membership, Person
from accounts.congress.permissions import congresses_kept_by, groups_seen_by
from accounts.congress.queries import congress_of, members_on, with_members
from accounts.congress.services import (
    begin_term,
    end_membership,
    group_named,
    post_in_group,
    save_congress,
    save_member,
    save_person,
)
from accounts.models import Area, Role, User
from accounts.permissions import has_role, is_deputy, is_officer_of
from geokit.refusal import NotPermitted, Refusal
from ledger import chain
from ledger.models import AuditEntry
from tests.conftest import World
from tests.data.cast import TERM_BEGINS, person, seat
from tests.integration.accounts.test_loads import load

HEAD = "代表证号,姓名,人大,届次,人员编号,账号,选区,代表小组,职务,任职开始,任职最后一天,终止原因\n"


def code_of(work: Any, *given: Any, **more: Any) -> str:
    with pytest.raises(Refusal) as caught:
        work(*given, **more)
    return caught.value.code


@pytest.fixture
def congress(world: World) -> Congress:
    return Congress.objects.create(area=world.district, level="district", term=10, starts_on=TERM_BEGINS)


@pytest.fixture
def town_staff(world: World) -> User:
    return person("town-staff", Role.STAFF, area=world.west_town)


def test_nobody_sits_twice_at_a_time_and_a_by_election_is_a_membership_of_its_own(
    world: World, congress: Congress, staff: User
) -> None:
    first = seat(None, world.district, "DB-1", "仝𬤊")
    assert code_of(save_member, staff, "DB-2", congress, first.person, {}) == "member-already"
    end_membership(staff, first.pk, date(2024, 5, 31), "resigned")
    again = save_member(
        staff, "DB-2", congress, first.person, {"starts_on": date(2025, 3, 1), "began": Membership.Began.BY_ELECTION}
    )
    assert [len(members_on(congress, day)) for day in (date(2024, 5, 31), date(2024, 6, 1), date(2025, 3, 1))] == [
        1, 0, 1,
    ]  # fmt: skip
    assert again.person == first.person and Membership.objects.count() == 2
    assert {"membership-ended", "member-entered"} <= set(AuditEntry.objects.values_list("verb", flat=True))
    assert chain.verify().faults == ()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"ends_on": date(2021, 1, 1), "ended": "resigned"}, "a_membership_ends_after_it_starts"),
        ({"ends_on": date(2024, 1, 1)}, "an_end_has_a_reason"),
        ({"ended": "resigned"}, "an_end_has_a_reason"),
    ],
)
def test_the_database_refuses_an_end_that_is_none(
    change: dict[str, Any], constraint: str, world: World, congress: Congress
) -> None:
    member = seat(None, world.district, "DB-1", "甲")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Membership.objects.filter(pk=member.pk).update(**change)


def test_the_database_refuses_two_at_a_time_another_level_and_another_congresss_group(
    world: World, congress: Congress
) -> None:
    member = seat(None, world.district, "DB-1", "甲")
    with pytest.raises(IntegrityError, match="one_membership_at_a_time"), transaction.atomic():
        Membership.objects.create(
            code="DB-2", person=member.person, congress=congress, starts_on=date(2023, 1, 1),
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="congress_level_is_its_areas"), transaction.atomic():
        Congress.objects.create(area=world.west_town, level="city", term=1, starts_on=TERM_BEGINS)
    with pytest.raises(IntegrityError, match="congress_level_is_its_areas"), transaction.atomic():
        Area.objects.filter(pk=world.district.pk).update(level="city")
    with pytest.raises(IntegrityError, match="a_congress_has_an_area"), transaction.atomic():
        Congress.objects.create(area=world.west_town, level="national", term=1, starts_on=TERM_BEGINS)
    other = Congress.objects.create(area=world.west_town, level="town", term=1, starts_on=TERM_BEGINS)
    group = DeputyGroup.objects.create(congress=other, name="第一小组")
    with pytest.raises(IntegrityError, match="group_is_of_the_congress"), transaction.atomic():
        Membership.objects.filter(pk=member.pk).update(group=group)


def test_five_levels_each_with_the_area_of_its_level_and_no_street(world: World, staff: User) -> None:
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    province = Area.objects.create(code="33", name="浙江省", level="province")
    given = {"starts_on": TERM_BEGINS}
    places = [("national", None), ("province", province), ("city", city)]
    for level, area in [*places, ("district", world.district), ("town", world.east_town)]:
        save_congress(staff, level, area, 14, given)
    assert Congress.objects.count() == 5
    assert code_of(save_congress, staff, "city", world.district, 1, given) == "level-of-area"
    assert code_of(save_congress, staff, "national", world.district, 1, given) == "not-for-level"
    assert code_of(save_congress, staff, "town", None, 1, given) == "required"
    street = Area.objects.create(code="330203001", name="南门街道", level="town", parent=world.district)
    assert code_of(save_congress, staff, "town", street, 1, given) == "street"
    save_congress(staff, "district", world.district, 14, {"seats": 200})
    assert Congress.objects.get(area=world.district).seats == 200


def test_a_new_term_ends_the_old_one_and_carries_over_who_stays(world: World, congress: Congress, staff: User) -> None:
    stays, goes = seat(None, world.district, "DB-1", "甲"), seat(None, world.district, "DB-2", "乙")
    left = seat(None, world.district, "DB-3", "丙", ends_on=date(2024, 1, 1), ended="moved")
    stays.group = group_named(staff, congress, "第一小组")
    stays.save()
    assert code_of(begin_term, staff, congress.pk, TERM_BEGINS, []) == "too-early"
    new = begin_term(staff, congress.pk, date(2027, 3, 1), [stays.pk, left.pk])
    assert new.term == 11
    assert [congress_of(world.district, day) for day in (date(2027, 2, 28), date(2027, 3, 1))] == [congress, new]
    for member in (stays, goes, left):
        member.refresh_from_db()
    assert [(one.ends_on, one.ended) for one in (stays, goes, left)] == [
        (date(2027, 2, 28), "term"), (date(2027, 2, 28), "term"), (date(2024, 1, 1), "moved"),
    ]  # fmt: skip
    [carried] = members_on(new, date(2027, 3, 1))
    assert (carried.person, carried.group.name, carried.group.congress) == (stays.person, "第一小组", new)
    assert len(members_on(congress, date(2027, 2, 28))) == 2  # history answers as it did
    assert code_of(begin_term, staff, congress.pk, date(2032, 3, 1), []) == "ended-already"


def test_a_number_that_a_seat_elsewhere_has_already_does_not_stop_a_new_term(
    world: World, congress: Congress, staff: User
) -> None:
    """Somebody who sits in two congresses of the same term, or codes that begin alike."""
    here = seat(None, world.district, "DB-1", "甲")
    person_code = here.person.code
    seat(None, world.west_town, f"{person_code[:24]}-11", "乙")
    seat(None, world.west_town, f"{person_code[:24]}-11-2", "丙")
    new = begin_term(staff, congress.pk, date(2027, 3, 1), [here.pk])
    assert [member.code for member in members_on(new, date(2027, 3, 1))] == [f"{person_code[:24]}-11-3"]


def test_the_staff_of_a_town_keep_their_own_congress_and_no_other(
    world: World, congress: Congress, town_staff: User, officer: User, deputy: User
) -> None:
    west = Congress.objects.create(area=world.west_town, level="town", term=3, starts_on=TERM_BEGINS)
    east = Congress.objects.create(area=world.east_town, level="town", term=3, starts_on=TERM_BEGINS)
    assert list(congresses_kept_by(town_staff)) == [west]
    someone = save_person(town_staff, "P-1", "甲")
    member = save_member(town_staff, "T-1", west, someone, {})
    for foreign in (east, congress):
        assert code_of(save_member, town_staff, "T-2", foreign, someone, {}) == "not-permitted"
        assert code_of(begin_term, town_staff, foreign.pk, date(2027, 1, 1), []) == "not-permitted"
        assert code_of(group_named, town_staff, foreign, "小组") == "not-permitted"
    assert code_of(save_congress, town_staff, "town", world.west_town, 4, {"starts_on": TERM_BEGINS}) == "not-permitted"
    theirs = seat(None, world.east_town, "E-1", "乙")
    assert code_of(end_membership, town_staff, theirs.pk, date(2025, 1, 1), "resigned") == "not-permitted"
    assert code_of(save_person, town_staff, theirs.person.code, "改名") == "not-permitted"
    for stranger in (officer, deputy, None):
        assert code_of(end_membership, stranger, member.pk, date(2025, 1, 1), "resigned") == "not-permitted"
        assert code_of(save_person, stranger, "P-9", "丁") == "not-permitted"
    assert Membership.objects.get(pk=theirs.pk).ends_on is None


def test_an_account_is_linked_by_the_districts_staff_and_never_ones_own(
    world: World, congress: Congress, staff: User, town_staff: User, deputy: User
) -> None:
    Congress.objects.create(area=world.west_town, level="town", term=3, starts_on=TERM_BEGINS)
    assert code_of(save_person, town_staff, "P-1", "甲", deputy) == "not-permitted"
    assert code_of(save_person, staff, "P-1", "甲", staff) == "not-permitted"
    assert not Person.objects.exists()
    assert save_person(staff, "P-1", "甲", deputy).user == deputy
    assert code_of(save_person, staff, "P-2", "乙", deputy) == "bad-person"


def test_one_person_is_deputy_and_officer_at_once_while_she_sits(
    world: World, congress: Congress, officer: User, staff: User
) -> None:
    assert not is_deputy(officer)
    member, of_today = seat(officer, world.district), User.objects.get(pk=officer.pk)
    assert has_role(of_today, Role.DEPUTY) and is_officer_of(of_today, world.water.pk)
    assert not has_role(of_today, Role.STAFF)
    Membership.objects.filter(pk=member.pk).update(ends_on=date(2024, 1, 1), ended="resigned")
    later = User.objects.get(pk=officer.pk)
    assert not is_deputy(later) and is_officer_of(later, world.water.pk)


def test_a_group_is_read_and_written_by_its_members_and_its_keepers(
    world: World, congress: Congress, deputy: User, officer: User, staff: User, town_staff: User
) -> None:
    group = DeputyGroup.objects.create(congress=congress, name="第一小组")
    seat(deputy, world.district, group=group)
    other = seat(officer, world.district)
    assert list(groups_seen_by(deputy)) == list(groups_seen_by(staff)) == [group]
    assert not groups_seen_by(officer) and not groups_seen_by(town_staff) and not groups_seen_by(None)
    post_in_group(deputy, group, " 周五去看河。 ")
    assert post_in_group(deputy, group, "周五去看河。") == GroupPost.objects.get(), "a button pressed twice"
    assert (GroupPost.objects.get().text, GroupPost.objects.get().author) == ("周五去看河。", deputy)
    assert code_of(post_in_group, other.person.user, group, "我也去") == "not-permitted"
    assert code_of(post_in_group, deputy, group, "  ") == "bad-post"
    assert code_of(post_in_group, deputy, group, "长" * 2001) == "bad-post"


def test_a_sheet_of_members_is_previewed_upserted_and_taken_back(
    world: World, congress: Congress, staff: User, deputy: User, tmp_path: Path
) -> None:
    first_row = "DB-1,仝𬤊,海曙区,10,,a-deputy,城关第1选区,第一小组,主任、小组组长,,,"
    rows = f"{HEAD}{first_row}\nDB-2,彧珺,330203,,,,,,,2024-03-01,,\n"
    preview = load(staff, "memberships", rows, tmp_path, dry_run=True)
    assert preview.counts["stored"] == 2 and not Membership.objects.exists()
    assert load(staff, "memberships", rows, tmp_path).counts["stored"] == 2
    assert load(staff, "memberships", rows, tmp_path).counts["same"] == 2
    first = Membership.objects.get(code="DB-1")
    assert (first.person.user, first.group.name, first.posts) == (deputy, "第一小组", ["主任", "小组组长"])
    left = f"{HEAD}DB-1,仝𬤊,330203,10,,a-deputy,城关第1选区,第一小组,,,2025-06-30,辞职\n"
    again = load(staff, "memberships", left, tmp_path)
    assert {change.column for change in again.outcomes[0].changes} == {"ends_on", "ended", "posts"}
    from accounts.loads.services import undo

    assert undo(staff, again.load.pk)[1:] == (1, 0)
    first.refresh_from_db()
    assert (first.ends_on, first.posts) == (None, ["主任", "小组组长"])
    newest = again.load.pk - 1
    assert undo(staff, newest)[1:] == (2, 0)
    assert not Membership.objects.exists() and not Person.objects.exists()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("DB-9,甲,没有的区,10,,,,,,,,", "area"),
        ("DB-9,甲,330203,99,,,,,,,,", "term"),
        ("DB-9,甲,330203,第十,,,,,,,,", "term"),
        ("DB-9,甲,330203,10,,nobody,,,,,,", "account"),
        ("DB-9,甲,330203,10,,,,,,2021-12-31,,", "starts_on"),
        ("DB-9,甲,330203,10,,,,,,,2025-01-01,", ""),
        ("DB-9,甲,330203,10,,,,,,,2025-01-01,走了", "ended"),
        ("DB-9,,330203,10,,,,,,,,", "name"),
        ("DB-1,别人,330203,10,P-2,,,,,,,", "person"),
        ("DB-9,甲,330203,10,DB-1,,,,,,,", "person"),
        ("DB-9,甲,全国,14,,,,,,,,", "term"),
        (f"DB-9,{'长' * 41},330203,10,,,,,,,,", "name"),
        (f"DB-9,甲,330203,10,,,,,{'、'.join('职' for _n in range(11))},,,", "posts"),
        (f"DB-9,甲,330203,10,,,,{'组' * 61},,,,", "group"),
    ],
)
def test_a_row_that_is_none_is_refused_with_its_column_and_the_others_are_kept(
    row: str, column: str, world: World, congress: Congress, staff: User, tmp_path: Path
) -> None:
    seat(None, world.district, "DB-1", "先到")
    answer = load(staff, "memberships", f"{HEAD}{row}\nDB-8,乙,330203,10,,,,,,,,\n", tmp_path)
    assert (answer.counts["refused"], answer.counts["stored"]) == (1, 1)
    assert answer.outcomes[0].errors[0].field == column
    assert not Person.objects.filter(code__in=["DB-9", "P-2"]).exists()


def test_a_sheet_is_refused_for_who_sets_no_district_up(
    world: World, congress: Congress, town_staff: User, deputy: User, tmp_path: Path
) -> None:
    for actor in (town_staff, deputy, None):
        with pytest.raises(NotPermitted):
            load(actor, "memberships", f"{HEAD}DB-1,甲,330203,10,,,,,,,,\n", tmp_path)
    assert not Membership.objects.exists()


def test_terms_come_in_by_a_sheet(world: World, staff: User, tmp_path: Path) -> None:
    text = "人大,届次,代表名额,本届开始,本届结束\n330203,10,200,2022-03-01,\n全国,14,,2023-03-05,\n西镇,3,60,,\n"
    answer = load(staff, "congresses", text, tmp_path)
    assert (answer.counts["stored"], answer.counts["refused"]) == (2, 1)
    assert {one.level: one.seats for one in Congress.objects.all()} == {"district": 200, "national": None}


def test_nobody_sits_longer_than_the_term_however_its_end_came_to_be_known(
    world: World, congress: Congress, officer: User, staff: User
) -> None:
    member, today = seat(officer, world.district), timezone.localdate()
    yesterday = today - timedelta(days=1)
    save_congress(staff, "district", world.district, 10, {"ends_on": yesterday})
    assert not is_deputy(User.objects.get(pk=officer.pk))
    member = Membership.objects.get(pk=member.pk)
    assert [member.is_in_force(day) for day in (yesterday, today)] == [True, False]
    assert [len(members_on(congress, day)) for day in (yesterday, today)] == [1, 0]
    assert with_members(Congress.objects.all(), today).get().members == 0
    save_congress(staff, "district", world.district, 10, {"ends_on": today})
    assert is_deputy(User.objects.get(pk=officer.pk)), "the last day of a term counts"


@pytest.mark.parametrize(
    ("planned", "first_day", "last_day"),
    [
        (date(2027, 2, 28), date(2027, 3, 1), date(2027, 2, 28)),
        (date(2027, 2, 28), date(2027, 2, 1), date(2027, 1, 31)),
        (date(2027, 2, 28), date(2027, 4, 1), date(2027, 2, 28)),
    ],
)
def test_a_term_whose_end_was_written_down_earlier_is_followed_by_the_next(
    planned: date, first_day: date, last_day: date, world: World, congress: Congress, staff: User
) -> None:
    stays = seat(None, world.district, "DB-1", "甲")
    resigns = seat(None, world.district, "DB-2", "乙", ends_on=date(2027, 2, 27), ended="resigned")
    save_congress(staff, "district", world.district, 10, {"ends_on": planned})
    new = begin_term(staff, congress.pk, first_day, [stays.pk])
    for row in (congress, stays, resigns):
        row.refresh_from_db()
    assert (congress.ends_on, stays.ends_on, stays.ended) == (last_day, last_day, "term")
    assert resigns.ends_on == min(date(2027, 2, 27), last_day)
    assert [one.person for one in members_on(new, first_day)] == [stays.person]
