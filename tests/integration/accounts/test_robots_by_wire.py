"""Robots and mail by wire: a robot's server behind TLS, a mail server, and names that lead inwards."""

import base64
import hashlib
import hmac
import json
import socket
import socketserver
import subprocess
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from importlib import import_module
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps

from accounts.models import Delivery, Robot, RobotHost
from accounts.notices import delivery, notify
from accounts.notices.channels.robots import services as robot_services
from accounts.notices.channels.robots.messages import check_address, dingtalk_sign
from geokit.fetching import https
from geokit.refusal import BadInput
from tests.integration.accounts.conftest import OPENSSL

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOST = "robot.example.org"


class _Robot(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers, body))
        status, headers, answer = self.server.answers.pop(0) if self.server.answers else (200, {}, b'{"errcode":0}')
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


@pytest.fixture
def robot_server(db, serve):
    """A robot's server on this machine; its host means this machine, which for once counts as public."""
    server = serve(_Robot)
    server.seen, server.answers = [], []
    RobotHost.objects.create(host=HOST)
    return server


@pytest.fixture
def make_robot(world, admin_user):
    def make(form, secret="SEC-1", path="/robot/send?access_token=abc"):
        return Robot.objects.create(
            name="群", form=form, department=world.water, url=f"https://{HOST}{path}", secret=secret,
            created_by=admin_user, quiet_from="00:00", quiet_until="00:00",
        )  # fmt: skip

    return make


def tell(officer, key="matter:1"):
    notify([officer], "matter-assigned", "新交办 [一件](http://evil.example) @所有人", "请答复。", "/work/", key=key)


def test_a_dingtalk_group_gets_it_signed_as_published(robot_server, make_robot, officer):
    """`sign` = base64(HMAC-SHA256(key: secret, "timestamp\\nsecret")), url-encoded, as DingTalk's own guide has it."""
    make_robot("dingtalk")
    with time_machine.travel(NOON, tick=False):
        tell(officer)
    assert delivery.deliver_due() == 1
    ((path, headers, body),) = robot_server.seen
    query = parse_qs(urlsplit(path).query)
    stamp = query["timestamp"][0]
    expected = base64.b64encode(hmac.digest(b"SEC-1", f"{stamp}\nSEC-1".encode(), "sha256")).decode()
    assert query == {"access_token": ["abc"], "timestamp": [stamp], "sign": [expected]}
    assert len(stamp) == 13
    sent = json.loads(body)
    assert sent["msgtype"] == "markdown"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert "](http://evil.example)" not in sent["markdown"]["text"]
    assert "@" not in sent["markdown"]["text"]


def test_the_signature_is_what_openssl_makes_of_it():
    stamp, secret = 1577262236757, "SECthis-is-one"
    made = subprocess.run(
        [OPENSSL, "dgst", "-sha256", "-hmac", secret, "-binary"],
        input=f"{stamp}\n{secret}".encode(), check=True, capture_output=True,
    ).stdout  # fmt: skip
    assert dingtalk_sign(secret, stamp) == base64.b64encode(made).decode()


def test_a_wecom_group_gets_markdown_below_its_limit(robot_server, make_robot, officer):
    make_robot("wecom", secret="", path="/cgi-bin/webhook/send?key=k")
    notify([officer], "matter-assigned", "标题", "字" * 5000, "/work/", key="long")
    assert delivery.deliver_due() == 1
    ((path, _headers, body),) = robot_server.seen
    content = json.loads(body)["markdown"]["content"]
    assert path == "/cgi-bin/webhook/send?key=k"
    assert len(content.encode()) <= 4096
    assert content.endswith("/work/)")


def test_another_system_can_check_who_sent_it(robot_server, make_robot, officer):
    """As Standard Webhooks 1.0 has it: HMAC-SHA256 over id.timestamp.body."""
    make_robot("webhook", path="/hook")
    tell(officer)
    assert delivery.deliver_due() == 1
    ((_path, headers, body),) = robot_server.seen
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(b"SEC-1", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_what_the_group_refuses_is_tried_again_and_then_stands_as_sent_once(robot_server, make_robot, officer):
    robot_server.answers = [(200, {}, b'{"errcode":130101,"errmsg":"send too fast"}'), (503, {}, b"")]
    make_robot("dingtalk")
    tell(officer)
    assert delivery.deliver_due() == 0
    for _attempt in range(2):
        Delivery.objects.update(not_before=NOON)
        delivery.deliver_due()
    assert (Delivery.objects.get().state, Delivery.objects.get().attempts, len(robot_server.seen)) == ("sent", 3, 3)
    tell(officer)
    assert delivery.deliver_due() == 0


def test_a_redirect_is_not_followed(robot_server, make_robot, officer):
    robot_server.answers = [(302, {"Location": "https://10.0.0.1/inner"}, b"")]
    make_robot("dingtalk")
    tell(officer)
    assert delivery.deliver_due() == 0
    assert len(robot_server.seen) == 1
    assert Delivery.objects.get().error == "NotDelivered: HTTP 302"


def test_a_certificate_for_another_name_is_refused(robot_server, make_robot, officer):
    RobotHost.objects.create(host="other.example.org")
    robot = make_robot("dingtalk")
    Robot.objects.filter(pk=robot.pk).update(url="https://other.example.org/robot/send?access_token=abc")
    tell(officer)
    assert delivery.deliver_due() == 0
    assert not robot_server.seen
    assert Delivery.objects.get().error == "NotDelivered: SSLCertVerificationError"


def test_a_group_gets_twenty_messages_a_minute_and_the_rest_after_it(robot_server, make_robot, officer):
    make_robot("dingtalk")
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(23):
            tell(officer, key=f"matter:{number}")
        assert delivery.deliver_due() == 20
        assert delivery.deliver_due() == 0
        clock.shift(timedelta(seconds=61))
        assert delivery.deliver_due() == 3
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


INNER = ["10.1.2.3", "127.0.0.1", "192.168.0.9", "169.254.169.254", "172.16.0.1", "100.64.0.1", "0.0.0.0", "::1",
         "fe80::1", "fd00::1", "::ffff:10.0.0.1", "2002:0a00:0001::1", "224.0.0.1"]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_a_name_that_leads_inwards_is_not_called(monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    known = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: known)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("it was called"))
    with pytest.raises(OSError, match="not a public address"):
        https.post("https://oapi.dingtalk.com/robot/send", {}, b"{}")


