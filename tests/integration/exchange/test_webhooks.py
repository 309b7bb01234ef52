"""Webhooks: what is told to whom, signed how, tried again when, and never more than the maker may see."""

import json
import socketserver
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import RobotHost
from accounts.notices.channels.standard_webhooks import signature
from accounts.notices.models import Notice
from exchange.webhooks import calling, services
from exchange.webhooks.models import Call, ChangeNote, Endpoint
from geokit.fetching import https
from geokit.refusal import BadInput, NotPermitted
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from tests.integration.accounts.conftest import certificate, serve  # noqa: F401

HOST = "robot.example.org"
URL = f"https://{HOST}/hook"
ALL = ["point", "matter", "project", "layer"]


class _Other(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.headers, body))
        status, headers, answer = self.server.answers.pop(0) if self.server.answers else (204, {}, b"")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


@pytest.fixture
def other(db, serve):  # noqa: F811
    server = serve(_Other)
    server.seen, server.answers = [], []
    RobotHost.objects.create(host=HOST)
    return server


@pytest.fixture
def hook(other, staff):
    return services.make_endpoint(staff, name="区数据平台", url=URL, subjects=ALL)


def make_point(world, code="P-1"):
    return MonitoringPoint.objects.create(
        code=code, name="南塘河", kind="small", area=world.west_town, department=world.water,
        geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip


def sent(other):
    return [json.loads(body) for _headers, body in other.seen]


def test_a_change_is_told_thinly_and_signed(other, hook, world):
    point = make_point(world)
    assert calling.call_due() == 1
    ((headers, body),) = other.seen
    said = json.loads(body)
    assert said["type"] == "point.created"
    assert set(said) == {"type", "timestamp", "data"}
    assert set(said["data"]) == {"id", "url", "api"}
    assert said["data"]["id"] == "P-1"
    assert said["data"]["url"].endswith("/river/points/P-1/")
    assert said["data"]["api"].endswith(f"/api/v1/monitoring-points/{point.pk}/")
    stamp = headers["webhook-timestamp"]
    assert headers["webhook-signature"] == signature(hook.secret, headers["webhook-id"], stamp, body)
    assert abs(int(stamp) - time.time()) < 60
    call = Call.objects.get()
    assert (call.state, call.status, call.attempts) == ("sent", 204, 1)
    assert call.took_ms is not None
    MonitoringPoint.objects.update(name="另一个名字")  # past every service
    MonitoringPoint.objects.update(name="另一个名字")  # which changes nothing
    assert calling.call_due() == 1
    assert [one["type"] for one in sent(other)] == ["point.created", "point.changed"]


def test_nothing_is_noted_while_nobody_is_called(db, world):
    make_point(world)
    assert not ChangeNote.objects.exists()


def test_ten_changes_before_the_call_are_told_once(other, hook, world):
    make_point(world)
    for number in range(10):
        MonitoringPoint.objects.update(name=f"第{number}次")
        calling.queue_calls()
    assert calling.call_due() == 1
    assert len(other.seen) == 1


def test_only_what_was_asked_for_is_told(other, staff, world):
    services.make_endpoint(staff, name="只要图层", url=URL, subjects=["layer"])
    make_point(world)
    assert calling.call_due() == 0
    assert not Call.objects.exists()


def test_the_makers_rights_are_asked_when_queued_and_when_called(other, gis, staff, world):
    """A candidate is for the congress staff; GIS staff see it once it was put to the vote."""
    services.make_endpoint(gis, name="地理平台", url=URL, subjects=["project"])
    project = Project.objects.create(
        code="C-1", name="候选", year=2026, category="water", area=world.west_town, lead=world.water,
        status="candidate", geom=Point(121.32, 29.85, srid=4326), starts_on="2026-01-01", ends_on="2026-12-01",
    )  # fmt: skip
    assert calling.call_due() == 0
    assert not Call.objects.exists()
    Project.objects.filter(pk=project.pk).update(status="building")
    calling.queue_calls()
    assert Call.objects.count() == 1
    Project.objects.filter(pk=project.pk).update(status="candidate")  # withdrawn before the call is made
    assert calling.call_due() == 0
    assert not other.seen
    assert not Call.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "gis"}, {"area": "west_town"}])
