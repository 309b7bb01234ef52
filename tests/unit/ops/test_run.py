"""The port is checked before anything is started, and a dead child is noticed."""

import socket
import subprocess
import sys

import pytest

from ops import run


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "", "8000 ", "８０００"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(run.CannotRun, match="not a port number"):
        run.parse_port(text)


@pytest.mark.parametrize(("text", "port"), [("1", 1), ("8000", 8000), ("65535", 65535)])
def test_ports_up_to_the_limits_are_taken(text: str, port: int) -> None:
    assert run.parse_port(text) == port


def test_a_taken_port_is_said_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind((run.HOST, 0))
        taken.listen()
        with pytest.raises(run.CannotRun, match="make run PORT="):
            run.check_port(taken.getsockname()[1])


def test_a_free_port_is_accepted() -> None:
    with socket.socket() as probe:
        probe.bind((run.HOST, 0))
        port = probe.getsockname()[1]
    run.check_port(port)


def test_a_child_that_ended_is_named_with_its_code() -> None:
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    process.wait()
    with pytest.raises(run.CannotRun, match=r"worker ended by itself \(code 7\)"):
        run._raise_if_ended([run.Child("worker", process)])


def test_stopping_ends_a_child_that_still_runs() -> None:
    child = run._spawn("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], {})
    run._stop([child])
    assert child.process.poll() is not None


def test_web_processes_and_threads_can_be_set() -> None:
    command = run.server_command(8123, {"WEB_WORKERS": "3"})
    assert command[command.index("--workers") + 1] == "3"
    assert command[command.index("--port") + 1] == "8123"
