"""Working days (工作日) in mainland China, with the weekends that are worked for a bridge day.

The package `holidays` knows the State Council's yearly notice for the years that have one; for later years it knows the
statutory feasts only. What it does not know yet, or what the district does otherwise, is a row of `CalendarDay`, which
goes before the package.
"""

from datetime import date, timedelta
from functools import cache

import holidays

from accounts.workdays.models import CalendarDay


@cache
def _national() -> holidays.HolidayBase:
    """The national calendar; it works out a year when it is first asked about it."""
    return holidays.country_holidays("CN")


def is_workday(day: date) -> bool:
    """Tell whether offices work on `day`."""
    own = CalendarDay.objects.filter(day=day).values_list("is_workday", flat=True).first()
    return _national().is_working_day(day) if own is None else own


def add_workdays(day: date, count: int) -> date:
    """Return the `count`-th working day after `day`; `day` itself is not counted, `count` 0 is `day`.

    Raises ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("a period of working days is not negative")
    own = dict(CalendarDay.objects.filter(day__gt=day).values_list("day", "is_workday"))
    found = 0
    while found < count:
        day += timedelta(days=1)
        found += own.get(day, _national().is_working_day(day))
    return day


def workdays_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and with `end`; negative when `end` is before `start`."""
    if end < start:
        return -workdays_between(end, start)
    own = dict(CalendarDay.objects.filter(day__gt=start, day__lte=end).values_list("day", "is_workday"))
    days = (start + timedelta(days=index) for index in range(1, (end - start).days + 1))
    return sum(own.get(day, _national().is_working_day(day)) for day in days)
