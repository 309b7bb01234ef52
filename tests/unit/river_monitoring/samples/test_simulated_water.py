"""Simulated stations: values that water can have, the same for the same hour, in packets that the parser reads."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import correlation, fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from river_monitoring.samples.hj212.dialects import DIALECTS
from river_monitoring.samples.hj212.frame import FrameReader
from river_monitoring.samples.hj212.packet import Assembler, parse
from river_monitoring.samples.hj212.simulator.reports import HOURLY, REAL_TIME, Report, Station, frames, reports_between
from river_monitoring.samples.hj212.simulator.water import Site, measure

START = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = [START + timedelta(hours=hour) for hour in range(24 * 90)]
SITE = Site("330203000000000000000001", {"nh3n": 1.2, "tp": 0.2})
BY_YEAR = {dialect.year: dialect for dialect in DIALECTS.values()}


def station(year: int = 2017, mn: str = "A1") -> Station:
    return Station(mn, "123456", SITE, BY_YEAR[year])


@pytest.fixture(scope="module")
def quarter() -> list[dict[str, float]]:
    return [{name: float(text) for name, text in measure(SITE, at).items()} for at in HOURS]


def test_values_swing_around_what_is_usual_at_the_point(quarter):
    for name, usual in (("nh3n", 1.2), ("tp", 0.2), ("codmn", 4.0)):
        assert 0.8 * usual < median(row[name] for row in quarter) < 1.25 * usual


def test_neighbouring_hours_are_alike_and_weeks_are_not(quarter):
    values = [row["nh3n"] for row in quarter]
    steps = [abs(after - before) for before, after in pairwise(values)]
    assert fmean(steps) < 0.2 * (max(values) - min(values))
    assert max(values) > 1.5 * min(values)


def test_oxygen_is_highest_in_the_afternoon_and_rain_washes_things_together(quarter):
    by_hour = {hour: fmean(row["do"] for row in quarter[hour::24]) for hour in range(24)}
    assert by_hour[8] > by_hour[20], "16:00 and 04:00 in Shanghai"
    assert correlation([row["turbidity"] for row in quarter], [row["tp"] for row in quarter]) > 0.3


def test_the_water_is_warmer_in_july_than_in_january():
    january, july = (measure(SITE, datetime(2026, month, 15, tzinfo=UTC)) for month in (1, 7))
    assert float(july["temp"]) - float(january["temp"]) > 10


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.text(max_size=5))
def test_no_moment_and_no_point_has_water_that_cannot_be(at, name):
    values = {code: float(text) for code, text in measure(Site(name), at).items()}
    assert 4 <= values["ph"] <= 10
    assert 0 < values["do"] < 20
    assert 0 < values["temp"] < 40
    assert all(0 < values[code] < 100 for code in ("codmn", "nh3n", "tp", "tn"))


@pytest.mark.parametrize(("year", "late"), [(2005, False), (2017, False), (2025, True)])
def test_a_report_is_read_in_the_version_that_was_asked_for(year, late):
    [frame] = frames(station(year), Report(HOURLY, START, is_late=True), 7)
    [data] = FrameReader().feed(frame[:-2])
    packet = parse(data)
    assert (packet.dialect.year, packet.wants_answer, packet.is_late) == (year, True, late)
    assert packet.data_time == START
    assert packet.measured()["w21003"] == (measure(SITE, START)["nh3n"], "N")


def test_a_report_that_is_too_long_is_split_and_joined_again():
    pieces = frames(station(), Report(HOURLY, START), 1, most=250)
    assembler = Assembler()
    packets = [assembler.add(parse(data)) for piece in pieces for data in FrameReader().feed(piece[:-2])]
    assert len(pieces) > 1
    assert [packet is None for packet in packets] == [True] * (len(pieces) - 1) + [False]
    assert len(packets[-1].measured()) == 9


def test_a_report_that_fits_into_no_nine_packets_is_refused():
    with pytest.raises(ValueError, match="9 packets of 100 bytes"):
        frames(station(), Report(HOURLY, START), 1, most=100)


def test_values_that_are_not_sound_carry_a_flag_that_says_so():
    flags = {
        flag
        for hour in range(50)
        for frame in frames(station(), Report(HOURLY, START + timedelta(hours=hour)), hour, unsound=0.3)
        for data in FrameReader().feed(frame)
        for _value, flag in parse(data).measured().values()
    }
    assert flags == set("NMDCTB")


def test_hours_come_in_order_and_real_time_before_the_mean_of_its_hour():
    [first, second] = reports_between(START, START + timedelta(hours=2, minutes=59), "a", minutes=20)
    assert [(report.cn, report.at.minute) for report in first] == [
        (REAL_TIME, 0), (REAL_TIME, 20), (REAL_TIME, 40), (HOURLY, 0),
    ]  # fmt: skip
    assert second[-1].at - first[-1].at == timedelta(hours=1)


def test_what_an_outage_kept_back_is_sent_afterwards_and_nothing_is_lost():
    sent = list(reports_between(START, START + timedelta(days=20), "a", outages=0.05))
    hours = [report.at for reports in sent for report in reports]
    assert sorted(hours) == hours
    assert len(set(hours)) == len(hours) == 20 * 24
    late = [report for reports in sent for report in reports if report.is_late]
    assert 20 < len(late) < 240
    assert any(len(reports) > 2 for reports in sent)