def test_a_webhook_ends_with_its_maker(other, hook, staff, world, change):
    given = {name: getattr(world, value) if name == "area" else value for name, value in change.items()}
    type(staff).objects.filter(pk=staff.pk).update(**given)
    make_point(world)
    assert calling.call_due() == 0
    hook.refresh_from_db()
    assert (hook.is_active, hook.ended_because, other.seen) == (False, "maker", [])


def test_a_call_that_waits_is_not_made_once_the_maker_is_gone(other, hook, staff, world):
    make_point(world)
    calling.queue_calls()
    type(staff).objects.filter(pk=staff.pk).update(is_active=False)
    assert calling.call_due() == 0
    assert (other.seen, Call.objects.get().state) == ([], "given-up")


def test_both_secrets_sign_for_a_day(other, hook, staff, world):
    former = hook.secret
    pressed = services.change_secret(staff, hook.pk)
    changed = services.change_secret(staff, hook.pk)  # a double click: only the second page is seen
    assert len({former, pressed.secret, changed.secret}) == 3
    make_point(world)
    calling.call_due()
    ((headers, body),) = other.seen
    said = [headers["webhook-id"], headers["webhook-timestamp"], body]
    assert headers["webhook-signature"].split(" ") == [signature(changed.secret, *said), signature(former, *said)]
    Endpoint.objects.update(former_until=timezone.now() - timedelta(seconds=1))
    make_point(world, "P-2")
    calling.call_due()
    assert " " not in other.seen[1][0]["webhook-signature"]


def test_a_bad_answer_puts_the_address_off_and_the_same_message_comes_again(other, hook, world):
    other.answers = [(503, {}, b"later \x00 please")]
    make_point(world)
    make_point(world, "P-2")
    assert calling.call_due() == 0
    assert len(other.seen) == 1
    hook.refresh_from_db()
    assert timedelta(0) < hook.next_at - timezone.now() <= timedelta(minutes=1)
    tried = Call.objects.get(attempts=1)
    assert (tried.state, tried.status, tried.said) == ("waiting", 503, "later please")
    Endpoint.objects.update(next_at=None)
    Call.objects.update(not_before=timezone.now())
    assert calling.call_due() == 2
    assert other.seen[0][0]["webhook-id"] in [headers["webhook-id"] for headers, _body in other.seen[1:]]
    hook.refresh_from_db()
    assert (hook.failures, hook.failing_since, hook.next_at) == (0, None, None)


def test_what_one_thing_is_refused_for_stops_no_other(other, hook, world):
    other.answers = [(400, {}, b"no")]
    for number in range(3):
        make_point(world, f"P-{number}")
    calling.call_due()
    Endpoint.objects.update(next_at=None)
    assert calling.call_due() == 2
    assert Call.objects.filter(state="waiting", attempts=1).count() == 1


def test_pauses_grow_to_six_hours():
    assert [calling.pause_after(number).total_seconds() / 60 for number in (1, 2, 3, 9, 10, 500)] == [
        1, 2, 4, 256, 360, 360,
    ]  # fmt: skip


def test_days_of_failures_switch_it_off_and_its_maker_is_told(other, hook, staff, world):
    other.answers = [(500, {}, b"")] * 2
    make_point(world)
    calling.call_due()
    Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=5), next_at=None)
    Call.objects.update(not_before=timezone.now())
    calling.call_due()
    hook.refresh_from_db()
    assert (hook.is_active, hook.ended_because) == (False, "failing")
    assert Notice.objects.get(recipient=staff).url == hook.get_absolute_url()
    make_point(world, "P-2")
    calling.call_due()
    assert len(other.seen) == 2


def test_gone_is_taken_at_its_word(other, hook, world):
    other.answers = [(410, {}, b"")]
    make_point(world)
    calling.call_due()
    hook.refresh_from_db()
    assert (hook.is_active, hook.ended_because) == (False, "gone")


def test_a_redirect_is_an_answer_and_not_followed(other, hook, world):
    other.answers = [(307, {"Location": "https://10.0.0.1/inner"}, b"")]
    make_point(world)
    assert calling.call_due() == 0
    assert (len(other.seen), Call.objects.get().status) == (1, 307)


def test_a_host_taken_off_the_list_is_called_no_more(other, hook, world):
    RobotHost.objects.all().delete()
    make_point(world)
    assert calling.call_due() == 0
    assert (other.seen, Call.objects.get().status) == ([], None)


