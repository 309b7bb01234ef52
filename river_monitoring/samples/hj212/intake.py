"""What stations send, into the database: hourly means become samples, everything else the station's latest state."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from river_monitoring.samples.automatic import AutomaticReading, record_automatic
from river_monitoring.samples.hj212.codes import sort_values
from river_monitoring.samples.hj212.guard import admit, alarm_of_strangers
from river_monitoring.samples.hj212.limits import SHUT_OUT, Cut, Outcome
from river_monitoring.samples.hj212.packet import HEARTBEAT, REPORTS, SURFACE_WATER, Packet, PacketRefused
from river_monitoring.samples.intake import is_long_past
from river_monitoring.samples.models import AutomaticStation, StationFault
from river_monitoring.standard.readings import EARLIEST

logger = logging.getLogger(__name__)

HOURLY = "2061"
CLOCK_TOLERANCE = timedelta(minutes=10)
NOTED_EVERY = timedelta(hours=1)
KEPT = ["last_seen", "latest", "last_peer", "failures", "failing_since", "locked_at"]
"""What a report changes of its station."""


def store(packets: Sequence[Packet]) -> list[Outcome]:
    """Store a batch in one transaction and return the outcome of each packet, in order.

    Two reports of one station and hour count once. Whatever the class decides is computed here, so that a packet is
    acknowledged only when the point's class is right too. Of a part of a message only the sender is checked.
    """
    with transaction.atomic():
        known = (
            AutomaticStation.objects.select_for_update(of=("self",)).order_by("pk").select_related("point", "operator")
        )
        stations = {station.mn: station for station in known.filter(mn__in={packet.mn for packet in packets})}
        outcomes = [_take(packet, stations.get(packet.mn)) for packet in packets]
        readings = [found for found in outcomes if isinstance(found, AutomaticReading)]
        stored = iter(record_automatic(readings))
        AutomaticStation.objects.bulk_update(list(stations.values()), KEPT)
    return [next(stored) if isinstance(found, AutomaticReading) else found for found in outcomes]


def _take(packet: Packet, station: AutomaticStation | None) -> Outcome | AutomaticReading:
    not_heard = admit(station, packet)
    if station is None or not_heard:
        return not_heard or "unknown-station"
    if packet.is_part or packet.cn == HEARTBEAT:
        station.last_seen = timezone.now()
        return "ignored"
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
    if _end(packet.cn, at) >= _latest_end(station):
        station.latest = {"cn": packet.cn, "time": at.isoformat(), "values": {k: list(v) for k, v in measured.items()}}
    if packet.cn != HOURLY:
        return "stored"
    readings, flagged = sort_values(measured, station.units)
    if not readings and not flagged:
        return "ignored"
    late = is_long_past(at)
    return AutomaticReading(station.point_id, at, readings, flagged, station.pk, station.operator, is_late=late)


def _latest_end(station: AutomaticStation) -> datetime:
    """Until when the newest report reaches: one that was sent later for an earlier hour does not take its place."""
    known = station.latest.get("time")
    return _end(station.latest["cn"], datetime.fromisoformat(known)) if known else EARLIEST


def _end(cn: str, at: datetime) -> datetime:
    """Until when a report reaches: an hourly one is of the hour that begins then."""
    return at + timedelta(hours=1) if cn == HOURLY else at


def _refused(packet: Packet, code: str, excerpt: str) -> Outcome:
    """Count why a report was rejected."""
    log_fault(Cut("", packet.mn, code, excerpt))
    return "refused"


def known_addresses() -> list[str]:
    """The addresses from which active stations reported last."""
    active = AutomaticStation.objects.filter(is_active=True).exclude(last_peer="")
    return list(active.order_by("last_peer").values_list("last_peer", flat=True).distinct())


@transaction.atomic
def log_fault(cut: Cut) -> None:
    """Count why a connection was cut off: one row an hour for each source, station and reason."""
    key = {"peer": cut.peer[:45], "mn": cut.mn[:24], "code": cut.code[:40]}
    recent = StationFault.objects.filter(**key, at__gt=timezone.now() - NOTED_EVERY)
    if not recent.update(count=F("count") + cut.count, last_at=timezone.now()):
        StationFault.objects.create(**key, count=cut.count, excerpt=cut.excerpt.replace("\0", "")[:200])
    if cut.code == SHUT_OUT:
        alarm_of_strangers(cut.peer)
