"""Appointments as iCalendar (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from icalendar import Calendar, Event

from accounts.calendars.entries import Entry
from accounts.district import current

REFRESH = timedelta(hours=6)
TYPE = "text/calendar; charset=utf-8"


def write_calendar(entries: Iterable[Entry], name: str, host: str, pages: str) -> bytes:
    """Return a calendar; `host` makes the events' ids unique, `pages` is the site's address without a slash."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{current().title}//{host}//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, host, pages))
    return calendar.to_ical()


def _event(entry: Entry, host: str, pages: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{host}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", datetime.now(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.summary)
    event.add("location", entry.location)
    if entry.place is not None:
        event.add("geo", entry.place)
    event.add("url", f"{pages}{entry.url}")
    event.add("description", entry.description)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    return event
