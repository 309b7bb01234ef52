"""Reception days as entries of a calendar."""

from django.utils.translation import gettext

from accounts.calendars.entries import Entry
from stations.receptions.models import Reception
from stations.receptions.table import TABLE


def entry_of(reception: Reception) -> Entry:
    station = reception.station
    names = gettext("、").join(deputy.name for deputy in reception.deputies.all())
    return Entry(
        uid=f"reception-{reception.pk}",
        sequence=reception.version,
        starts_at=reception.starts_at,
        ends_at=reception.ends_at,
        summary=f"{station.name} {reception.theme or Reception.Kind(reception.kind).label}",
        location=reception.place or f"{station.area.name} {station.address}",
        url=reception.get_absolute_url(),
        description=gettext("接待代表：%s") % names if names else "",
        place=(station.geom.y, station.geom.x),
        is_cancelled=reception.status not in TABLE.in_group("takes_place"),
    )
