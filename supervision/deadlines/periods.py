"""The periods in force: the law's, unless staff have set another; counted on the calendar of the district."""

from datetime import date
from typing import Any

from django.utils.translation import gettext

from accounts.workdays import calendar
from supervision.deadlines import clocks
from supervision.deadlines.clocks import LAW, Clock, Ending, Period
from supervision.deadlines.models import ClockRule


def period(clock: Clock) -> Period:
    """Return the period that counts today for `clock`."""
    rule = ClockRule.objects.filter(clock=clock).first()
    return LAW[clock] if rule is None else _as_period(rule)


def _as_period(rule: ClockRule) -> Period:
    lengths = {rule.unit: rule.amount}
    law = LAW[Clock(rule.clock)]
    clause = gettext("本区设定，参照%s") % law.clause
    return Period(clause=clause, text=law.text, ends_on_workday=rule.ends_on_workday, **lengths)


def ending(clock: Clock, start: date) -> Ending:
    """Return the last day of `clock` when it starts on `start`, with how it was found."""
    return period(clock).ending(start, calendar())


def ends_on(clock: Clock, start: date) -> date:
    """Return the last day of `clock` when it starts on `start`."""
    return ending(clock, start).day


def basis_of(clock: Clock, start: date, due_on: date | None) -> dict[str, Any]:
    """Return for an event how its last day was found; empty where the day is not the period's, as in the fast lane."""
    found = ending(clock, start)
    return {"clock": found.as_json()} if found.day == due_on else {}


def reply_due_on(assigned_on: date, *, wide: bool = False, promised: int | None = None) -> date:
    """Return the day by which a department must reply; `promised` working days (fast lane) only bring it forward."""
    lawful = ends_on(Clock.REPLY_WIDE if wide else Clock.REPLY, assigned_on)
    return clocks.sooner(lawful, assigned_on, calendar(), promised)
