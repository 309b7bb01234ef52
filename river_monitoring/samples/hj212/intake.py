"""What stations send, into the database: hourly means become samples, everything else the station's latest state."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from river_monitoring.samples.automatic import AutomaticReading, record_automatic
from river_monitoring.samples.hj212.codes import sort_values
from river_monitoring.samples.hj212.packet import REPORTS, SURFACE_WATER, Packet, PacketRefused
from river_monitoring.samples.hj212.server import Cut, Outcome
from river_monitoring.samples.models import AutomaticStation, StationFault
from river_monitoring.standard.readings import EARLIEST

logger = logging.getLogger(__name__)

HOURLY = "2061"
CLOCK_TOLERANCE = timedelta(minutes=10)
NOTED_EVERY = timedelta(hours=1)


def store(packets: Sequence[Packet]) -> list[Outcome]:
    """Store a batch in one transaction and return the outcome of each packet, in order.

    Two reports of one station and hour count once. Whatever the class decides is computed here, so that a packet is
    acknowledged only when the point's class is right too.
    """
    with transaction.atomic():
        known = AutomaticStation.objects.select_for_update(of=("self",)).order_by("pk").select_related("point")
        stations = {station.mn: station for station in known.filter(mn__in={packet.mn for packet in packets})}
        outcomes = [_take(packet, stations.get(packet.mn)) for packet in packets]
        readings = [found for found in outcomes if isinstance(found, AutomaticReading)]
        stored = iter(record_automatic(readings))
        seen = [station for station in stations.values() if station.latest]
        AutomaticStation.objects.bulk_update(seen, ["last_seen", "latest"])
    return [next(stored) if isinstance(found, AutomaticReading) else found for found in outcomes]


def _take(packet: Packet, station: AutomaticStation | None) -> Outcome | AutomaticReading:
    if station is None or not station.is_active:
        return "unknown-station"
    if packet.pw != station.password:
        return "wrong-password"
    if packet.st != SURFACE_WATER or packet.cn not in REPORTS:
        return "ignored"
    try:
        at = packet.data_time
    except PacketRefused as refusal:
        return _refused(packet, refusal.code, str(refusal))
    if at > timezone.now() + CLOCK_TOLERANCE:
        return _refused(packet, "future-time", f"DataTime={at.isoformat()}")
    if at < EARLIEST:
        return _refused(packet, "time-too-old", f"DataTime={at.isoformat()}")
    measured = packet.measured()
    station.last_seen = timezone.now()
    station.latest = {"cn": packet.cn, "time": at.isoformat(), "values": {k: list(v) for k, v in measured.items()}}
    if packet.cn != HOURLY:
        return "stored"
    readings, flagged = sort_values(measured, station.units)
    if not readings and not flagged:
        return "ignored"
    return AutomaticReading(station.point_id, at, readings, flagged, station.pk)


def _refused(packet: Packet, code: str, excerpt: str) -> Outcome:
    """Record why a report was rejected, the same reason of one station once an hour."""
    recorded = StationFault.objects.filter(mn=packet.mn, code=code, at__gt=timezone.now() - NOTED_EVERY)
    if not recorded.exists():
        StationFault.objects.create(mn=packet.mn, code=code, excerpt=excerpt[:200])
    return "refused"


def log_fault(cut: Cut) -> None:
    """Keep why a connection was cut off."""
    StationFault.objects.create(
        peer=cut.peer[:45], mn=cut.mn[:24], code=cut.code[:40], excerpt=cut.excerpt.replace("\0", "")[:200]
    )
