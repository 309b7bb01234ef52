"""On which days a rule of recurrence (RFC 5545) falls, and what holidays make of them. Pure dates, no database."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import islice

from dateutil.rrule import rrulestr
from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.workdays.calendar import Calendar
from stations.receptions.models import ReceptionSeries

MAX_DAYS = 60
"""Of one series: five years of months, or a year of weeks."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAY_NAMES = (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))
WEEKS = {1: _("第一个"), 2: _("第二个"), 3: _("第三个"), 4: _("第四个"), -1: _("最后一个")}


class Rhythm(TextChoices):
    """What a rule names: a day of each week, a weekday of each month, a day of each month."""

    WEEKLY = "weekly", _("每周或隔几周的星期几")
    NTH = "nth", _("每月第几个星期几")
    MONTHLY = "monthly", _("每月几日")


class Fate(StrEnum):
    """What becomes of a day that the rule names."""

    HELD = "held"
    MOVED = "moved"
    SKIPPED = "skipped"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day of the rule, and on which day it is held; None where it is not."""

    by_rule: date
    on: date | None
    fate: Fate
    guessed: bool = False
    """Whether the year's days off are not published yet."""


def write_rule(rhythm: str, interval: int, *, weekday: int = 1, week: int = 1, day: int = 1) -> str:
    """Return a rule as RRULE. `weekday` is 1 (Monday) to 7, `week` a key of `WEEKS`, `day` 1 to 31.

    >>> write_rule("nth", 1, weekday=2, week=1), write_rule("weekly", 2, weekday=3), write_rule("monthly", 1, day=15)
    ('FREQ=MONTHLY;BYDAY=+1TU', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=WE', 'FREQ=MONTHLY;BYMONTHDAY=15')
    """
    every = f"INTERVAL={interval};" if interval > 1 else ""
    if rhythm == Rhythm.WEEKLY:
        return f"FREQ=WEEKLY;{every}BYDAY={WEEKDAYS[weekday - 1]}"
    if rhythm == Rhythm.NTH:
        return f"FREQ=MONTHLY;{every}BYDAY={week:+d}{WEEKDAYS[weekday - 1]}"
    return f"FREQ=MONTHLY;{every}BYMONTHDAY={day}"


def rule_in_words(rule: str) -> str:
    """Return what a rule of :func:`write_rule` says, for people; the rule itself where it is another's."""
    parts = dict(part.split("=", 1) for part in rule.split(";") if "=" in part)
    every, by_day = int(parts.get("INTERVAL", 1)), parts.get("BYDAY", "")
    if parts.get("FREQ") == "WEEKLY" and by_day in WEEKDAYS:
        words = gettext("每 %(n)d 周的%(weekday)s") if every > 1 else gettext("每周%(weekday)s")
        return words % {"n": every, "weekday": WEEKDAY_NAMES[WEEKDAYS.index(by_day)]}
    months = gettext("每 %d 个月的") % every if every > 1 else gettext("每月")
    if by_day[-2:] in WEEKDAYS:
        week, weekday = WEEKS[int(by_day[:-2])], WEEKDAY_NAMES[WEEKDAYS.index(by_day[-2:])]
        return gettext("%(months)s%(week)s%(weekday)s") % {"months": months, "week": week, "weekday": weekday}
    if day := parts.get("BYMONTHDAY"):
        return gettext("%(months)s%(day)s日") % {"months": months, "day": day}
    return rule


def days_of(rule: str, first: date, last: date) -> list[date]:
    """Return the days of a rule from `first` to `last`, one more than `MAX_DAYS` at most.

    A 31st is in no shorter month.

    >>> [str(day) for day in days_of("FREQ=MONTHLY;BYDAY=+1TU", date(2026, 12, 1), date(2027, 2, 28))]
    ['2026-12-01', '2027-01-05', '2027-02-02']
    """
    found = rrulestr(f"{rule};UNTIL={last:%Y%m%d}T000000", dtstart=datetime.combine(first, time()))
    return [moment.date() for moment in islice(found, MAX_DAYS + 1)]


def plan_days(rule: str, first: date, last: date, on_holiday: str, calendar: Calendar) -> list[PlannedDay]:
    """Return each day of the rule with what the calendar makes of it.

    A rule that names a weekday means it, so that only holidays count as days off; one that names a day of the month
    says nothing of weekends, so that these count too. A day that moves onto another one
    of the series is not held twice.
    """
    days = days_of(rule, first, last)
    keeps = on_holiday == ReceptionSeries.OnHoliday.KEEP
    off = {day for day in days if not keeps and _is_off(day, rule, calendar)}
    taken = set(days) - off
    planned = []
    for day in days:
        guessed = not calendar.is_official(day.year)
        if day not in off:
            planned.append(PlannedDay(day, day, Fate.HELD, guessed))
        elif on_holiday == ReceptionSeries.OnHoliday.SKIP:
            planned.append(PlannedDay(day, None, Fate.SKIPPED, guessed))
        elif (later := calendar.first_from(day)) in taken:
            planned.append(PlannedDay(day, None, Fate.DOUBLED, guessed))
        else:
            taken.add(later)
            planned.append(PlannedDay(day, later, Fate.MOVED, guessed))
    return planned


def _is_off(day: date, rule: str, calendar: Calendar) -> bool:
    return calendar.is_holiday(day) if "BYDAY" in rule else not calendar.is_workday(day)