@pytest.mark.parametrize(
    "url",
    ["http://robot.example.org/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/", "https://evil.example/",
     "https://u:p@robot.example.org/", "https://robot.example.org:8443/", "https://robot.example.org\0/", "https://[",
     "https://robot.example.org/" + "x" * 500, "https://robot.example.org/通知", "https://robot.example.org/a b",
     "HTTPS://robot.example.org/", "https://robot.example.org/\r\nX: 1"],
)  # fmt: skip
def test_an_address_that_may_not_be_called_is_refused(other, staff, url):
    with pytest.raises(BadInput) as refused:
        services.make_endpoint(staff, name="平台", url=url, subjects=ALL)
    assert refused.value.errors[0].field == "url"


def test_at_most_five_of_one_person(other, staff):
    for number in range(services.MOST):
        services.make_endpoint(staff, name=f"平台{number}", url=URL, subjects=ALL)
    with pytest.raises(BadInput):
        services.make_endpoint(staff, name="又一个", url=URL, subjects=ALL)


def test_another_persons_webhook_is_not_there(hook, admin_user, gis, deputy, officer, as_user):
    for person in (gis, deputy, officer):
        assert as_user(person).get(hook.get_absolute_url()).status_code == 404
        for act in (services.change_secret, services.try_endpoint, services.end_endpoint):
            with pytest.raises(NotPermitted):
                act(person, hook.pk)
    with pytest.raises(NotPermitted):
        services.make_endpoint(deputy, name="平台", url=URL, subjects=ALL)
    page = as_user(admin_user).get(hook.get_absolute_url())
    assert page.status_code == 200
    assert URL not in page.content.decode()  # it may open the other side
    assert as_user(admin_user).post(f"{hook.get_absolute_url()}secret/").status_code == 404
    services.end_endpoint(admin_user, hook.pk)
    hook.refresh_from_db()
    assert (hook.is_active, hook.ended_because) == (False, "ended")


def test_the_pages_make_try_show_and_end_one(other, staff, as_user):
    client = as_user(staff)
    answer = client.post("/exchange/webhooks/", {"name": "平台", "url": URL, "subjects": ["point"]})
    made = Endpoint.objects.get()
    assert made.secret in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    page = made.get_absolute_url()
    assert made.secret not in client.get(page).content.decode()
    client.post(f"{page}try/")
    other.answers = [(200, {}, "<b>收到</b>".encode())]
    assert calling.call_due() == 1
    assert sent(other)[0]["type"] == "webhook.test"
    shown = client.get(page).content.decode()
    assert "webhook.test" in shown
    assert "&lt;b&gt;收到&lt;/b&gt;" in shown
    client.post(f"{page}end/")
    made.refresh_from_db()
    assert not made.is_active
    assert "已由人停用" in client.get(page).content.decode()
    refused = client.post("/exchange/webhooks/", {"name": "平台", "url": "https://10.0.0.1/", "subjects": ["x"]})
    assert refused.status_code == 400


class _Trickle(socketserver.BaseRequestHandler):
    """Answers a letter at a time, each before anybody's patience for silence ends."""

    def handle(self):
        self.request.recv(65_536)
        self.request.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            try:
                self.request.sendall(f"X-{number}: 1\r\n".encode())
            except OSError:
                return
            time.sleep(0.1)


def test_who_answers_a_letter_at_a_time_is_hung_up_on(monkeypatch, serve):  # noqa: F811
    monkeypatch.setattr(https, "WHOLE_SECONDS", 0.5)
    serve(_Trickle)
    began = time.monotonic()
    with pytest.raises(OSError):
        https.post(URL, {}, b"{}")
    assert time.monotonic() - began < 4


class _HalfAnError(socketserver.BaseRequestHandler):
    """Says 500 and a chunk that never comes."""

    def handle(self):
        self.request.recv(65536)
        self.request.sendall(b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc")


def test_half_an_answer_and_an_address_that_no_request_takes_are_an_end_like_any_other(serve):  # noqa: F811
    serve(_HalfAnError)
    for url in (URL, URL + "通知"):
        with pytest.raises(OSError):
            https.post(url, {}, b"{}")
    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for timer in timers:
        timer.join(2)  # a cancelled one ends at once, another one after twenty seconds
    assert not [timer for timer in timers if timer.is_alive()]


def test_old_calls_are_forgotten_and_waiting_ones_kept(hook):
    old = timezone.now() - timedelta(days=31)
    hook.calls.create(at=old, state="sent")
    waiting = hook.calls.create(at=old)
    assert calling.forget_old_calls() == 1
    assert Call.objects.get() == waiting
