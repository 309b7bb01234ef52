"""Working days (工作日) in mainland China, with the weekends that are worked for a bridge day.

What the national calendar does not know yet, or what the district does otherwise, is in the rules `calendar.*` and in
rows of `CalendarDay`; a row goes before a rule, a rule before the package.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import rules
from accounts.permissions import Asker, is_district_staff
from accounts.workdays.calendar import SATURDAY, Calendar
from accounts.workdays.models import CalendarDay
from geokit.refusal import NotPermitted
from ledger import audit
from ledger.written import Written, store_written
from ui.field_checks import set_facts

STATUTORY_DAYS = 11
"""Days off that every year has had at the least since 2008 (全国年节及纪念日放假办法 Art. 2)."""
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
"""Also in front of 年, which is a letter like any other."""


def calendar() -> Calendar:
    """Return the calendar in force today."""
    book = rules.book()
    off, worked = set(book.value("calendar.days_off")), set(book.value("calendar.make_up"))
    rows = list(CalendarDay.objects.values_list("day", "is_workday"))
    for day, is_worked in rows:
        (worked if is_worked else off).add(day)
        (off if is_worked else worked).discard(day)
    years = {*map(int, YEAR.findall(book.value("calendar.official_years"))), *_whole_years(rows)}
    return Calendar(frozenset(off), frozenset(worked), frozenset(years))


def _whole_years(rows: Iterable[tuple[date, bool]]) -> set[int]:
    """The years whose whole notice was entered, not a day of the district's own.

    Weekdays off less the weekends that are worked for them make at least the statutory days.
    """
    net: Counter[int] = Counter()
    for day, is_worked in rows:
        is_weekend = day.weekday() >= SATURDAY
        net[day.year] += (not is_worked and not is_weekend) - (is_worked and is_weekend)
    return {year for year, days in net.items() if days >= STATUTORY_DAYS}


@transaction.atomic
def save_days(actor: Asker, given: Sequence[tuple[date, Mapping[str, Any]]]) -> list[CalendarDay]:
    """Write down that offices work on days or not, against what the national calendar knows; audited.

    Of each day `is_workday`, and `name` where one is given. Deadlines that run stay as they were reckoned. Raises
    NotPermitted.
    """
    if not is_district_staff(actor):
        raise NotPermitted(_("放假和调休由区人大工作人员或管理员录入。"))
    known = {row.day: row for row in CalendarDay.objects.filter(day__in=[day for day, _facts in given])}
    answers: list[CalendarDay] = []
    written: Written[CalendarDay] = []
    for day, facts in given:
        row = known.get(day) or CalendarDay(day=day)
        changed = set_facts(row, facts, row.pk is None)
        answers.append(row)
        if changed:
            written.append((row, changed))
    new, old = store_written(CalendarDay, written)
    said = ((row, {"day": row.day.isoformat(), "is_workday": row.is_workday}) for row, _fields in [*new, *old])
    audit.record_many(actor, "calendar-day-written", said)
    return answers


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
