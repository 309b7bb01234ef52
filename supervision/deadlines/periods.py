"""The periods in force: the law's, unless staff have set another; counted on the calendar of the district."""

from datetime import date
from typing import Any

from django.utils.translation import gettext

from accounts import rules
from accounts.rules.length import Length
from accounts.workdays import calendar
from supervision.deadlines import clocks
from supervision.deadlines.clocks import LAW, Clock, Ending, Period


def period(clock: Clock, on: date | None = None) -> Period:
    """Return the period that counts for `clock` when it starts on a day, today by default."""
    own = rules.value(f"clocks.{clock}", on=on)
    return LAW[clock] if own is None else _as_period(own, LAW[clock])


def _as_period(own: Length, law: Period) -> Period:
    clause = gettext("本区设定，参照%s") % law.clause
    return Period(clause=clause, text=law.text, ends_on_workday=own.to_workday, **{str(own.unit): own.amount})


def ending(clock: Clock, start: date) -> Ending:
    """Return the last day of `clock` when it starts on `start`, by the rule of that day, with how it was found."""
    return period(clock, start).ending(start, calendar())


def ends_on(clock: Clock, start: date) -> date:
    """Return the last day of `clock` when it starts on `start`."""
    return ending(clock, start).day


def basis_of(clock: Clock, start: date, due_on: date | None) -> dict[str, Any]:
    """Return for an event the rule that its clock began by, and how its last day was found.

    The latter only where the day is the period's, and not that of the fast lane.
    """
    found, rule = ending(clock, start), rules.basis(f"clocks.{clock}", on=start)
    return rule | {"clock": found.as_json()} if found.day == due_on else rule


def reply_due_on(assigned_on: date, *, wide: bool = False, promised: int | None = None) -> date:
    """Return the day by which a department must reply; `promised` working days (fast lane) only bring it forward."""
    lawful = ends_on(Clock.REPLY_WIDE if wide else Clock.REPLY, assigned_on)
    return clocks.sooner(lawful, assigned_on, calendar(), promised)
