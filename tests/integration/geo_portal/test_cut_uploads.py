"""Uploads that break off on a real socket, to the server that runs in production: refused, and nothing is filed."""

import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import reverse

from supervision.models import Finding
from supervision.public import private_links
from tests.architecture.access.table import rows
from tests.integration.supervision.conftest import jpeg
from tests.integration.tiles.test_processes import start, stop, wait_ready

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[3]
TOKEN = "t" * 32
PHOTO = jpeg().read() + bytes(300_000)


@contextmanager
def serving(folder):
    running = start(folder)
    try:
        wait_ready(running)
        yield running
    finally:
        stop(running)


@pytest.fixture(scope="module")
def server(django_db_setup, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


def form(**fields):
    """A multipart body with these fields and one photo, as a browser sends it."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    photo = (
        b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    return "".join(parts).encode() + photo + PHOTO + b"\r\n--x--\r\n"


def report():
    secret = private_links.fresh_secret()
    place = {"lng": "121.32", "lat": "29.85", "category": "environment", "text": "oil"}
    return form(client_id=uuid4(), secret=secret, **place)


def send(port, address, body, *headers, breaks_off=False):
    """Send a request and return what is answered; one that breaks off may get no answer any more."""
    head = [
        f"POST {address} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: multipart/form-data; boundary=x",
        f"Cookie: csrftoken={TOKEN}", f"X-CSRFToken: {TOKEN}", "Accept: application/json", "Connection: close",
        *headers,
    ]  # fmt: skip
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        if breaks_off:
            line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def status(answer):
    return int(answer.split(b" ", 2)[1])


def stand_in(value):
    """What an address has for a thing of the table, which nobody looks for here: sheets have a number of their own."""
    return "00000000-0000-4000-8000-000000000000" if value == "SHEET" else "1" if value.isupper() else value


def browser_addresses():
    """Every address to which a page posts a form; the check for forged forms reads it before any view."""
    for route, arguments, _ in rows("WRITES"):
        given = dict(word.split("=", 1) for word in arguments.split())
        if ":" in route and route != "matters:mine_step":
            yield reverse(route, kwargs={name: stand_in(value) for name, value in given.items()})


def test_a_form_without_its_end_is_refused_at_every_address(server, staff):
    cut = report()[:-8]
    for address in browser_addresses():
        answer = send(server.port, address, cut, f"Content-Length: {len(cut)}")
        assert (status(answer), b"cut-short" in answer) == (400, True), address


def test_a_body_in_chunks_without_a_length_is_refused_with_the_reason(server, staff):
    body = report()
    for chunks in (b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n", b"%x\r\n" % len(body) + body[:100_000]):
        answer = send(server.port, "/report/", chunks, "Transfer-Encoding: chunked")
        assert (status(answer), b"length-required" in answer) == (400, True)


def test_a_whole_report_is_filed_after_all_that_and_one_that_broke_off_is_not(staff, tmp_path):
    cut, whole = report(), report()
    with serving(tmp_path) as server:
        for sent in (0, 300, 5_000, 200_000, len(cut) - 1):
            answer = send(server.port, "/report/", cut[:sent], f"Content-Length: {len(cut)}", breaks_off=True)
            assert answer == b"" or status(answer) == 400
        assert status(send(server.port, "/report/", whole, f"Content-Length: {len(whole)}")) == 201
    # The server has ended: what it still had in its hands is done.
    assert Finding.objects.get().photos.count() == 1


@contextmanager
def proxy(folder, port):
    """The nginx of the containers, with its own configuration, before the server on `port`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        front = probe.getsockname()[1]
    conf = (ROOT / "ops/container/nginx.conf").read_text()
    for old, new in {
        "/tmp/": f"{folder}/",
        " /spool;": f" {folder}/spool;",
        "listen 8080;": f"listen 127.0.0.1:{front};",
        "access_log /dev/stdout plain;": "access_log off;",
    }.items():
        assert old in conf, old
        conf = conf.replace(old, new)
    (folder / "nginx.conf").write_text(re.sub(r"(error_log )/dev/stderr", rf"\1{folder}/errors.log", conf))
    ways = {
        "ASKER_CONF": f"{folder}/asker.conf",
        "UPSTREAMS_CONF": f"{folder}/upstreams.conf",
        "WEBS": f"127.0.0.1:{port}",
    }
    as_root = " user root;" if os.getuid() == 0 else ""  # the temporary folder is this user's alone
    command = [ROOT / "ops/container/proxy-start", "-c", folder / "nginx.conf", "-g", f"daemon off;{as_root}"]
    running = subprocess.Popen(command, env=os.environ | ways)
    try:
        for _ in range(300):
            assert running.poll() is None, (folder / "errors.log").read_text()
            with suppress(OSError), socket.create_connection(("127.0.0.1", front), timeout=1):
                break
            time.sleep(0.1)
        yield front
    finally:
        running.terminate()
        running.wait()


@pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx (Debian: nginx-light)")
def test_through_the_proxy_too_a_report_that_breaks_off_is_not_filed_and_a_whole_one_is(staff, tmp_path):
    cut, whole = report(), report()
    (tmp_path / "site").mkdir()
    (tmp_path / "proxy").mkdir()
    with serving(tmp_path / "site") as server, proxy(tmp_path / "proxy", server.port) as front:
        for sent in (300, 200_000, len(cut) - 1):
            answer = send(front, "/report/", cut[:sent], f"Content-Length: {len(cut)}", breaks_off=True)
            assert answer == b"" or status(answer) == 400
        unclosed = cut[:-8]
        answer = send(front, "/report/", unclosed, f"Content-Length: {len(unclosed)}")
        assert (status(answer), b"cut-short" in answer) == (400, True)
        assert status(send(front, "/report/", whole, f"Content-Length: {len(whole)}")) == 201
    assert Finding.objects.get().photos.count() == 1
