"""Reception days as iCalendar (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext
from icalendar import Calendar, Event

from accounts.district import current
from stations.receptions.models import Reception
from stations.receptions.table import TABLE

REFRESH = timedelta(hours=6)


def reception_calendar(receptions: Iterable[Reception], name: str, host: str, pages: str) -> bytes:
    """Return a calendar; `host` makes the events' ids unique, `pages` is the site's address without a slash.

    An event's id is permanent and its sequence is the row's version, so that subscribers see changes.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{current().title}//{host}//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for reception in receptions:
        calendar.add_component(_event(reception, host, pages))
    return calendar.to_ical()


def _event(reception: Reception, host: str, pages: str) -> Event:
    event = Event()
    event.add("uid", f"reception-{reception.pk}@{host}")
    event.add("sequence", reception.version)
    event.add("dtstamp", datetime.now(UTC))
    event.add("dtstart", reception.starts_at.astimezone(UTC))
    event.add("dtend", reception.ends_at.astimezone(UTC))
    event.add("summary", f"{reception.station.name} {reception.theme or reception.get_kind_display()}")
    event.add("location", reception.place or f"{reception.station.area.name} {reception.station.address}")
    event.add("geo", (reception.station.geom.y, reception.station.geom.x))
    event.add("url", f"{pages}{reception.get_absolute_url()}")
    names = gettext("、").join(deputy.name for deputy in reception.deputies.all())
    event.add("description", gettext("接待代表：%s") % names if names else "")
    event.add("status", "CONFIRMED" if reception.status in TABLE.in_group("takes_place") else "CANCELLED")
    return event
