"""A thousand automatic stations on one listener: every station connected, each sends an hourly report and waits for it.

The listener is a process of its own, so its processor time is its own too. A station sends one packet a minute at most;
what a thousand packets cost is therefore compared with the sixty seconds in which they come.
"""

import asyncio
import os
import re
import resource
import subprocess
import sys
import time
from datetime import timedelta

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from tests.benchmark.harness import Context, Row, benchmark

ROUNDS = 3
MINUTE = 60.0
VALUES = (
    "w01001-Avg=7.20,w01001-Flag=N;w01009-Avg=4.8,w01009-Flag=N;w01019-Avg=5.6,w01019-Flag=N;"
    "w21003-Avg=2.35,w21003-Flag=N;w21011-Avg=0.310,w21011-Flag=N"
)


@benchmark("hj212")
def measure(context: Context) -> list[Row]:
    """Acknowledged packets per second, and processor seconds of the listener per thousand packets."""
    count = 100 if context.quick else 1_000
    _make_stations(count)
    command = [sys.executable, "manage.py", "listen_hj212", "--port", "0"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as listener:
        assert listener.stdout is not None
        line = listener.stdout.readline()
        found = re.search(r":(\d+)$", line.strip())
        if not found:
            raise RuntimeError(f"the listener did not start: {line!r}")
        try:
            seconds = asyncio.run(_send(int(found[1]), count))
        finally:
            listener.terminate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    packets = count * ROUNDS
    return [
        Row(
            f"{count:,} stations, packets acknowledged", packets / seconds, "packets/s", count / MINUTE, "one a minute"
        ),
        Row(
            "listener, processor time per 1,000 packets", used / packets * 1_000, "s", MINUTE, "the minute they come in"
        ),
    ]


def _make_stations(count: int) -> None:
    from accounts.models import Area, Department
    from river_monitoring.models import AutomaticStation, MonitoringPoint

    square = MultiPolygon(Polygon.from_bbox((121.0, 29.0, 122.0, 30.0)), srid=4326)
    area, _ = Area.objects.get_or_create(
        code="BENCH",
        defaults={"name": "bench", "level": "town", "geom": square, "point": Point(121.5, 29.5, srid=4326)},
    )
    department, _ = Department.objects.get_or_create(code="bench", defaults={"name": "bench", "short_name": "bench"})
    have = MonitoringPoint.objects.filter(code__startswith="BENCH-").count()
    points = MonitoringPoint.objects.bulk_create(
        MonitoringPoint(
            code=f"BENCH-{number}", name=f"BENCH-{number}", kind="small", area=area, department=department,
            geom=Point(121.0 + number / 2_000, 29.5, srid=4326),
        )
        for number in range(have, count)
    )  # fmt: skip
    AutomaticStation.objects.bulk_create(
        AutomaticStation(mn=_mn(number), point=point, password="123456")
        for number, point in enumerate(points, start=have)
    )


def _mn(number: int) -> str:
    return f"BENCH{number:09}"


def _packet(number: int, hours_ago: int) -> bytes:
    from river_monitoring.samples.hj212.frame import encode

    # Hours in the past that an earlier run has not used, so that every packet becomes a sample.
    at = timezone.localtime() - timedelta(hours=hours_ago + int(time.time()) % 100_000)
    head = f"QN={at:%Y%m%d%H%M%S}{number % 1000:03}" + ";ST=21;CN=2061;PW=123456;"
    data = f"{head}MN={_mn(number)};Flag=5;CP=&&DataTime={at:%Y%m%d%H}0000;{VALUES}&&"
    return encode(data.encode())


async def _send(port: int, count: int) -> float:
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    packets = [[_packet(number, hour) for hour in range(ROUNDS)] for number in range(count)]
    started = time.perf_counter()
    await asyncio.gather(*(_talk(*stream, own) for stream, own in zip(streams, packets, strict=True)))
    seconds = time.perf_counter() - started
    for _, writer in streams:
        writer.close()
    return seconds


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, packets: list[bytes]) -> None:
    for packet in packets:
        writer.write(packet)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 60)
        if b"CN=9014" not in answer:
            raise RuntimeError(f"no acknowledgement: {answer!r}")
