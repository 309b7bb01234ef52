"""Signing in: by a code that one stands before, once, for oneself; what was wrong is corrected by another event."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Congress
from geokit.refusal import BadInput, NotPermitted
from meetings.agenda import services as agenda
from meetings.models import PresenceEvent
from meetings.presence import services
from meetings.presence.queries import attendance, standings
from papers.models import CongressSession
from tests.data.cast import person, seat


def told(item):
    found = attendance(standings(item))
    return found.due, found.present, found.excused, found.absent


def test_a_printed_code_signs_in_its_reader_once_and_nobody_else(as_user, deputy, congress, sitting):
    client = as_user(deputy)
    page = client.get(f"/meetings/in/{sitting.code}/").content.decode()
    assert "第一次全体会议" in page and "张代表签到" in page
    other = congress.seats[0]
    answer = client.post(f"/meetings/in/{sitting.code}/", {"member": other.pk, "user": other.person.user_id})
    assert answer.status_code == 302
    event = PresenceEvent.objects.get()
    assert (event.member, event.verb, event.actor) == (congress.lead, "signed_in", deputy)
    assert told(sitting) == (4, 1, 0, 3)

    again = client.post(f"/meetings/in/{sitting.code}/")
    assert again.status_code == 400 and "不用再签" in again.content.decode()
    assert PresenceEvent.objects.count() == 1
    assert "已签到" in client.get(f"/meetings/{sitting.meeting_id}/").content.decode()


def test_the_code_can_be_typed_and_one_of_another_session_is_refused_in_words(
    as_user, deputy, congress, staff, sitting
):
    today = timezone.localdate()
    second = CongressSession.objects.create(
        congress=congress.of, number=7, opens_on=today, closes_on=today, motions_due_at=timezone.now(),
        suggestions_due_at=timezone.now(),
    )  # fmt: skip
    other = agenda.open_column(staff, second)
    client = as_user(deputy)
    refused = client.post(f"/meetings/{other.pk}/sign-in/", {"code": sitting.code})
    assert refused.status_code == 400 and f"“{sitting.meeting}”的签到码" in refused.content.decode()
    for code in ("", "  ", "zzzzzzzzzz", "\0", "x" * 20, "é²٣"):
        assert client.post(f"/meetings/{other.pk}/sign-in/", {"code": code}).status_code == 400, code
    assert not PresenceEvent.objects.exists()
    typed = f" {sitting.code[:5].upper()} {sitting.code[5:]}"
    assert client.post(f"/meetings/{sitting.meeting_id}/sign-in/", {"code": typed}).status_code == 302
    assert PresenceEvent.objects.get().item == sitting


def test_a_deputy_of_another_congress_and_a_group_are_not_expected(as_user, deputy, congress, staff, sitting, world):
    Congress.objects.get_or_create(level="town", area=world.west_town, term=1, defaults={"starts_on": "2020-01-01"})
    stranger = person("town-deputy", "deputy")
    seat(stranger, world.west_town)
    page = as_user(stranger).get(f"/meetings/in/{sitting.code}/")
    assert page.status_code == 200 and "不是这次会议的代表" in page.content.decode()
    refused = as_user(stranger).post(f"/meetings/in/{sitting.code}/")
    assert refused.status_code == 400 and "应到的代表" in refused.content.decode()
    for_group = agenda.add_item(
        staff, sitting.meeting_id, title="西镇代表团审议", kind="group", starts_at=timezone.now(), takes_sign_in=True,
        group=congress.group,
    )  # fmt: skip
    refused = as_user(congress.seats[1].person.user).post(f"/meetings/in/{for_group.code}/")
    assert refused.status_code == 400 and told(for_group) == (2, 0, 0, 2)
    assert as_user(None).post(f"/meetings/in/{sitting.code}/").status_code == 302
    assert not PresenceEvent.objects.exists()


def test_not_before_its_time_not_after_it_and_not_where_nobody_signs_in(deputy, congress, staff, sitting):
    start = sitting.starts_at
    for at, code in ((start - timedelta(minutes=61), "too-early"), (start + timedelta(hours=7), "too-late")):
        with pytest.raises(Exception) as caught:
            services.sign_in(deputy, sitting, at)
        assert caught.value.errors[0].code == code
    agenda.save_item(staff, sitting.pk, 1, {"takes_sign_in": False})
    sitting.refresh_from_db()
    with pytest.raises(Exception) as caught:
        services.sign_in(deputy, sitting)
    assert caught.value.errors[0].code == "no-sign-in"


def test_staff_enter_and_correct_and_everything_stays_on_record(as_user, deputy, congress, staff, sitting, officer):
    client, address = as_user(staff), f"/meetings/{sitting.meeting_id}/desk/items/{sitting.pk}/presence/"
    first, second = congress.seats[:2]

    def write(who, member, verb, text=""):
        return as_user(who).post(address, {"member": member.pk, "verb": verb, "text": text}).status_code

    assert write(staff, first, "entered") == 302 and write(staff, second, "excused", "出差") == 302
    assert write(staff, first, "entered") == 400, "twice"
    assert write(staff, first, "corrected") == 400, "without a reason"
    assert write(staff, congress.seats[2], "corrected", "没有记录") == 400
    assert told(sitting) == (4, 1, 1, 2)
    assert write(staff, first, "corrected", "登记错人") == 302 and told(sitting) == (4, 0, 1, 3)
    assert write(deputy, first, "entered") == 404 and write(officer, first, "entered") == 404
    for bad in ("0", "-1", "x", "9" * 30, "\0"):
        assert client.post(address, {"member": bad, "verb": "entered"}).status_code in (400, 404)
    assert PresenceEvent.objects.count() == 3
    page = client.get(address).content.decode()
    assert "登记错人" in page and "出差" in page
    with pytest.raises(NotPermitted):
        services.enter(deputy, sitting, first)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE meetings_presenceevent SET verb = 'signed_in'")


def test_todays_sitting_waits_in_the_inbox_until_she_has_signed_in(as_user, deputy, congress, staff, meeting, sitting):
    from meetings.inbox import waiting

    def titles(user):
        return [row.title for kind in waiting(user, timezone.localdate()) for row in kind.rows]

    now = timezone.now()
    more = {"kind": "group", "takes_sign_in": True, "starts_at": now}
    agenda.add_item(staff, meeting.pk, title="她的小组", group=congress.group, **more)
    agenda.add_item(staff, meeting.pk, title="明天的会", **more | {"starts_at": now + timedelta(days=1)})
    agenda.add_item(staff, meeting.pk, title="不用签到的", **more | {"takes_sign_in": False})
    assert titles(deputy) == ["第一次全体会议", "她的小组"]
    outside = congress.seats[2]
    assert titles(outside.person.user) == ["第一次全体会议"], "she is in no group"
    assert titles(person("no-seat", "deputy")) == titles(staff) == []
    page = as_user(deputy).get("/work/").content.decode()
    assert "今天签到" in page and "第一次全体会议" in page

    event = services.sign_in(deputy, sitting)
    assert titles(deputy) == ["她的小组"]
    assert event.verb == "signed_in"
    assert titles(outside.person.user) == ["第一次全体会议"]


def test_who_was_corrected_to_absent_does_not_sign_in_again_by_the_code(deputy, congress, staff, sitting):
    """A code that was photographed is used from afar: the staff's correction stands until they enter her."""
    services.sign_in(deputy, sitting)
    services.correct(staff, sitting, congress.lead, "不在会场")
    with pytest.raises(Exception) as caught:
        services.sign_in(deputy, sitting)
    assert caught.value.errors[0].code == "corrected"
    assert told(sitting) == (4, 0, 0, 4)
    services.enter(staff, sitting, congress.lead)
    assert told(sitting) == (4, 1, 0, 3)


