"""A person's own calendar read from its address: her busy times follow it, and the address is nobody's to see."""

import json
import socket
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.calendars import feeds, services
from accounts.models import BusyTime, CalendarFeed, User
from geokit.fetching import https
from geokit.refusal import BadInput
from jobs.models import Job
from ledger.models import AuditEntry
from tests.integration.accounts.test_calendars import NOW, ONE, ics

HOST = "robot.example.org"  # one of the hosts of the certificate
URL = f"webcal://{HOST}/private-7f3e/basic.ics"
TWO = "DTSTART:20261203T010000Z\nDTEND:20261203T020000Z"


class _Calendars(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.seen.append((self.path, dict(self.headers)))
        status, body = server.status, server.body
        tag = f'"{hash(body)}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "ETag": tag, **server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def calendar(db: None, serve: Any) -> Any:
    server = serve(_Calendars)
    server.seen, server.status, server.body, server.headers = [], 200, ics(ONE), {}
    return server


def read(user: User, at: Any = NOW) -> CalendarFeed:
    with time_machine.travel(at, tick=False):
        feeds.read_now(CalendarFeed.objects.get(user=user).pk)
    return CalendarFeed.objects.get(user=user)


def starts(user: User) -> list[str]:
    return [f"{one.starts_at:%m-%d}" for one in BusyTime.objects.filter(user=user)]


def test_busy_times_follow_the_calendar_beside_those_of_a_file(calendar: Any, deputy: User) -> None:
    services.keep_busy_times(deputy, ics("DTSTART:20261205T010000Z\nDTEND:20261205T020000Z"), NOW)
    feeds.set_feed(deputy, URL)
    assert Job.objects.get(func=feeds.READ).lane == "fetches"
    feed = read(deputy)
    assert (feed.said, feed.changed_at, feed.next_at) == ("", NOW, NOW + timedelta(hours=6))
    assert calendar.seen[0][0] == "/private-7f3e/basic.ics"
    assert starts(deputy) == ["12-01", "12-05"]
    feed = read(deputy, NOW + timedelta(hours=6))  # unchanged by its tag
    assert (feed.changed_at, feed.read_at) == (NOW, NOW + timedelta(hours=6))
    calendar.headers = {"ETag": '"another"'}  # unchanged by its content
    assert read(deputy, NOW + timedelta(hours=12)).changed_at == NOW
    calendar.body = ics(TWO)
    assert read(deputy, NOW + timedelta(hours=18)).changed_at == NOW + timedelta(hours=18)
    assert starts(deputy) == ["12-03", "12-05"]
    services.forget_busy_times(deputy)
    assert starts(deputy) == ["12-03"]
    feeds.end_feed(deputy)
    assert not BusyTime.objects.exists() and not CalendarFeed.objects.exists()


def test_what_recurs_is_worked_out_anew_once_a_month_though_nothing_changed(calendar: Any, deputy: User) -> None:
    calendar.body = ics("DTSTART:20200106T010000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY")
    feeds.set_feed(deputy, URL)
    read(deputy)
    last = BusyTime.objects.latest("starts_at").starts_at
    feed = read(deputy, NOW + timedelta(days=31))
    assert "If-None-Match" not in calendar.seen[-1][1]
    assert BusyTime.objects.latest("starts_at").starts_at > last and feed.changed_at == NOW


@pytest.mark.parametrize(
    ("status", "body", "headers", "said"),
    [
        (404, b"", {}, "没有这个地址"), (302, b"", {"Location": f"https://{HOST}/login"}, "转到了别处"),
        (200, b"<html>", {}, "读不懂"), (200, b"x" * 1_000_001, {}, "太大"),
        (200, ics(TWO), {"Content-Length": "9999"}, "中途断了"), (200, b"a", {"Content-Encoding": "br"}, "压缩"),
    ],
)  # fmt: skip
def test_what_fails_is_said_in_words_tried_again_later_and_keeps_what_was_read(
    calendar: Any, deputy: User, status: int, body: bytes, headers: Any, said: str, as_user: Any
) -> None:
    feeds.set_feed(deputy, URL)
    read(deputy)
    calendar.status, calendar.body, calendar.headers = status, body, headers
    waits = []
    for number in range(2):
        at = NOW + timedelta(hours=6 + number)
        feed = read(deputy, at)
        waits.append((feed.next_at - at) // timedelta(minutes=1))
    assert said in feed.said and "7f3e" not in feed.said
    assert (waits, starts(deputy)) == ([30, 60], ["12-01"])
    assert said in as_user(deputy).get("/work/calendar/").content.decode()


@pytest.mark.parametrize(
    "url",
    ["http://robot.example.org/a.ics", "webcal://10.0.0.1/a.ics", "webcal://u:p@robot.example.org/a", "file:///etc/passwd",
     "https://robot.example.org:8443/a", "https://localhost/a", "https://日历.example/a", "webcal://", "x"],
)  # fmt: skip
def test_only_https_at_a_public_host_is_taken(deputy: User, url: str) -> None:
    with pytest.raises(BadInput):
        feeds.set_feed(deputy, url)
    assert not CalendarFeed.objects.exists()


def test_a_name_that_means_an_inner_address_is_not_asked(deputy: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def inner(host: str, port: int) -> Any:
        raise https.NotPublic("inner")

    def unknown(host: str, port: int) -> Any:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(https, "public_addresses", inner)
    feeds.set_feed(deputy, URL)
    said = read(deputy).said
    assert "内部网络" in said
    monkeypatch.setattr(https, "public_addresses", unknown)
    assert read(deputy).said == said  # else whoever types names learns which the inner network has


def test_only_the_due_ones_of_people_who_are_there_are_read(calendar: Any, deputy: User, officer: User) -> None:
    for user in (deputy, officer):
        feeds.set_feed(user, URL)
    CalendarFeed.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert (feeds.read_due(), feeds.read_due(), len(calendar.seen)) == (1, 0, 1)


def test_a_calendar_that_takes_its_process_along_is_not_the_first_again(
    deputy: User, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in (deputy, officer):
        feeds.set_feed(user, URL)
    hers = CalendarFeed.objects.get(user=deputy)
    CalendarFeed.objects.update(next_at=timezone.now() - timedelta(minutes=1))
    CalendarFeed.objects.filter(pk=hers.pk).update(next_at=timezone.now() - timedelta(minutes=2))

    def killed(feed: CalendarFeed, now: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(feeds, "_answer", killed)
    with pytest.raises(KeyboardInterrupt):
        feeds.read_due()
    due = CalendarFeed.objects.filter(next_at__lte=timezone.now())
    assert [feed.user for feed in due] == [officer]


def test_a_fault_of_ours_is_noted_and_the_next_calendar_is_read(
    deputy: User, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in (deputy, officer):
        feeds.set_feed(user, URL)
    CalendarFeed.objects.update(next_at=timezone.now() - timedelta(minutes=1))

    def broken(feed: CalendarFeed, now: Any) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr(feeds, "_answer", broken)
    assert feeds.read_due() == 2
    assert {feed.failures for feed in CalendarFeed.objects.all()} == {1}
    assert "内部错误" in CalendarFeed.objects.get(user=deputy).said


def test_the_address_is_never_shown_and_nobody_elses_calendar_is_touched(
    calendar: Any, deputy: User, officer: User, as_user: Any
) -> None:
    client, other = as_user(deputy), as_user(officer)
    refused = client.post("/work/calendar/feed/", {"url": "http://a.example/7f3e"})
    assert refused.status_code == 400 and "https://" in refused.content.decode()
    assert client.post("/work/calendar/feed/", {"url": URL}).status_code == 302
    read(deputy)
    page = client.get("/work/calendar/").content.decode()
    assert HOST in page and "7f3e" not in page
    assert "7f3e" not in json.dumps([entry.detail for entry in AuditEntry.objects.all()])
    assert HOST not in other.get("/work/calendar/").content.decode()
    assert other.post("/work/calendar/feed/end/").status_code == 302
    other.post("/work/calendar/busy/forget/")
    assert (starts(deputy), CalendarFeed.objects.get().user) == (["12-01"], deputy)
    assert client.post("/work/calendar/feed/end/").status_code == 302
    assert starts(deputy) == []
