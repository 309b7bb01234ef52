"""Stations that send by themselves: stored once, rated, acknowledged; rubbish is cut off and nothing of it stays."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from geokit.refusal import BadInput, NotPermitted
from river_monitoring.samples.hj212.frame import FrameReader, encode
from river_monitoring.samples.hj212.intake import log_fault, store
from river_monitoring.samples.hj212.limits import Cut, Limits
from river_monitoring.samples.hj212.packet import parse
from river_monitoring.samples.hj212.server import Listener
from river_monitoring.samples.models import AutomaticStation, Sample, SampleRevision, StationFault
from river_monitoring.samples.queries import samples_to_review
from river_monitoring.samples.services import check_sample, correct_sample
from tests.integration.river_monitoring.conftest import BAD, GOOD

MN = "010000A8900016F000169DC0"


def report(
    values: str, *, hours_ago: float = 1, mn: str = MN, pw: str = "123456", cn: str = "2061", flag: int = 5
) -> bytes:
    at = timezone.localtime() - timedelta(hours=hours_ago)
    head = f"QN={at:%Y%m%d%H%M%S}000;ST=21;CN={cn};PW={pw};MN={mn};Flag={flag};"
    return (head + f"CP=&&DataTime={at:%Y%m%d%H}0000;{values}&&").encode()


VALUES = (
    "w01001-Avg=7.20,w01001-Flag=N;w01009-Avg=4.8,w01009-Flag=N;w01019-Avg=5.6,w01019-Flag=N;"
    "w21003-Avg=2.35,w21003-Flag=N;w21011-Avg=0.310,w21011-Flag=N"
)


@pytest.fixture
def station(point):
    return AutomaticStation.objects.create(mn=MN, point=point, password="123456")


def test_an_hourly_mean_becomes_a_rated_sample(station, point):
    assert store([parse(report(VALUES))]) == ["stored"]
    sample = Sample.objects.get()
    point.refresh_from_db()
    assert (sample.source, sample.water_class, sample.limiting) == ("automatic", 6, ["nh3n"])
    assert point.current_sample == sample
    assert sample.station == station
    station.refresh_from_db()
    assert station.latest["values"]["w21003"] == ["2.35", "N"]


def test_nothing_but_an_automatic_sample_is_a_stations(station, point, sample):
    typed = sample(point, GOOD)
    with pytest.raises(IntegrityError, match="a_stations_sample_is_automatic"), transaction.atomic():
        Sample.objects.filter(pk=typed.pk).update(station=station)


def test_the_same_hour_again_counts_once(station):
    packets = [parse(report(VALUES)), parse(report(VALUES))]
    assert store(packets) == ["stored", "duplicate"]
    assert store(packets[:1]) == ["duplicate"]
    assert Sample.objects.count() == 1


def test_a_station_of_the_works_takes_no_hour_from_one_of_another_operator(station, point, monitoring):
    """Both stand beside each other, whichever reports first; which of them proves anything is told by its operator."""
    own = AutomaticStation.objects.create(mn="OWN", point=point, password="123456", operator=point.department)
    AutomaticStation.objects.filter(pk=station.pk).update(operator=monitoring)
    better = VALUES.replace("w21003-Avg=2.35", "w21003-Avg=0.35")
    assert store([parse(report(better, mn="OWN"))]) == ["stored"]
    assert store([parse(report(VALUES)), parse(report(VALUES)), parse(report(better, mn="OWN"))]) == [
        "stored", "duplicate", "duplicate",
    ]  # fmt: skip
    found = Sample.objects.order_by("pk").values_list("station", "by_works", "water_class")
    assert list(found) == [(own.pk, True, 5), (station.pk, False, 6)]


def test_an_hour_sent_again_after_the_station_got_another_operator_counts_once(station, monitoring):
    assert store([parse(report(VALUES))]) == ["stored"]
    AutomaticStation.objects.filter(pk=station.pk).update(operator=monitoring)
    assert store([parse(report(VALUES))]) == ["duplicate"]


def test_minutes_are_the_stations_state_and_no_samples(station):
    assert store([parse(report("w01001-Rtd=7.1", cn="2011"))]) == ["stored"]
    assert not Sample.objects.exists()
    station.refresh_from_db()
    assert station.latest["values"] == {"w01001": ["7.1", "N"]}


def test_an_hour_that_is_sent_late_is_stored_and_not_the_latest(station):
    assert store([parse(report(VALUES, hours_ago=1))]) == ["stored"]
    late = VALUES.replace("w21003-Avg=2.35", "w21003-Avg=0.35")
    assert store([parse(report(late, hours_ago=30))]) == ["stored"]
    station.refresh_from_db()
    assert station.latest["values"]["w21003"] == ["2.35", "N"]
    assert Sample.objects.count() == 2


def test_an_hour_of_a_month_long_past_is_acknowledged_and_counts_after_two_have_looked(
    station, point, monitoring, sampler, analyst, as_user, max_age
):
    """What is sent so late could lift a month that everybody takes as settled."""
    max_age(30)
    AutomaticStation.objects.filter(pk=station.pk).update(operator=monitoring)
    values = VALUES.replace("w21011-Flag=N", "w21011-Flag=D")
    assert store([parse(report(values, hours_ago=31 * 24)), parse(report(VALUES, hours_ago=29 * 24))]) == ["stored"] * 2
    late, counted = Sample.objects.order_by("phenomenon_time")
    assert (late.readings, late.water_class, counted.water_class) == ({}, 0, 6)
    assert late.flagged["nh3n"] == {"value": "2.35", "flag": "!"}
    assert late.flagged["tp"] == {"value": "0.310", "flag": "D"}, "what the station says of a value stays"
    assert "报来时已过补录期限" in late.note
    assert list(samples_to_review(sampler)) == [late]
    form = as_user(sampler).get(f"/river/points/{point.code}/samples/{late.pk}/correct/").context["form"]
    assert form.initial["nh3n"] == "2.35" and "tp" not in form.initial
    values = {code: item["value"] for code, item in late.flagged.items() if item["flag"] == "!"}
    correct_sample(late.pk, values, "断网后补传，已与仪器记录核对", sampler)
    late.refresh_from_db()
    assert (late.water_class, late.quality) == (6, "corrected")
    check_sample(late.pk, "confirm", "已核对仪器记录", analyst)


@pytest.mark.parametrize(
    ("packet", "outcome"),
    [
        (report(VALUES, mn="SOMEBODY"), "unknown-station"),
        (report(VALUES, pw="000000"), "wrong-password"),
        (report(VALUES, hours_ago=-5), "refused"),
        (report(VALUES, cn="2041"), "ignored"),
    ],
)
def test_what_is_not_to_be_believed_is_not_stored(packet, outcome, station):
    assert store([parse(packet)]) == [outcome]
    assert not Sample.objects.exists()


def test_a_station_that_was_switched_off_is_unknown(station):
    AutomaticStation.objects.update(is_active=False)
    assert store([parse(report(VALUES))]) == ["unknown-station"]


def test_a_value_that_cannot_be_leaves_the_sample_unrated_and_is_kept(station):
    store([parse(report(VALUES.replace("7.20", "77")))])
    sample = Sample.objects.get()
    assert sample.water_class == 0
    assert sample.flagged["ph"] == {"value": "77", "flag": "X"}
    assert "pH" in sample.note


def test_a_value_the_station_calls_faulty_does_not_decide_and_is_named(station):
    store([parse(report(VALUES.replace("w21003-Flag=N", "w21003-Flag=D")))])
    sample = Sample.objects.get()
    assert (sample.water_class, sample.limiting) == (5, ["tp"])
    assert "氨氮（标记 D）" in sample.note


def test_a_correction_keeps_what_was_there_before(point, sample, sampler):
    wrong = sample(point, BAD)
    correct_sample(wrong.pk, GOOD, "抄录错误", sampler)
    point.refresh_from_db()
    before = SampleRevision.objects.get()
    assert (before.readings["nh3n"], before.water_class, before.actor) == ("2.35", 6, sampler)
    assert point.current_class == 2


@pytest.mark.parametrize(
    ("readings", "reason", "code"), [(GOOD, " ", "reason-required"), (BAD, "重复", "nothing-changed")]
)
def test_a_correction_without_reason_or_change_is_refused(readings, reason, code, point, sample, sampler):
    wrong = sample(point, BAD)
    with pytest.raises(BadInput) as refused:
        correct_sample(wrong.pk, readings, reason, sampler)
    assert refused.value.code == code
    assert not SampleRevision.objects.exists()


def test_another_department_corrects_nothing(point, sample, other_officer):
    wrong = sample(point, BAD)
    with pytest.raises(NotPermitted):
        correct_sample(wrong.pk, GOOD, "抄录错误", other_officer)


def run(conversation: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser test in the same process leaves its event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, conversation).result()


class Memory:
    """A store in place of the database: what came in, and which outcome to give."""

    def __init__(self, outcome="stored"):
        self.outcome, self.packets, self.cuts = outcome, [], []

    def store(self, packets):
        self.packets += packets
        return [self.outcome] * len(packets)


async def talk(
    memory: Memory, *pieces: bytes, limits: Limits | None = None, answers: int = 0
) -> tuple[list[bytes], bool]:
    """Send pieces to a listener; return the answers, and whether it hung up by itself."""
    listener = Listener(memory.store, memory.cuts.append, limits or Limits(gather=0.01))
    port = await listener.start("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    frames, found = FrameReader(), []
    hung_up = False
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        while len(found) < answers or not answers:
            received = await asyncio.wait_for(reader.read(4096), 5)
            if not received:
                hung_up = True
                break
            found += frames.feed(received)
    except ConnectionError:
        hung_up = True
    finally:
        writer.close()
        await listener.stop()
    return found, hung_up


def test_a_report_in_two_halves_is_acknowledged_after_it_is_stored():
    memory, frame = Memory(), encode(report(VALUES))
    answers, _ = run(talk(memory, frame[:90], frame[90:], answers=1))
    assert b"CN=9014" in answers[0]
    assert len(memory.packets) == 1


def test_two_reports_in_one_piece_get_two_answers():
    memory = Memory()
    answers, _ = run(talk(memory, encode(report(VALUES)) * 2, answers=2))
    assert len(answers) == 2


def test_a_report_that_was_not_stored_is_not_acknowledged():
    memory = Memory("refused")
    answers, hung_up = run(talk(memory, encode(report(VALUES)) * 3, limits=Limits(gather=0.01, faults=3)))
    assert (answers, hung_up) == ([], True)


def test_a_station_that_sends_rubbish_is_cut_off_and_noted():
    memory = Memory()
    rubbish = b"##0005QN=1;0000\r\n" * 10
    _, hung_up = run(talk(memory, rubbish, limits=Limits(gather=0.01, faults=10)))
    assert hung_up
    [cut] = memory.cuts
    assert (cut.code, cut.peer) == ("bad-crc", "127.0.0.1")
    assert not memory.packets


def test_a_silent_station_is_let_go():
    _, hung_up = run(talk(Memory(), limits=Limits(idle=0.05)))
    assert hung_up


def test_more_connections_than_allowed_are_closed_at_once():
    memory = Memory()
    _, hung_up = run(talk(memory, limits=Limits(per_address=0)))
    assert hung_up
    assert memory.cuts[0].code == "too-many-connections"


def test_the_same_fault_again_and_again_is_noted_once_and_counted():
    memory = Memory()

    async def knock_thrice():
        listener = Listener(memory.store, memory.cuts.append, Limits(per_address=0))
        port = await listener.start("127.0.0.1", 0)
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await asyncio.wait_for(reader.read(1), 5) == b""
            writer.close()
        await listener.stop()

    run(knock_thrice())
    assert [cut.count for cut in memory.cuts] == [1, 2], "at once, and when the listener ends"


def test_a_cut_is_kept_for_the_operator(db):
    log_fault(Cut("10.0.0.9", MN, "bad-crc", "##0005\0"))
    assert StationFault.objects.get().excerpt == "##0005"
