"""Words of visitors and deputies go on a lawful ground: visits, bookings, leave, duty; the chain stays sound."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from backups.erasures import Erased, make_again
from geokit.refusal import BadInput, NotPermitted
from ledger.chain import settle, verify
from ledger.chain.sql import ERASED
from ledger.models import AuditEntry, ChainLink, Erasure
from stations.activities.erasure import erase_sign_up
from stations.duty import services as duty
from stations.duty.erasure import erase_duty
from stations.models import Activity, Booking, DutyRecord, Matter, ReceptionLeave, SignUp
from stations.receptions.bookings import book
from stations.receptions.erasure import erase_booking, erase_reception, erase_visit
from tests import roles
from tests.erased import GROUND, stored_anywhere


@pytest.fixture
def day(west, receive, deputies):
    """A held day with two visits and a deputy's leave."""
    made = receive(west, "2026-11-20T09:00", deputies[:1], summary="张三来过")
    ReceptionLeave.objects.create(reception=made, deputy=deputies[1], reason="张三住院", at=made.starts_at)
    made.matters.filter(number=1).update(text="张三家漏水", answer="已为张三修好")
    settle()
    return made


def test_one_visit_is_erased_and_the_others_of_the_day_stay(day, staff):
    assert erase_visit(staff, day.matters.get(number=1), GROUND) == 1
    assert list(Matter.objects.values_list("text", "answer")) == [(ERASED, ERASED), ("路灯不亮", "")]
    assert stored_anywhere("漏水") == set()


def test_the_notes_of_a_day_are_erased_without_its_visits(day, staff):
    assert erase_reception(staff, day, GROUND) == 2
    assert stored_anywhere("住院") == stored_anywhere("来过") == set()
    assert stored_anywhere("漏水") == {"stations_matter"}


def test_a_booking_is_emptied_before_its_time_and_the_place_stays_taken(announced, staff, as_user, town_officer):
    booking, _token = book(announced.pk, name="张三", phone="13800000000", people=2, topic="张三的房子")
    assert f"<td>{booking.pk}</td>" in as_user(town_officer).get(announced.get_absolute_url()).content.decode()
    assert erase_booking(staff, booking, GROUND) == 1
    assert stored_anywhere("张三") == stored_anywhere("13800000000") == set()
    booking.refresh_from_db()
    assert (booking.people, booking.cancelled_at, booking.forgotten_at is None) == (2, None, False)
    assert Erasure.objects.get().columns == ["name", "phone", "topic"]
    assert verify(files=False).faults == ()
    with pytest.raises(BadInput, match="没有可以删除"):
        erase_booking(staff, booking, GROUND)


def test_a_booking_that_a_restore_brought_back_is_emptied_again(announced, staff):
    booking, _token = book(announced.pk, name="张三", phone="13800000000", people=1, topic="")
    trail = [Erased("erase-booking", "stations.booking", str(booking.pk), staff.pk, GROUND)]
    assert make_again(trail) == []
    assert Booking.objects.get().phone == ""
    assert make_again(trail) == []


def test_why_a_deputy_does_not_come_to_an_activity_is_erased(staff, deputies, west):
    starts = timezone.now() + timedelta(days=5)
    activity = Activity.objects.create(
        kind="study", title="学习", place="党校", starts_at=starts, ends_at=starts + timedelta(hours=1),
        created_by=staff, area=west.area,
    )  # fmt: skip
    made = SignUp.objects.create(
        activity=activity, deputy=deputies[0], state="leave", reason="张三住院", at=timezone.now()
    )
    settle()
    assert erase_sign_up(staff, made, GROUND) == 1
    assert stored_anywhere("住院") == set()


@pytest.fixture
def record(staff, deputies):
    made = duty.add(staff, deputies[0], kind="other", on=timezone.localdate(), title="走访张三家")
    duty.correct(
        staff, made.pk, version=1, kind="other", on=made.on, title="看望张三", reason="张三来电更正"
    )  # fmt: skip
    made.refresh_from_db()
    settle()
    return made


def test_links_of_duty_records_hold_no_words_in_clear(record):
    assert not ChainLink.objects.filter(content__contains="张三").exists()
    assert verify(files=False).faults == ()


