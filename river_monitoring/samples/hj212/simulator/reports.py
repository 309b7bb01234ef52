"""What a station has to report, and how a report becomes frames. Pure Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from river_monitoring.samples.hj212.dialects import Dialect
from river_monitoring.samples.hj212.frame import MAX_DATA, encode
from river_monitoring.samples.hj212.packet import MAX_PARTS, SURFACE_WATER
from river_monitoring.samples.hj212.simulator.water import ZONE, Site, chance, measure

HOURLY, REAL_TIME = "2061", "2011"
SUFFIXES: Mapping[str, str] = {HOURLY: "Avg", REAL_TIME: "Rtd"}
CODES: Mapping[str, str] = {
    "temp": "w01010", "ph": "w01001", "do": "w01009", "conductivity": "w01014", "turbidity": "w01003",
    "codmn": "w01019", "nh3n": "w21003", "tp": "w21011", "tn": "w21001",
}  # fmt: skip
UNSOUND_FLAGS = "MDCTB"
"""Maintenance, fault, calibration, out of range, no contact with the instrument."""


@dataclass(frozen=True, slots=True)
class Station:
    """Who sends: its MN and PW, what it measures, and the version that it speaks."""

    mn: str
    pw: str
    site: Site
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Report:
    """One report of one moment; `is_late` when the line was down and it is sent afterwards."""

    cn: str
    at: datetime
    is_late: bool = False


def reports_between(
    start: datetime, end: datetime, name: str, *, minutes: int = 0, outages: float = 0.0
) -> Iterator[list[Report]]:
    """Lists of reports in the order in which a station sends them: real time every `minutes` (0: none), hourly means.

    During an outage, which begins with the chance `outages` in an hour and lasts two to six hours, nothing is sent;
    the hours are sent afterwards, real time is lost.
    """
    hour = start.replace(minute=0, second=0, microsecond=0)
    kept: list[Report] = []
    down = 0
    while hour + timedelta(hours=1) <= end:
        if not down and chance(f"{name} outage {hour:%Y%m%d%H}") < outages:
            down = 2 + int(chance(f"{name} length {hour:%Y%m%d%H}") * 5)
        if down:
            down -= 1
            kept.append(Report(HOURLY, hour, is_late=True))
        else:
            now = [
                Report(REAL_TIME, hour + timedelta(minutes=at)) for at in range(0, 60 if minutes else 0, minutes or 1)
            ]
            yield [*kept, *now, Report(HOURLY, hour)]
            kept = []
        hour += timedelta(hours=1)
    if kept:
        yield kept


def frames(station: Station, report: Report, number: int, unsound: float = 0.0, most: int = MAX_DATA) -> list[bytes]:
    """The frames of a report, several when it is longer than `most` bytes. `number` makes its QN unique.

    With the chance `unsound` a value is marked as not measured properly.
    """
    items = _items(station, report, unsound)
    for count in range(1, MAX_PARTS + 1):
        size = -(-len(items) // count)
        parts = [items[start : start + size] for start in range(0, len(items), size)]
        found = [_data(station, report, number, part, at + 1, len(parts)) for at, part in enumerate(parts)]
        if all(len(data) <= most for data in found):
            return [encode(data) for data in found]
    raise ValueError(f"a report does not fit into {MAX_PARTS} packets of {most} bytes")


def _items(station: Station, report: Report, unsound: float) -> list[str]:
    suffix = SUFFIXES[report.cn]
    items = []
    for parameter, value in measure(station.site, report.at).items():
        topic = f"{station.site.name} {parameter} {report.at:%Y%m%d%H%M}"
        flag = "N"
        if chance(f"{topic} unsound") < unsound:
            flag = UNSOUND_FLAGS[int(chance(f"{topic} flag") * len(UNSOUND_FLAGS))]
        code = CODES[parameter]
        items.append(f"{code}-{suffix}={value},{code}-Flag={flag}")
    return items


def _data(station: Station, report: Report, number: int, items: list[str], part: int, parts: int) -> bytes:
    late = "RF=1;" if report.is_late and "RF" in station.dialect.longest else ""
    split = f"PNUM={parts};PNO={part};" if parts > 1 else ""
    flag = station.dialect.version_bits << 2 | (2 if parts > 1 else 0) | 1
    local = report.at.astimezone(ZONE)
    return (
        f"QN={local:%Y%m%d%H%M%S}{number % 1000:03};ST={SURFACE_WATER};CN={report.cn};PW={station.pw};MN={station.mn};"
        f"Flag={flag};{split}{late}CP=&&DataTime={local:%Y%m%d%H%M%S};{';'.join(items)}&&"
    ).encode()
