"""What of the stations the search of the site finds: stations, deputies in office, reception days."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from search.offers import Described, Offer, Watch
from stations.receptions.models import Reception
from stations.receptions.permissions import receptions_visible_to
from stations.register.models import Deputy, Station
from stations.register.permissions import deputies_visible_to, stations_visible_to


def _station(station: Station) -> Described:
    return Described(
        station.name,
        station.get_absolute_url(),
        codes=[station.code],
        text=station.address,
        meta=station.address,
        area_id=station.area_id,
    )


def _deputy(deputy: Deputy) -> Described:
    """Only what the public page shows: the number of the certificate is inside."""
    return Described(
        deputy.name,
        deputy.get_absolute_url(),
        text=deputy.electoral_district,
        meta=deputy.station.name,
        area_id=deputy.station.area_id,
    )


def _reception(reception: Reception) -> Described:
    """What is announced; the summary is inside."""
    starts = timezone.localtime(reception.starts_at)
    title = " ".join(filter(None, [reception.station.name, reception.theme, date_format(starts)]))
    return Described(
        title,
        reception.get_absolute_url(),
        text=reception.place,
        meta=date_format(starts, "DATETIME_FORMAT"),
        area_id=reception.station.area_id,
        year=starts.year,
    )


OFFERS = [
    Offer("stations", _("代表联络站"), Station, stations_visible_to, _station, weight=7, on_map=True),
    Offer(
        "deputies",
        _("人大代表"),
        Deputy,
        deputies_visible_to,
        _deputy,
        weight=5,
        related=("station",),
        watches=(Watch(Station, via="station"),),
    ),
    Offer(
        "receptions",
        _("接待日"),
        Reception,
        receptions_visible_to,
        _reception,
        weight=2,
        related=("station",),
        watches=(Watch(Station, via="station"),),
    ),
]
