"""Who is heard as a station: strangers get silence, guesses are counted, lock and alarm; the station itself goes on."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.notices.models import Notice
from river_monitoring.samples.hj212 import guard
from river_monitoring.samples.hj212.frame import encode
from river_monitoring.samples.hj212.intake import known_addresses, log_fault, store
from river_monitoring.samples.hj212.limits import Cut, Limits
from river_monitoring.samples.hj212.packet import Packet, parse
from river_monitoring.samples.hj212.server import Listener
from river_monitoring.samples.models import AutomaticStation, Sample, StationFault
from tests.integration.river_monitoring.samples.test_automatic_stations import MN, VALUES, Memory, report, run, talk

AT_HOME, ELSEWHERE = "10.20.3.4", "203.0.113.9"


@pytest.fixture
def station(point):
    return AutomaticStation.objects.create(mn=MN, point=point, password="123456")


def sent(peer: str = AT_HOME, *, hours_ago: float = 1, **more) -> Packet:
    return replace(parse(report(VALUES, hours_ago=hours_ago, **more)), peer=peer)


def guess(times: int, peer: str = ELSEWHERE) -> list[str]:
    return [store([sent(peer, pw=f"{number:06}")])[0] for number in range(times)]


def test_a_station_is_heard_from_its_networks_only(station):
    AutomaticStation.objects.update(networks=["10.20.0.0/16", "2001:db8::/32"])
    assert store([sent(ELSEWHERE)]) == ["wrong-network"]
    assert store([sent("")]) == ["wrong-network"]
    assert not Sample.objects.exists()
    assert store([sent(AT_HOME)]) == ["stored"]
    assert store([sent("2001:db8::7", hours_ago=2)]) == ["stored"]


def test_guesses_are_counted_over_all_addresses_and_lock_the_station(station, staff, admin_user, officer):
    found = [store([sent(f"203.0.113.{number}", pw="000000")])[0] for number in range(guard.LOCKED_AFTER + 1)]
    assert found == ["wrong-password"] * guard.LOCKED_AFTER + ["locked"]
    station.refresh_from_db()
    assert (station.failures, station.locked_at is None) == (guard.LOCKED_AFTER, False)
    told = Notice.objects.filter(kind=guard.LOCK_NOTICE)
    assert {notice.recipient for notice in told} == {staff, admin_user}
    assert MN in told[0].title


def test_a_lock_does_not_silence_the_station_where_it_was_last_heard(station):
    store([sent(AT_HOME)])
    guess(guard.LOCKED_AFTER)
    assert store([sent(AT_HOME, hours_ago=2)]) == ["stored"]
    assert store([sent(ELSEWHERE, hours_ago=3)]) == ["locked"], "the right password, from the address of the guesses"


def test_a_station_whose_own_address_guesses_is_locked_altogether(station):
    store([sent(AT_HOME)])
    guess(guard.LOCKED_AFTER, AT_HOME)
    assert store([sent(AT_HOME, hours_ago=2)]) == ["locked"]


def test_guesses_from_a_foreign_network_lock_nobody(station):
    AutomaticStation.objects.update(networks=["10.20.0.0/16"])
    assert set(guess(guard.LOCKED_AFTER * 2)) == {"wrong-network"}
    station.refresh_from_db()
    assert (station.failures, station.locked_at) == (0, None)


def test_guesses_of_another_day_do_not_add_up(station):
    guess(guard.LOCKED_AFTER - 1)
    AutomaticStation.objects.update(failing_since=timezone.now() - guard.COUNTED_FOR - timedelta(minutes=1))
    guess(1)
    station.refresh_from_db()
    assert (station.failures, station.locked_at) == (1, None)


def test_a_success_between_two_guesses_forgives_nothing(station):
    for number in range(guard.LOCKED_AFTER):
        guess(1)
        store([sent(AT_HOME, hours_ago=number + 1)])
    station.refresh_from_db()
    assert station.locked_at is not None


def test_an_administrator_unlocks_and_nobody_else(station, as_user, admin_user, staff):
    guess(guard.LOCKED_AFTER)
    address = reverse("admin:river_monitoring_automaticstation_changelist")
    form = {"action": "unlock", "_selected_action": [station.pk]}
    assert as_user(staff).post(address, form).status_code in (302, 403)
    station.refresh_from_db()
    assert station.locked_at is not None
    assert as_user(admin_user).post(address, form, follow=True).status_code == 200
    station.refresh_from_db()
    assert (station.locked_at, station.failures) == (None, 0)
    assert store([sent(ELSEWHERE)]) == ["stored"]


@pytest.mark.parametrize(("networks", "ok"), [('["10.0.0.0/8"]', True), ('["10.0.0.1/8"]', False), ('"x"', False)])
def test_networks_are_read_when_they_are_entered(networks, ok, point, as_user, admin_user):
    form = {"mn": MN, "point": point.pk, "password": "123456", "units": "{}", "networks": networks, "is_active": "on"}
    answer = as_user(admin_user).post(reverse("admin:river_monitoring_automaticstation_add"), form)
    assert answer.status_code == (302 if ok else 200)
    assert AutomaticStation.objects.filter(mn=MN).exists() is ok


def test_of_a_part_only_the_sender_is_looked_at(station):
    part = b"QN=20190916080000000;ST=21;CN=2061;PW=%s;MN=" + MN.encode() + b";Flag=7;PNUM=2;PNO=1;CP=&&a-Avg=1&&"
    assert store([parse(part % b"123456"), parse(part % b"000000")]) == ["ignored", "wrong-password"]


def test_a_value_that_no_database_takes_is_no_packet(station):
    """NUL in one station's report once kept the whole batch of other stations from being stored."""
    memory = Memory()
    answers, _ = run(talk(memory, encode(report("w01001-Avg=7\0")) + encode(report(VALUES)), answers=1))
    assert len(answers) == len(memory.packets) == 1