def test_a_duty_record_is_erased_with_its_steps_and_still_counts(record, staff):
    assert erase_duty(staff, record, GROUND) == 3
    assert stored_anywhere("张三") == set()
    record.refresh_from_db()
    assert (record.title, record.kind, record.is_confirmed) == (ERASED, "other", True)
    assert verify(files=False).faults == ()
    assert AuditEntry.objects.filter(verb="erase-duty", actor=staff).exists()


def links_in_clear():
    """Have the links of duty be as they were before their words were sealed: in clear, with digests that fit."""
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_chainlink DISABLE TRIGGER USER")
        for table in ("stations_dutyrecord", "stations_dutyevent"):
            cursor.execute(
                "UPDATE accounts_chainlink l SET content = (content::jsonb || jsonb_strip_nulls("
                f" jsonb_build_object('title', to_jsonb(e) -> 'title', 'reason', to_jsonb(e) -> 'reason')))::text"
                f" FROM {table} e WHERE e.id = l.row_id AND l.table_name = %s",
                [table],
            )
        cursor.execute(
            "DO $$ DECLARE one record; last bytea := ''; BEGIN FOR one IN SELECT * FROM accounts_chainlink ORDER BY id"
            " LOOP last := ledger_digest(last, one.table_name, one.row_id, one.op, one.xact, one.at, one.content);"
            " UPDATE accounts_chainlink SET digest = last WHERE id = one.id; END LOOP;"
            " UPDATE ledger_head SET digest = last; END $$"
        )
        cursor.execute("ALTER TABLE accounts_chainlink ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE accounts_chainlink ENABLE ALWAYS TRIGGER accounts_chainlink_append_only")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_links_from_before_the_words_of_duty_were_sealed_are_accepted_and_emptied_by_an_erasure(record, staff):
    links_in_clear()
    assert ChainLink.objects.filter(content__contains="张三").exists()
    assert verify(files=False).faults == ()
    duty.withdraw(staff, record.pk, version=record.version, reason="记错了")
    assert verify(files=False).faults == ()
    erase_duty(staff, record, GROUND)
    assert stored_anywhere("张三") == set()
    assert verify(files=False).faults == ()


def test_no_other_link_is_emptied_by_such_an_erasure(record, day, staff):
    erase_duty(staff, record, GROUND)
    erase_visit(staff, day.matters.get(number=1), GROUND)
    assert not ChainLink.objects.filter(content=None).exists()
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_chainlink DISABLE TRIGGER USER")
        ChainLink.objects.filter(table_name="stations_matter").update(content=None)
        cursor.execute("ALTER TABLE accounts_chainlink ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE accounts_chainlink ENABLE ALWAYS TRIGGER accounts_chainlink_append_only")
    assert ("link-broken", "stations_matter") in {(fault.kind, fault.table) for fault in verify(files=False).faults}


@pytest.mark.parametrize("who", ["deputy", "town_officer", "west_staff"])
def test_only_staff_of_the_district_erase(who, request, day, record, announced):
    booking, _token = book(announced.pk, name="张三", phone="13800000000", people=1, topic="")
    person = request.getfixturevalue(who)
    for erase, thing in (
        (erase_visit, day.matters.first()), (erase_reception, day), (erase_duty, record), (erase_booking, booking),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            erase(person, thing, GROUND)
    assert not Erasure.objects.exists()


def test_the_command_erases_by_number(day, record, announced, staff):
    booking, _token = book(announced.pk, name="张三", phone="13800000000", people=1, topic="")
    by = {"by": staff.username, "reason": GROUND}
    call_command("erase_text", visit=day.matters.first().pk, **by)
    call_command("erase_text", reception=day.pk, **by)
    call_command("erase_text", booking=booking.pk, **by)
    call_command("erase_text", duty=record.pk, **by)
    assert stored_anywhere("张三") == set()
    with pytest.raises(CommandError) as refused:
        call_command("erase_text", duty=DutyRecord.objects.latest("pk").pk + 1, **by)
    assert refused.value.returncode == 2
