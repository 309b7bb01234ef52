"""The periods in force: the law's, unless staff have set another; counted on the calendar of working days."""

from datetime import date

from django.utils.translation import gettext

from accounts.workdays import add_workdays
from supervision.deadlines import clocks
from supervision.deadlines.clocks import LAW, Clock, Period
from supervision.deadlines.models import ClockRule


def period(clock: Clock) -> Period:
    """Return the period that counts today for `clock`."""
    rule = ClockRule.objects.filter(clock=clock).first()
    return LAW[clock] if rule is None else _as_period(rule)


def _as_period(rule: ClockRule) -> Period:
    lengths = {rule.unit: rule.amount}
    clause = gettext("本区设定，参照%s") % LAW[Clock(rule.clock)].clause
    return Period(clause=clause, ends_on_workday=rule.ends_on_workday, **lengths)


def ends_on(clock: Clock, start: date) -> date:
    """Return the last day of `clock` when it starts on `start`."""
    return period(clock).ends_on(start, add_workdays)


def reply_due_on(assigned_on: date, *, wide: bool = False, promised: int | None = None) -> date:
    """Return the day by which a department must reply; `promised` working days (fast lane) only bring it forward."""
    lawful = ends_on(Clock.REPLY_WIDE if wide else Clock.REPLY, assigned_on)
    return clocks.sooner(lawful, assigned_on, add_workdays, promised)