def test_one_inner_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    known = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("203.119.206.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: known)
    with pytest.raises(https.NotPublic):
        https.public_addresses("oapi.dingtalk.com", 443)


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    answers = iter([[(2, 1, 6, "", ("203.119.206.1", 443))], [(2, 1, 6, "", ("10.0.0.1", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: next(answers))
    called = []

    def connect(address, *args, **kwargs):
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OSError):
        https.post("https://oapi.dingtalk.com/robot/send", {}, b"{}")
    assert called == [("203.119.206.1", 443)]


def test_a_public_address_is_public():
    assert https.is_public("203.119.206.1")
    assert https.is_public("2400:3200::1")


BAD = ["http://oapi.dingtalk.com/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/", "https://a.internal/",
       "https://user@oapi.dingtalk.com/", "https://oapi.dingtalk.com:8443/", "https://evil.example/", "ftp://x", "x",
       "https://oapi.dingtalk.com.evil.example/", "https://[bad/"]  # fmt: skip


@pytest.mark.parametrize("url", BAD)
def test_no_robot_is_added_at_such_an_address(officer, url):
    for host in ("10.0.0.1", "::1", "localhost", "a.internal"):
        RobotHost.objects.create(host=host)
    with pytest.raises(BadInput) as refused:
        robot_services.add_robot(
            officer, name="群", form="dingtalk", url=url, secret="s", department=officer.department,
            quiet_from="22:00", quiet_until="07:00",
        )  # fmt: skip
    assert [error.field for error in refused.value.errors] == ["url"]
    assert not Robot.objects.exists()


def test_the_published_hosts_are_allowed_from_the_start(db):
    RobotHost.objects.all().delete()  # there or not: a test before this one may have emptied the database
    import_module("accounts.migrations.0005_notices").allow_known_hosts(apps, None)
    check_address("https://oapi.dingtalk.com/robot/send?access_token=abc")
    check_address("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k")


class _Mailbox(socketserver.StreamRequestHandler):
    """As much SMTP as it takes to receive one message, or to refuse its reader."""

    def handle(self):
        self.say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self.say("354 go on")
                self.server.letters.append(self.read_letter())
                self.say("250 kept")
            elif word == "RCPT" and self.server.refusing:
                self.say("550 5.1.1 no such mailbox: " + line)
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 sink")

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def read_letter(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.decode())
        return "".join(lines)


@pytest.fixture
def mailbox(settings):
    """A mail server on this machine, and the site's mail going there."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mailbox)
    server.letters, server.refusing = [], False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    options = {"host": "127.0.0.1", "port": server.server_address[1], "timeout": 10}
    backend = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    settings.MAILERS = {"default": backend}
    yield server
    server.shutdown()
    thread.join(5)
    server.server_close()


def test_a_letter_arrives_once_by_smtp(mailbox, officer):
    officer.email = "officer@example.org"
    officer.save()
    with time_machine.travel(NOON, tick=False):
        tell(officer)
        assert delivery.deliver_due() == 1
        assert delivery.deliver_due() == 0
    (letter,) = mailbox.letters
    assert "To: officer@example.org" in letter
    assert "Message-ID: <notice-" in letter
    assert "Auto-Submitted: auto-generated" in letter


def test_a_mailbox_that_refuses_is_tried_again_and_nobodys_address_is_logged(mailbox, officer, caplog):
    mailbox.refusing = True
    officer.email = "nobody@example.org"
    officer.save()
    with time_machine.travel(NOON, tick=False) as clock:
        tell(officer)
        assert delivery.deliver_due() == 0
        row = Delivery.objects.get()
        assert (row.state, row.attempts, row.error) == ("waiting", 1, "SMTPRecipientsRefused")
        assert "nobody@example.org" not in caplog.text
        mailbox.refusing = False
        clock.move_to(row.not_before)
        assert delivery.deliver_due() == 1
    assert len(mailbox.letters) == 1
