"""A person's calendar: out at a secret address, in from a bounded file; and what is refused."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar

from accounts.calendars import services
from accounts.calendars.reading import MAX_BYTES, read_busy_times
from accounts.models import BusyTime, CalendarFeed, PersonalCalendar
from accounts.people import services as people
from geokit.refusal import BadInput
from ledger.models import AuditEntry
from tests.at_once import all_at_once

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def ics(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:u", *event.split("\n"), "SUMMARY:看牙医", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def starts(*events):
    return [f"{start:%m-%d %H:%M}" for start, _end in read_busy_times(ics(*events), NOW)]


ONE = "DTSTART:20261201T010000Z\nDTEND:20261201T020000Z"


def test_an_event_a_day_and_a_local_time_are_read():
    assert starts(ONE) == ["12-01 01:00"]
    assert starts("DTSTART;VALUE=DATE:20261201") == ["11-30 16:00"]  # midnight of the site's clock
    assert starts("DTSTART:20261201T090000\nDURATION:PT1H") == ["12-01 01:00"]
    assert starts("DTSTART;TZID=Asia/Shanghai:20261201T090000\nDTEND;TZID=Asia/Shanghai:20261201T100000") == [
        "12-01 01:00"
    ]


@pytest.mark.parametrize("mark", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED"])
def test_what_is_free_or_cancelled_is_not_busy(mark):
    assert starts(f"{ONE}\n{mark}") == []


def test_a_rule_with_exceptions_and_a_moved_instance():
    weekly = "DTSTART:20261201T010000Z\nDTEND:20261201T020000Z\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20261208T010000Z"
    moved = "DTSTART:20261216T030000Z\nDTEND:20261216T040000Z\nRECURRENCE-ID:20261215T010000Z"
    assert starts(weekly, moved) == ["12-01 01:00", "12-16 03:00", "12-22 01:00"]


def test_a_rule_without_end_is_read_a_year_ahead_and_what_is_over_not_at_all():
    spans = read_busy_times(ics("DTSTART:20200106T010000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"), NOW)
    assert len(spans) == 57
    assert spans[0][1] > NOW
    assert spans[-1][0] < NOW + timedelta(days=400)


@pytest.mark.parametrize(
    ("rule", "second"),
    [
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "12-02 01:00"),
        ("FREQ=MONTHLY;BYDAY=1TU", "01-05 01:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "01-31 01:00"),
        ("FREQ=YEARLY", "12-01 01:00"),
        ("FREQ=YEARLY;BYMONTH=6,12", "06-01 01:00"),
    ],
)
def test_usual_rules_are_read(rule, second):
    assert starts(f"{ONE}\nRRULE:{rule}")[1] == second


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"BEGIN:VCALENDAR",
        b"x" * (MAX_BYTES + 1),
        ics("DTSTART:20261301T010000Z\nDTEND:20261201T020000Z"),
        ics(f"{ONE}\nRRULE:FREQ=SECONDLY"),
        ics(f"{ONE}\nRRULE:FREQ=DAILY;INTERVAL=0"),
        ics(f"{ONE}\nRRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3;BYSECOND=1,2,3"),
        ics(f"{ONE}\nRRULE:FREQ=NEVER"),
        ics(f"{ONE}\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
        ics(f"{ONE}\nRRULE:FREQ=DAILY;INTERVAL=7;BYDAY=WE"),
        ics(f"{ONE}\nRRULE:FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=32"),
        ics(f"{ONE}\nRRULE:FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1"),
        ics(f"{ONE}\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"),
        ics(*[f"{ONE}\nRRULE:FREQ=YEARLY;BYMONTH=13"] * 100),
        ics(*[f"{ONE}\nRRULE:FREQ=YEARLY;BYMONTH=0"] * 100),
        ics(*["DTSTART:20260131T010000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=4"] * 100),
        ics(f"{ONE}\nRRULE:FREQ=DAILY;BYEASTER=1;BYDAY=TU"),
        ics(f"{ONE}\nRRULE:FREQ=DAILY;BYEASTER=1000"),
        ics(f"{ONE}\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1;BYWEEKDAY=+5MO"),
        ics(f"{ONE}\nRRULE:FREQ=DAILY;INTERVAL=3600000"),
        ics(f"{ONE}\nRECURRENCE-ID:PT1H"),
        ics(f"{ONE}\nRECURRENCE-ID:100000"),
        ics(f"{ONE}\nRECURRENCE-ID:00010101T000000"),
        ics("DTSTART:00010101T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"),
        ics(*["DTSTART:20200101T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"] * 200),
        ics("DTSTART:99991231T235959Z\nDURATION:P9999999D"),
    ],
)
def test_what_is_no_calendar_or_costs_too_much_is_refused_or_empty_soon(content):
    begun = time.process_time()
    try:
        assert read_busy_times(content, NOW) == []
    except BadInput as refusal:
        assert refusal.code == "bad-calendar"
    assert time.process_time() - begun < 5


ZONE = """BEGIN:VTIMEZONE\r\nTZID:{name}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r
TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700101T000000\r
TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0300\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"""


@pytest.mark.parametrize("fold", ["", "\r\n "])
def test_a_zone_that_a_file_describes_is_not_worked_out_and_does_not_stay(fold):
    event = "DTSTART;TZID={0}:20261201T090000\nDTEND;TZID={0}:20261201T100000"
    zone = ZONE.format(name="China Standard Time").replace(":VTIMEZONE", f":VTIME{fold}ZONE")
    begun = time.process_time()
    content = ics(event.format("China Standard Time")).replace(b"BEGIN:VEVENT", zone.encode() + b"BEGIN:VEVENT")
    assert [f"{start:%m-%d %H:%M}" for start, _end in read_busy_times(content, NOW)] == ["12-01 01:00"]
    assert starts(event.format("China Standard Time")) == ["12-01 01:00"]
    assert time.process_time() - begun < 5


@pytest.mark.django_db
def test_a_file_takes_the_place_of_the_one_before_and_keeps_no_words(deputy, as_user):
    client = as_user(deputy)
    for content in (
        ics(ONE, "DTSTART:20991203T010000Z\nDURATION:PT1H"),
        ics("DTSTART:20991201T010000Z\nDURATION:PT2H"),
    ):
        sent = client.post("/work/calendar/busy/", {"file": SimpleUploadedFile("my.ics", content)})
        assert sent.status_code in (302, 400)
    assert "看牙医" not in str(list(BusyTime.objects.values()))
    bad = client.post("/work/calendar/busy/", {"file": SimpleUploadedFile("my.ics", b"\x00")})
    assert bad.status_code == 400
    assert client.post("/work/calendar/busy/", {}).status_code == 400
    client.post("/work/calendar/busy/forget/")
    assert not BusyTime.objects.exists()


@pytest.mark.django_db
@pytest.mark.django_db(transaction=True)
def test_a_file_handed_in_twice_at_once_is_kept_once(deputy):
    services.keep_busy_times(deputy, ics(ONE), NOW)
    other = "DTSTART:20261202T010000Z\nDTEND:20261202T020000Z"
    results = all_at_once(PersonalCalendar, *[lambda: services.keep_busy_times(deputy, ics(other), NOW)] * 2)
    assert (results, BusyTime.objects.count()) == ([1, 1], 1)


def test_the_address_is_shown_once_opens_one_calendar_and_ends(deputy, as_user):
    client = as_user(deputy)
    shown = client.post("/work/calendar/address/")
    token = shown.content.decode().partition("/calendar/")[2].partition("/")[0]
    token = next(
        part.partition("/")[0]
        for part in shown.content.decode().split("/calendar/")[1:]
        if len(part.split("/")[0]) > 30
    )
    assert token not in client.get("/work/calendar/").content.decode()
    assert token not in str(list(PersonalCalendar.objects.values()))
    feed = Client().get(f"/calendar/{token}/")
    assert feed.status_code == 200
    assert feed["Content-Type"].startswith("text/calendar")
    assert "no-store" in feed["Cache-Control"]
    assert Calendar.from_ical(feed.content)
    second = services.make_address(deputy)
    assert Client().get(f"/calendar/{token}/").status_code == 404
    deputy.is_active = False
    deputy.save()
    assert Client().get(f"/calendar/{second}/").status_code == 404


@pytest.mark.django_db
def test_a_guess_opens_nothing(db):
    for guess in ("x", "a" * 500, "~"):
        assert Client().get(f"/calendar/{guess}/").status_code == 404


@pytest.mark.parametrize("ends", [people.close, people.invite_again])
def test_the_address_ends_with_the_account_and_with_a_new_invitation(ends, deputy, staff, client):
    address = f"/calendar/{services.make_address(deputy)}/"
    assert client.get(address).status_code == 200
    ends(staff, deputy.pk)
    if ends is people.close:
        people.reopen(staff, deputy.pk)
    assert client.get(address).status_code == 404
    assert AuditEntry.objects.get(verb="calendar-address-ended").actor == staff


def test_a_closed_account_keeps_no_address_of_a_calendar(deputy, staff):
    CalendarFeed.objects.create(
        user=deputy, secret="https://calendar.example.org/private.ics", host="calendar.example.org"
    )
    people.close(staff, deputy.pk)
    assert not CalendarFeed.objects.exists()


def test_with_a_stolen_session_alone_nobody_makes_an_address_that_outlives_it(as_user, deputy):
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False):
        client = as_user(deputy)
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        asked = client.post("/work/calendar/address/")
    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Fwork%2Fcalendar%2F"
    assert not PersonalCalendar.objects.exists()
