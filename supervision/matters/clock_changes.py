"""The clocks of one matter: started, stopped, shifted and run on after a pause. Saved by the caller."""

from datetime import date, timedelta

from django.utils import timezone

from accounts.workdays import calendar
from supervision.deadlines import clocks, periods
from supervision.deadlines.clocks import Clock
from supervision.kinds.definition import Unit
from supervision.kinds.queries import kind_of
from supervision.matters.models import Suggestion
from supervision.matters.queries import clock_of


def run_on(suggestion: Suggestion) -> None:
    """End a pause: what was left on every clock is left again."""
    if suggestion.paused_on is None:
        return
    shift(suggestion, (timezone.localdate() - suggestion.paused_on).days)
    suggestion.paused_on = None


def shift(suggestion: Suggestion, days: int) -> None:
    """Move the day of the reply, and of opinions not yet given, by `days`; off a day off, where the clock says so."""
    if not days:
        return
    step = timedelta(days=days)
    if suggestion.due_on:
        is_lawful = not _is_in_days_of_its_kind(suggestion)
        suggestion.due_on = _last_day(clock_of(suggestion), suggestion.due_on + step, is_lawful=is_lawful)
    for asked in suggestion.co_handlings.filter(answered_at__isnull=True):
        asked.due_on = _last_day(Clock.CO_HANDLING, asked.due_on + step)
        asked.save(update_fields=["due_on"])


def give_back(suggestion: Suggestion, days: int, *, in_hand: bool) -> None:
    """Put off by `days` what ran for a matter when it was merged: its department's clocks, or that of the staff."""
    step = timedelta(days=days)
    if in_hand:
        shift(suggestion, days)
        if days and suggestion.returnable_until:
            suggestion.returnable_until = _last_day(Clock.RETURN, suggestion.returnable_until + step)
    elif days and suggestion.notice_due_on:
        suggestion.notice_due_on = _last_day(Clock.NOTICE, suggestion.notice_due_on + step)


def begin_opinions_anew(suggestion: Suggestion, today: date) -> None:
    """Opinions that were not given while no department had the matter in hand have their whole time again."""
    waiting = suggestion.co_handlings.filter(answered_at__isnull=True)
    waiting.update(due_on=periods.ends_on(Clock.CO_HANDLING, today))


def _last_day(clock: Clock, day: date, *, is_lawful: bool = True) -> date:
    """`day`, or the first working day after it where the period of the clock ends on one."""
    period = periods.period(clock)
    return calendar().first_from(day) if is_lawful and (period.ends_on_workday or period.workdays) else day


def _is_in_days_of_its_kind(suggestion: Suggestion) -> bool:
    """Whether the kind of problem sets the day in hours or days of the calendar, which no day off stops."""
    seen = suggestion.source
    kind = kind_of(seen.kind, timezone.localdate()) if seen and clock_of(suggestion) == Clock.REPLY else None
    return kind is not None and kind.amount is not None and kind.unit != Unit.WORKDAYS


def start_clocks(suggestion: Suggestion, today: date, *, wide: bool = False, promised: int | None = None) -> Clock:
    """Start the department's clocks; `promised` working days (fast lane) only bring the reply forward.

    A kind of problem with a clock of its own has that one in every town, whatever was promised for a category there.
    Returns the clock of the reply.
    """
    clock = Clock.REPLY_WIDE if wide else Clock.REPLY
    lawful, own = periods.ends_on(clock, today), None if wide else _by_kind(suggestion, today)
    suggestion.due_on = min(lawful, own) if own else clocks.sooner(lawful, today, calendar(), promised)
    suggestion.returnable_until = periods.ends_on(Clock.RETURN, today)
    return clock


def _by_kind(suggestion: Suggestion, today: date) -> date | None:
    """The day that the kind of problem sets, by the list of today; None where no kind was chosen or it sets none."""
    seen = suggestion.source
    kind = kind_of(seen.kind, today) if seen else None
    return kind.answer_by(timezone.now()) if kind else None


def stop_clocks(suggestion: Suggestion, today: date) -> None:
    """Nobody has it any more: staff must find somebody within the time of the notice."""
    suggestion.department = suggestion.due_on = suggestion.returnable_until = None
    suggestion.notice_due_on = periods.ends_on(Clock.NOTICE, today)
