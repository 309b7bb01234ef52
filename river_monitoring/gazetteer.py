"""The names that river monitoring has on the map."""

from collections.abc import Iterator

from django.db.models import Prefetch

from river_monitoring.network.models import Reach, River
from river_monitoring.points.models import MonitoringPoint
from search.gazetteer import Named


def names() -> Iterator[Named]:
    """Give every water, at the middle of its first reach, and every monitoring point."""
    reaches = Prefetch("reaches", Reach.objects.order_by("order"))
    for river in River.objects.prefetch_related(reaches):
        first = next(iter(river.reaches.all()), None)
        shape = river.surface or (first.geom if first else None)
        place = shape.point_on_surface if shape else None
        yield Named("rivers", river.pk, river.name, river.get_absolute_url(), place)
    for point in MonitoringPoint.objects.all():
        yield Named("monitoring_points", point.pk, point.name, point.get_absolute_url(), point.geom)
