"""Simulated stations over a real socket: their hours arrive as samples, whatever the line does, and show there."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from river_monitoring.samples.hj212.intake import log_fault, store
from river_monitoring.samples.hj212.limits import Limits
from river_monitoring.samples.hj212.server import Listener
from river_monitoring.samples.models import AutomaticStation, Sample, StationFault
from tests.integration.river_monitoring.conftest import BAD

MN = "330203000000000000000001"


@pytest.fixture(autouse=True)
def demonstration(settings: Any) -> None:
    settings.DEMO = True


@pytest.fixture(autouse=True)
def no_other_loop() -> Iterator[None]:
    """A browser test in the same process leaves its event loop running; the command needs this thread for its own."""
    other = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(other)


def _once(call: Any) -> Any:
    """In a thread of the listener: leave no connection behind that keeps the test's database from being dropped."""

    def called(given: Any) -> Any:
        try:
            return call(given)
        finally:
            connection.close()

    return called


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    """A listener with the real database behind it."""
    listener = Listener(_once(store), _once(log_fault), Limits(gather=0.01))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield asyncio.run_coroutine_threadsafe(listener.start("127.0.0.1", 0), loop).result(20)
    asyncio.run_coroutine_threadsafe(listener.stop(), loop).result(20)
    asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)
    loop.close()


@pytest.fixture
def station(transactional_db: None, make_point: Any) -> AutomaticStation:
    return AutomaticStation.objects.create(mn=MN, point=make_point("A-1"), password="123456", networks=["127.0.0.0/8"])


def simulate(port: int, *mns: str, **options: Any) -> dict[str, dict[str, int]]:
    output = StringIO()
    call_command("simulate_station", *mns, port=port, json=True, stdout=output, **options)
    found: dict[str, dict[str, int]] = json.loads(output.getvalue())["stations"]
    return found


def test_a_simulated_hour_arrives_as_a_sample_and_shows_at_the_point(port, station, client):
    tally = simulate(port, hours=1, minutes=20)[MN]
    assert (tally["reports"], tally["acknowledged"], tally["given_up"]) == (4, 4, 0)
    sample = Sample.objects.get()
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    assert (sample.point, sample.station, sample.source, sample.phenomenon_time) == (
        station.point, station, "automatic", hour,
    )  # fmt: skip
    assert {"ph", "do", "codmn", "nh3n", "tp"} <= set(sample.readings)
    page = client.get(reverse("river:point", args=[station.point.code])).content.decode()
    assert sample.readings["nh3n"] in page
    station.refresh_from_db()
    assert (station.latest["cn"], station.last_peer) == ("2061", "127.0.0.1")


def test_several_stations_report_at_once_and_each_its_own(port, station, make_point):
    other = AutomaticStation.objects.create(mn="330203000000000000000002", point=make_point("A-2"), password="654321")
    simulate(port, hours=3)
    assert Sample.objects.filter(station=station).count() == Sample.objects.filter(station=other).count() == 3
    assert {sample.point_id for sample in Sample.objects.filter(station=other)} == {other.point_id}


def test_whatever_the_line_does_each_hour_is_there_once(port, station):
    tally = simulate(port, hours=12, cut=0.6, wrong_crc=0.6, repeat=0.6, most_bytes=260, outages=0.4, seed=3)[MN]
    assert min(tally[name] for name in ("cut", "wrong_crc", "repeated", "late")) > 0
    assert (tally["reports"], tally["acknowledged"]) == (12, 12)
    assert Sample.objects.count() == len(set(Sample.objects.values_list("phenomenon_time", flat=True))) == 12


def test_sending_the_same_hours_again_changes_nothing(port, station):
    simulate(port, hours=2)
    before = list(Sample.objects.values("pk", "readings", "recorded_at"))
    simulate(port, hours=2)
    assert list(Sample.objects.values("pk", "readings", "recorded_at")) == before


def test_what_was_measured_by_hand_says_what_is_usual(port, station, sample):
    for days_ago in (40, 70):
        sample(station.point, BAD, days_ago=days_ago)
    simulate(port, hours=1)
    mean = float(Sample.objects.get(source="automatic").readings["nh3n"])
    assert 1.0 < mean < 5.0, "by hand 2.35, without it 0.5"


def test_flagged_values_arrive_flagged(port, station):
    simulate(port, hours=6, unsound=0.5)
    flags = {item["flag"] for sample in Sample.objects.all() for item in sample.flagged.values()}
    assert flags & set("MDCTB")


@pytest.mark.parametrize("year", ["2005", "2025"])
def test_other_versions_are_taken_too(year, port, station):
    if year == "2005":
        AutomaticStation.objects.update(mn="33020300000001")
    simulate(port, hours=1, dialect=year)
    assert Sample.objects.count() == 1


def test_a_listener_that_does_not_know_the_station_says_nothing(port, station, monkeypatch):
    monkeypatch.setattr("river_monitoring.samples.hj212.guard.compare_digest", lambda *_: False)
    with pytest.raises(CommandError, match="not acknowledged") as ended:
        simulate(port, hours=1, timeout=5)
    assert ended.value.returncode == 1
    assert not Sample.objects.exists()
    station.refresh_from_db()
    assert station.failures == 3


def test_the_fault_is_on_file_when_the_listener_has_ended(station, port):
    AutomaticStation.objects.update(networks=["10.0.0.0/8"])
    with pytest.raises(CommandError):
        simulate(port, hours=1)
    assert StationFault.objects.get().code == "wrong-network"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"mns": ["NOBODY"]}, "unknown-station"),
        ({"dialect": "2005"}, "mn-too-long"),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_one_line(options, says, station):
    with pytest.raises(CommandError, match=says) as refused:
        simulate(1, *options.pop("mns", []), **options)
    assert refused.value.returncode == 2


def test_outside_the_demonstration_nothing_is_sent(settings, db):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1") as refused:
        simulate(1)
    assert refused.value.returncode == 2


def test_without_a_station_it_says_so(db):
    with pytest.raises(CommandError, match="no-station"):
        simulate(1)
