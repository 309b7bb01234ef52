"""`datetime`: an instant or an interval (RFC 3339). Layers that keep their history answer with the month it ends in."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from ui.days import midnight

OPEN = ("", "..")


def month_of(text: str, today: dt.date) -> str:
    """Return the month (``2026-03``) that `text` ends in; ``""`` for now and later. Raises BadInput `bad-datetime`."""
    day = days_of(text)[1]
    if day is None:
        return ""
    return "" if (day.year, day.month) >= (today.year, today.month) else f"{day:%Y-%m}"


def days_of(text: str) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last local day of `text`; None for an open end. Raises BadInput `bad-datetime`."""
    start, slash, end = text.partition("/")
    moments = [None if side in OPEN and slash else _moment(side) for side in ([start, end] if slash else [start])]
    first, last = moments[0], moments[-1]
    if first is None and last is None:
        raise _bad(text)
    if first and last and first > last:
        raise _bad(text)
    return _day(first), _day(last)


def _day(moment: dt.datetime | None) -> dt.date | None:
    """The local day; at either end of the calendar, where some clients put an open end, the day that is written."""
    try:
        return timezone.localtime(moment).date() if moment else None
    except OverflowError:
        return moment.date() if moment else None


def in_utc(at: dt.datetime, to: str = "seconds") -> str:
    """Return an instant as RFC 3339 writes it in UTC: ``2026-03-01T00:00:00Z``."""
    return at.astimezone(dt.UTC).isoformat(timespec=to).replace("+00:00", "Z")


def _moment(text: str) -> dt.datetime:
    try:
        if len(text) == len("2026-03-01"):
            return midnight(dt.date.fromisoformat(text))
        found = dt.datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise _bad(text) from None
    if found.tzinfo is None:
        raise _bad(text)
    return found


def _bad(text: str) -> BadInput:
    message = _("时间“%s”无效：请写日期、带时区的时间，或以 / 分开的起止。") % text[:60]
    return BadInput(message, code="bad-datetime")
