"""The names that the stations have on the map."""

from collections.abc import Iterator

from search.gazetteer import Named
from stations.register.models import Station


def names() -> Iterator[Named]:
    """Give every station."""
    for station in Station.objects.all():
        yield Named("stations", station.pk, station.name, station.get_absolute_url(), station.geom)
