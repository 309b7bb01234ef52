"""Automatic stations at some sections: registered, and silent until `manage.py simulate_station` lets them report."""

from collections.abc import Iterable

from demo.plan.chance import stream
from river_monitoring.models import AutomaticStation, MonitoringPoint

STATIONS = 6
PRIVATE_NETWORKS = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]


def store_stations(points: Iterable[MonitoringPoint]) -> int:
    """One station at each of the first sections by code; the number of them."""
    sections = sorted((point for point in points if point.kind != MonitoringPoint.Kind.SMALL), key=lambda at: at.code)
    passwords = stream("passwords of automatic stations")
    stations = [
        AutomaticStation(
            mn=f"330203{number:018X}",
            point=point,
            password=f"{passwords.randrange(10**6):06}",
            networks=PRIVATE_NETWORKS,
        )
        for number, point in enumerate(sections[:STATIONS], 1)
    ]
    return len(AutomaticStation.objects.bulk_create(stations))