@pytest.mark.parametrize("outcome", ["unknown-station", "wrong-network", "wrong-password", "locked"])
def test_a_stranger_gets_silence_and_a_closed_connection(outcome):
    memory = Memory(outcome)
    answers, hung_up = run(talk(memory, encode(report(VALUES, pw="654321")) * 3))
    assert (answers, hung_up, len(memory.packets)) == ([], True, 1)
    [cut] = memory.cuts
    assert (cut.code, cut.peer, cut.mn) == (outcome, "127.0.0.1", "")
    assert "654321" not in cut.excerpt


def test_parts_of_a_stranger_are_not_kept():
    memory = Memory("unknown-station")
    part = b"QN=1;ST=21;CN=2061;MN=A;Flag=7;PNUM=9;PNO=%d;CP=&&a-Avg=1&&"
    _, hung_up = run(talk(memory, *[encode(part % number) for number in range(1, 9)]))
    assert (hung_up, len(memory.packets)) == (True, 1)


def test_whoever_says_nothing_of_a_station_has_a_minute_altogether():
    _, hung_up = run(talk(Memory(), b"##", limits=Limits(gather=0.01, introduction=0.1, idle=60)))
    assert hung_up


async def knock(memory: Memory, times: int, limits: Limits, *first: bytes, trusted: tuple[str, ...] = ()) -> list[bool]:
    """Call one listener again and again; tell for each time whether it still read what was sent."""
    listener = Listener(memory.store, memory.cuts.append, limits)
    listener.trust(trusted)
    port = await listener.start("127.0.0.1", 0)
    heard = []
    for frame in [*first, *[encode(report(VALUES))] * times]:
        before = len(memory.packets)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(frame)
        with suppress(ConnectionError):
            await asyncio.wait_for(reader.read(100), 5)
        writer.close()
        heard.append(len(memory.packets) > before)
    await listener.stop()
    return heard


def test_an_address_of_strangers_is_shut_out_and_counted():
    memory = Memory("unknown-station")
    heard = run(knock(memory, 6, Limits(gather=0.001, strangers=3)))
    assert heard == [True] * 3 + [False] * 3
    assert {cut.code for cut in memory.cuts} == {"unknown-station", "address-shut-out"}
    assert sum(cut.count for cut in memory.cuts if cut.code == "unknown-station") == 3
    assert sum(cut.count for cut in memory.cuts if cut.code == "address-shut-out") == 3


def test_an_address_with_a_station_behind_it_is_never_shut_out():
    class Mixed(Memory):
        def store(self, packets):
            self.packets += packets
            return ["stored" if packet.pw == "good" else "wrong-password" for packet in packets]

    heard = run(knock(Mixed(), 6, Limits(gather=0.001, strangers=3), encode(report(VALUES, pw="good"))))
    assert heard == [True] * 7


def test_after_a_restart_strangers_cannot_shut_a_stations_address_out_before_it_has_spoken():
    limits = Limits(gather=0.001, strangers=3)
    assert run(knock(Memory("unknown-station"), 6, limits, trusted=("127.0.0.1",))) == [True] * 6


def test_the_addresses_of_active_stations_are_known(station):
    store([sent(AT_HOME)])
    assert known_addresses() == [AT_HOME]
    AutomaticStation.objects.update(is_active=False)
    assert known_addresses() == []


def test_one_report_that_cannot_be_stored_does_not_keep_the_others_back():
    class Fragile(Memory):
        def store(self, packets):
            if any(packet.pw == "bad" for packet in packets):
                raise RuntimeError("cannot be stored")
            return super().store(packets)

    memory = Fragile()
    pair = encode(report(VALUES, pw="bad")), encode(report(VALUES))

    async def both():
        listener = Listener(memory.store, memory.cuts.append, Limits(gather=0.1))
        port = await listener.start("127.0.0.1", 0)
        lines = [await asyncio.open_connection("127.0.0.1", port) for _ in pair]
        for (_, writer), frame in zip(lines, pair, strict=True):
            writer.write(frame)
        answer = await asyncio.wait_for(lines[1][0].read(200), 5)
        for _, writer in lines:
            writer.close()
        await listener.stop()
        return answer

    assert b"CN=9014" in run(both())
    assert len(memory.packets) == 1


def test_faults_are_counted_by_source_station_and_reason(db):
    for _ in range(3):
        log_fault(Cut("10.0.0.9", "", "unknown-station", "ST=21;PW=*", count=2))
    log_fault(Cut("10.0.0.10", "", "unknown-station", ""))
    assert list(StationFault.objects.order_by("peer").values_list("peer", "count")) == [
        ("10.0.0.10", 1),
        ("10.0.0.9", 6),
    ]


def test_people_are_told_of_strangers_once_a_day(staff, admin_user):
    for peer in ("10.0.0.9", "10.0.0.10"):
        log_fault(Cut(peer, "", "address-shut-out", ""))
    assert Notice.objects.filter(kind=guard.STRANGERS_NOTICE).count() == 2
