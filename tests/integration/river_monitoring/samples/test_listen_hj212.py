"""The command that listens for stations: it says where, answers a station, and ends in order when it is told to."""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from river_monitoring.management.commands import listen_hj212
from river_monitoring.samples.hj212.frame import encode
from tests.integration.river_monitoring.samples.test_automatic_stations import MN, VALUES, report

WAIT_S = 20


class Output:
    """What the command writes; it can be waited for from another thread."""

    def __init__(self) -> None:
        self.text, self.written = "", threading.Event()

    def write(self, text: str) -> None:
        self.text += text
        self.written.set()

    def flush(self) -> None:
        pass

    @property
    def port(self) -> int:
        return int(self.text.strip().rpartition(":")[2])


@pytest.fixture(autouse=True)
def no_other_loop() -> Iterator[None]:
    """A browser test in the same process leaves its event loop running; signals need this thread for themselves."""
    other = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(other)


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The packets that the command stored; no database is asked."""
    found: list[Any] = []

    def keep(packets: list[Any]) -> list[str]:
        found.extend(packets)
        return ["stored"] * len(packets)

    monkeypatch.setattr(listen_hj212, "store", keep)
    monkeypatch.setattr(listen_hj212, "known_addresses", list)
    return found


def listen(visit: Callable[[int], None], stop: int, **options: Any) -> Output:
    """Run the command on a free port; `visit` it with the port from another thread, then send it the signal `stop`."""
    output, failures = Output(), []

    def visitor() -> None:
        try:
            assert output.written.wait(WAIT_S), "the command does not say where it listens"
            visit(output.port)
        except Exception as error:
            failures.append(error)
        finally:
            if output.written.is_set():  # only then is there somebody to take the signal
                os.kill(os.getpid(), stop)

    thread = threading.Thread(target=visitor)
    thread.start()
    call_command("listen_hj212", port=0, stdout=output, **options)
    thread.join(WAIT_S)
    assert failures == []
    return output


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_station_is_answered_after_its_report_is_stored(stored: list[Any], stop: int) -> None:
    answers = []

    def station(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), WAIT_S) as line:
            line.sendall(encode(report(VALUES)))
            answers.append(line.recv(4096))

    output = listen(station, stop)
    assert output.text.startswith("listening on 127.0.0.1:")
    assert [packet.mn for packet in stored] == [MN]
    assert b"CN=9014" in answers[0]


def test_a_silent_station_is_let_go_after_the_seconds_that_were_asked_for(stored: list[Any]) -> None:
    ends = []

    def silent(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), WAIT_S) as line:
            ends.append(line.recv(1))

    listen(silent, signal.SIGTERM, idle=0.2)
    assert ends == [b""]
    assert stored == []


def test_more_stations_of_one_address_than_allowed_are_turned_away(
    stored: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts: list[Any] = []
    monkeypatch.setattr(listen_hj212, "log_fault", cuts.append)
    ends = []

    def two(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), WAIT_S) as first:
            first.sendall(encode(report(VALUES)))
            first.recv(4096)  # it is counted by now
            with socket.create_connection(("127.0.0.1", port), WAIT_S) as second:
                ends.append(second.recv(1))

    listen(two, signal.SIGTERM, per_address=1)
    assert ends == [b""]
    assert [cut.code for cut in cuts] == ["too-many-connections"]


def test_it_listens_although_the_database_cannot_be_asked_yet(
    stored: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable() -> list[str]:
        raise OperationalError("the database is starting")

    monkeypatch.setattr(listen_hj212, "known_addresses", unavailable)
    assert listen(lambda _port: None, signal.SIGTERM).text.startswith("listening on")


def test_connections_that_the_database_closed_are_given_up_before_each_use(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(listen_hj212, "close_old_connections", lambda: calls.append("given up"))
    kept = listen_hj212._lasting(lambda word: calls.append(word))
    kept("stored")
    kept("stored again")
    assert calls == ["given up", "stored", "given up", "stored again"]


def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(CommandError, match="--port"):
        call_command("listen_hj212", "--port", "hj212")
