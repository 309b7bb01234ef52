"""`manage.py simulate_station [MN ...]`: automatic stations of the demonstration that send real packets by HJ 212."""

import asyncio
import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geokit.refusal import Refusal
from river_monitoring.samples.hj212.dialects import DIALECTS
from river_monitoring.samples.hj212.simulator.reports import Report, Station, reports_between
from river_monitoring.samples.hj212.simulator.sender import Faults, Line, Sender
from river_monitoring.samples.hj212.simulator.sites import registered_stations

VERSIONS = {str(dialect.year): dialect for dialect in DIALECTS.values()}
HOUR = timedelta(hours=1)


def share(text: str) -> float:
    """Read a chance between 0 and 1 for argparse."""
    value = float(text)
    if not 0 <= value <= 1:
        raise ArgumentTypeError("between 0 and 1")
    return value


class Command(BaseCommand):
    help = (
        "Let registered automatic stations send invented, believable values as real HJ 212 packets to a listener. "
        "For the demonstration only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mn", nargs="*", help="stations by their MN; every active one without any")
        parser.add_argument("--host", default="127.0.0.1", help="where the listener is")
        parser.add_argument("--port", type=int, default=9212)
        parser.add_argument("--hours", type=int, default=24, help="how many past hours are sent first (back-fill)")
        parser.add_argument("--follow", action="store_true", help="then go on, hour by hour, until it is stopped")
        parser.add_argument("--speed", type=float, default=0, help="simulated seconds a second; 0: as fast as answered")
        parser.add_argument("--minutes", type=int, default=0, help="real-time values (CN 2011) every so many minutes")
        parser.add_argument("--version-of-hj212", choices=sorted(VERSIONS), default="2017", dest="dialect")
        parser.add_argument(
            "--outages", type=share, default=0, help="chance in an hour that a line fails for 2-6 hours"
        )
        parser.add_argument("--unsound", type=share, default=0, help="chance that a value is flagged (M, D, C, T, B)")
        parser.add_argument("--cut", type=share, default=0, help="chance that a packet is cut and the line breaks")
        parser.add_argument(
            "--wrong-crc", type=share, default=0, help="chance of a damaged packet before the right one"
        )
        parser.add_argument("--repeat", type=share, default=0, help="chance that a report is sent again")
        parser.add_argument("--most-bytes", type=int, default=1024, help="longest packet; longer reports are split")
        parser.add_argument("--timeout", type=float, default=10, help="seconds to wait for an answer")
        parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same faults")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **given: Any) -> None:
        if not settings.DEMO:
            raise CommandError("simulated values are for the demonstration (DEMO=1) only", returncode=2)
        try:
            stations = registered_stations(given["mn"], VERSIONS[given["dialect"]])
        except Refusal as refusal:
            raise CommandError(f"{refusal.code}: {refusal.message}", returncode=2) from refusal
        senders = [_sender(station, given) for station in stations]
        try:
            asyncio.run(_run(senders, given))
        except KeyboardInterrupt:
            self.stderr.write("stopped")
        self._tell(senders, as_json=given["json"])
        if any(sender.tally.given_up for sender in senders):
            raise CommandError("some reports were not acknowledged", returncode=1)

    def _tell(self, senders: list[Sender], *, as_json: bool) -> None:
        tallies = {sender.station.mn: sender.tally.as_dict() for sender in senders}
        if as_json:
            self.stdout.write(json.dumps({"stations": tallies}))
            return
        for mn, tally in tallies.items():
            self.stdout.write(f"{mn}: " + ", ".join(f"{count} {name}" for name, count in tally.items() if count))


def _sender(station: Station, given: dict[str, Any]) -> Sender:
    names = ("unsound", "cut", "wrong_crc", "repeat", "most_bytes")
    faults = Faults(**{name: given[name] for name in names})
    line = Line(given["host"], given["port"], given["timeout"])
    return Sender(station, line, faults, Random(f"{given['seed']}:{station.mn}"))  # noqa: S311 - repeatable on purpose


async def _run(senders: list[Sender], given: dict[str, Any]) -> None:
    try:
        await asyncio.gather(*(_report(sender, given) for sender in senders))
    finally:
        await asyncio.gather(*(sender.line.close() for sender in senders))


async def _report(sender: Sender, given: dict[str, Any]) -> None:
    """Send the past hours, at the speed that was asked for; then each hour when it is over."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for reports in _due(sender, now - given["hours"] * HOUR, now, given):
        await sender.send_all(reports)
        if given["speed"]:
            await asyncio.sleep(HOUR.total_seconds() / given["speed"])
    while given["follow"]:
        await asyncio.sleep(max(1.0, (now + HOUR - timezone.now()).total_seconds()))
        if timezone.now() >= now + HOUR:
            for reports in _due(sender, now, now + HOUR, given | {"outages": 0}):
                await sender.send_all(reports)
            now += HOUR


def _due(sender: Sender, start: datetime, end: datetime, given: dict[str, Any]) -> Iterator[list[Report]]:
    name = f"{given['seed']} {sender.station.mn}"
    return reports_between(start, end, name, minutes=given["minutes"], outages=given["outages"])
