"""Days as spans of moments in the site's time zone: what a form, a scope or an address asks for as days."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The first moment of a day, with zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def local_clock(at: datetime) -> datetime:
    """The local date and time of a moment, without zone; at the edge of the calendar, where there is none, as it says.

    >>> from datetime import UTC, datetime
    >>> local_clock(datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
    datetime.datetime(9999, 12, 31, 23, 59)
    """
    try:
        return timezone.make_naive(at)
    except OverflowError:
        return at.replace(tzinfo=None)


def midnight_after(day: date) -> datetime:
    """The first moment after a day, with zone; of the calendar's last day its own last moment, for there is none after.

    >>> from datetime import date
    >>> midnight_after(date.max) > midnight(date.max)
    True
    """
    if day == date.max:
        return timezone.make_aware(datetime.combine(day, time.max))
    return midnight(day + timedelta(days=1))