def test_staff_who_sit_do_not_enter_themselves(staff, congress, sitting, world):
    seat(staff, world.district)
    mine = congress.of.memberships.get(person__user=staff)
    for write in (services.enter, services.excuse):
        with pytest.raises(BadInput) as refused:
            write(staff, sitting, mine)
        assert refused.value.errors[0].code == "own"
    services.enter(person("colleague", "staff"), sitting, mine)
    assert told(sitting) == (5, 1, 0, 4)


def test_nobody_is_there_before_one_can_be_but_leave_is_known_ahead(staff, congress, sitting):
    later = timezone.now() + timedelta(days=1)
    tomorrow = agenda.add_item(staff, sitting.meeting_id, title="明天的会", starts_at=later, takes_sign_in=True)
    with pytest.raises(BadInput) as refused:
        services.enter(staff, tomorrow, congress.lead)
    assert refused.value.errors[0].code == "too-early"
    services.excuse(staff, tomorrow, congress.lead, "出差")
    assert told(tomorrow) == (4, 0, 1, 3)


def test_a_sitting_that_somebody_came_to_keeps_its_day_its_group_and_that_one_signs_in(
    staff, deputy, congress, sitting
):
    tomorrow = sitting.starts_at + timedelta(days=1)
    agenda.save_item(staff, sitting.pk, 1, {"starts_at": tomorrow})
    services.excuse(staff, sitting, congress.lead, "出差")
    agenda.save_item(staff, sitting.pk, 2, {"starts_at": sitting.starts_at})
    sitting.refresh_from_db()
    services.sign_in(congress.seats[0].person.user, sitting)
    for field, value in (("starts_at", tomorrow), ("group", congress.group), ("takes_sign_in", False)):
        with pytest.raises(BadInput) as refused:
            agenda.save_item(staff, sitting.pk, 3, {field: value})
        assert (refused.value.errors[0].field, refused.value.errors[0].code) == (field, "has-presence")
    earlier = sitting.starts_at - timedelta(minutes=1)
    agenda.save_item(staff, sitting.pk, 3, {"starts_at": earlier, "result": "通过"})
    assert told(sitting) == (4, 1, 1, 2)
