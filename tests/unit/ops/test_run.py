"""The port is checked before anything is started; a child says how it ended and is started again."""

import os
import socket
import sys
import time

import pytest

from ops import run
from ops.supervise import Charge, Supervisor


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


def test_whoever_has_the_port_is_named_with_its_folder() -> None:
    with socket.socket() as taken:
        taken.bind((run.HOST, 0))
        taken.listen()
        with pytest.raises(run.CannotRun) as refused:
            run.reserve_port(taken.getsockname()[1])
    assert f"process {os.getpid()} (" in str(refused.value)
    assert f"in {os.getcwd()}" in str(refused.value)


def test_a_port_that_its_holder_would_share_is_refused_all_the_same() -> None:
    """As granian listens: with SO_REUSEPORT a second server of the same user gets half of the visitors."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind((run.HOST, 0))
        taken.listen()
        with pytest.raises(run.CannotRun, match="is taken by process"):
            run.reserve_port(taken.getsockname()[1])


def test_of_two_that_start_at_once_one_is_refused() -> None:
    with socket.socket() as probe:
        probe.bind((run.HOST, 0))
        port = probe.getsockname()[1]
    with run.reserve_port(port):
        run.check_port(port)  # nobody listens there yet
        with pytest.raises(run.CannotRun, match="another `make run`"):
            run.reserve_port(port)
    run.reserve_port(port).close()


def test_a_free_port_is_accepted() -> None:
    with socket.socket() as probe:
        probe.bind((run.HOST, 0))
        port = probe.getsockname()[1]
    run.check_port(port)


def test_web_processes_and_threads_can_be_set_and_each_has_a_server_on_the_same_port() -> None:
    servers = run.web_servers(8000, {"WEB_WORKERS": "3", "WEB_THREADS": "5"})
    assert [one.name for one in servers] == ["The web server", "Web server 2", "Web server 3"]
    for one in servers:
        words = " ".join(one.command)
        assert words.endswith("-m geo_portal.web_server --host 127.0.0.1 --port 8000 --threads 5")


def child(code: str) -> run.Child:
    return run.Child("sleeper", [sys.executable, "-c", code], {})


@pytest.mark.parametrize(
    ("code", "how"), [("raise SystemExit(7)", "code 7"), ("import os; os.kill(os.getpid(), 9)", "signal 9")]
)
def test_a_child_says_how_it_ended_and_can_be_started_again(code: str, how: str) -> None:
    sleeper = child(code)
    assert sleeper.ended() is None
    for _turn in range(2):
        sleeper.start()
        assert sleeper.process is not None
        sleeper.process.wait(60)
        assert sleeper.ended() == how


def test_stopping_ends_a_child_that_still_runs_and_all_it_has_started() -> None:
    sleeper = child(
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    sleeper.start()
    assert sleeper.process is not None
    group = sleeper.process.pid
    sleeper.stop(0.1)
    assert sleeper.ended() == "signal 9"
    with pytest.raises(ProcessLookupError):
        for _turn in range(100):
            os.killpg(group, 0)
            time.sleep(0.05)


def test_what_never_stays_up_ends_the_start_with_a_word() -> None:
    charge = Charge("The worker", lambda: None, lambda: None)
    charge.backoff.ends = run.STARTS
    supervisor = Supervisor([charge], time.monotonic, print)
    with pytest.raises(run.CannotRun, match="The worker ended 5 times"):
        run._give_up_on_who_never_stays(supervisor)
