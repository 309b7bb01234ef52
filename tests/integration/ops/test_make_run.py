"""`make run` as a whole, on a made-up clone with a small web server: up, kept up, down; and what it refuses."""

import ctypes
import os
import signal
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ops import run
from ops.supervise import Supervisor
from tests.data.clone import run_command

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 60
"""Seconds until a test that waits for something gives up."""


@pytest.fixture
def make_run(clone, monkeypatch):
    """`make run` in this process, on a free port; what it changes of this process is put back."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    with socket.socket() as probe:
        probe.bind((run.HOST, 0))
        monkeypatch.setenv("PORT", str(probe.getsockname()[1]))
    monkeypatch.setenv("WEB_WORKERS", "1")  # the made-up server cannot share its port
    yield lambda: run_command(monkeypatch, "run")
    ctypes.CDLL(None).prctl(1, 0)
    for number, handler in handlers.items():
        signal.signal(number, handler)


class Onlooker(threading.Thread):
    """Does something beside a running `make run`, then ends it as Ctrl-C or `kill` would."""

    def __init__(self, clone, capsys, how=signal.SIGTERM, meanwhile=lambda onlooker: None):
        super().__init__(daemon=True)
        self.clone, self.capsys, self.how, self.meanwhile = clone, capsys, how, meanwhile
        self.out = self.err = ""
        self.problem = None

    def wait_for(self, what):
        deadline = time.monotonic() + PATIENCE
        while not (found := what()):
            assert time.monotonic() < deadline, f"waited in vain; said: {self.out}{self.err}"
            time.sleep(0.02)
        return found

    def says(self, words):
        def said():
            new = self.capsys.readouterr()
            self.out, self.err = self.out + new.out, self.err + new.err
            return words in self.out + self.err

        self.wait_for(said)

    def sites(self):
        lines = (self.clone.tools / "log").read_text().splitlines()
        return [int(line.split()[1]) for line in lines if line.startswith("site ")]

    def run(self):
        try:
            self.says("Ready after")
            self.meanwhile(self)
        except AssertionError as error:
            self.problem = error
        finally:
            if signal.getsignal(signal.SIGTERM) is run._interrupt:
                os.kill(os.getpid(), self.how)


def watched(make_run, clone, capsys, **what):
    onlooker = Onlooker(clone, capsys, **what)
    onlooker.start()
    code = make_run()
    onlooker.join(PATIENCE)
    if onlooker.problem:
        raise onlooker.problem
    rest = capsys.readouterr()
    return code, onlooker.out + rest.out, onlooker.err + rest.err


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("how", SIGNALS)
def test_it_comes_up_says_its_address_and_goes_down_with_all_it_started(make_run, clone, capsys, how):
    def worker_began(onlooker):  # it starts beside the site
        onlooker.wait_for(lambda: "manage.py work_jobs" in (clone.tools / "log").read_text())

    code, out, _err = watched(make_run, clone, capsys, how=how, meanwhile=worker_began)
    assert code == 0
    assert f"http://127.0.0.1:{os.environ['PORT']}/" in out
    assert "demo-<name>" not in out, "somebody else's database gets no demo unasked"
    assert out.endswith("\nStopped.\n")
    calls = clone.calls()
    (site,) = [int(call.split()[1]) for call in calls if call.startswith("site ")]
    assert not is_alive(site)
    assert calls.index("python manage.py prepare") < calls.index("python manage.py work_jobs")


def test_the_demos_sign_ins_are_told_where_there_is_one(make_run, clone, capsys, monkeypatch):
    monkeypatch.setenv("DEMO", "yes")
    _code, out, _err = watched(make_run, clone, capsys)
    assert "Demo sign-ins (password is demo-<name>): deputy, officer" in out


def test_a_killed_web_server_is_started_again_and_that_is_said(make_run, clone, capsys):
    def kill(onlooker):
        (first,) = onlooker.sites()
        os.kill(first, signal.SIGKILL)
        onlooker.wait_for(lambda: len(onlooker.sites()) == 2)

    code, _out, err = watched(make_run, clone, capsys, meanwhile=kill)
    assert code == 0
    assert "The web server ended (signal 9); starting it again at once." in err
    assert not any(is_alive(int(call.split()[1])) for call in clone.calls() if call.startswith("site "))


def test_what_never_stays_up_ends_the_start_with_words_and_code_1(make_run, clone, capsys):
    clone.fail("-m geo_portal.web_server")
    assert make_run() == 1
    said = capsys.readouterr().err
    assert said.endswith("The web server ended 5 times before the site was up; its last words stand above.\n")
    assert sum("-m geo_portal.web_server" in call for call in clone.calls()) == 5


def test_migrations_that_fail_end_the_start_before_anything_is_served(make_run, clone, capsys):
    clone.fail("manage.py prepare")
    assert make_run() == 1
    assert "manage.py prepare` ended with code 3." in capsys.readouterr().err
    assert not any("web_server" in call or "work_jobs" in call for call in clone.calls())


def test_production_without_what_it_needs_is_refused_before_anything_is_set_up(make_run, clone, capsys, monkeypatch):
    monkeypatch.delenv("EMAIL_HOST")
    monkeypatch.setenv("SITE_URL", "http://map.example.org")
    assert make_run() == 1
    lines = capsys.readouterr().err.splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["SITE_URL", "EMAIL_HOST"]
    assert clone.calls(but=()) == []


def test_a_busy_port_is_refused_before_anything_is_set_up(make_run, clone, capsys, monkeypatch):
    with socket.socket() as busy:
        busy.bind((run.HOST, 0))
        busy.listen()
        port = busy.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert make_run() == 1
    said = capsys.readouterr().err
    assert said.startswith(f"Port {port} is taken by process {os.getpid()} (")
    assert said.endswith(f". Choose another: make run PORT={port + 1}\n")
    assert clone.calls(but=()) == []


def test_a_port_that_is_none_is_refused(make_run, clone, capsys, monkeypatch):
    monkeypatch.setenv("PORT", "http")
    assert make_run() == 1
    assert capsys.readouterr().err == "PORT=http is not a port number (1 to 65535).\n"
    assert clone.calls(but=()) == []


class _Unready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503)
        self.end_headers()
        self.wfile.write("没有数据库".encode())

    def log_message(self, *args):
        pass


@contextmanager
def answering(handler):
    server = HTTPServer((run.HOST, 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join(PATIENCE)
    server.server_close()


def test_a_site_that_does_not_become_ready_is_given_up_with_its_last_answer(monkeypatch):
    monkeypatch.setattr(run, "READY_SECONDS", 0)
    with answering(_Unready) as port, pytest.raises(run.CannotRun, match=r"/readyz was not ready .*: 503 没有数据库"):
        run._wait_ready(Supervisor([], time.monotonic, print), port)


def test_a_database_of_its_own_is_kept_up_too(clone):
    charge = run._database_charge({"VAR_DIR": str(clone.root / "var")})
    assert (charge.name, charge.ended()) == ("The database", "its server is gone")
