"""Working days (工作日) in mainland China, with the weekends that are worked for a bridge day.

What the national calendar does not know yet, or what the district does otherwise, is in the rules `calendar.*` and in
rows of `CalendarDay`; a row goes before a rule, a rule before the package.
"""

import re
from datetime import date, timedelta

from accounts import rules
from accounts.workdays.calendar import Calendar
from accounts.workdays.models import CalendarDay

YEAR = re.compile(r"\b(\d{4})\b")


def calendar() -> Calendar:
    """Return the calendar in force today."""
    book = rules.book()
    off, worked = set(book.value("calendar.days_off")), set(book.value("calendar.make_up"))
    for day, is_worked in CalendarDay.objects.values_list("day", "is_workday"):
        (worked if is_worked else off).add(day)
        (off if is_worked else worked).discard(day)
    years = frozenset(map(int, YEAR.findall(book.value("calendar.official_years"))))
    return Calendar(frozenset(off), frozenset(worked), years)


def is_workday(day: date) -> bool:
    """Tell whether offices work on `day`."""
    return calendar().is_workday(day)


def add_workdays(day: date, count: int) -> date:
    """Return the `count`-th working day after `day`; `day` itself is not counted, `count` 0 is `day`.

    Raises ValueError for a negative count.
    """
    return calendar().add(day, count)


def workdays_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and with `end`; negative when `end` is before `start`."""
    if end < start:
        return -workdays_between(end, start)
    known = calendar()
    days = (start + timedelta(days=index) for index in range(1, (end - start).days + 1))
    return sum(known.is_workday(day) for day in days)
