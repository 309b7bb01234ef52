"""The clocks of one matter: started, stopped, shifted and run on after a pause. Saved by the caller."""

from datetime import date, timedelta

from django.db.models import F
from django.utils import timezone

from accounts.workdays import calendar
from supervision.deadlines import clocks, periods
from supervision.deadlines.clocks import Clock
from supervision.kinds.queries import kind_of
from supervision.matters.models import Suggestion


def run_on(suggestion: Suggestion) -> None:
    """End a pause: what was left on every clock is left again."""
    if suggestion.paused_on is None:
        return
    shift(suggestion, (timezone.localdate() - suggestion.paused_on).days)
    suggestion.paused_on = None


def shift(suggestion: Suggestion, days: int) -> None:
    """Move the day of the reply, and of opinions not yet given, by `days`."""
    step = timedelta(days=days)
    if suggestion.due_on:
        suggestion.due_on += step
    suggestion.co_handlings.filter(answered_at__isnull=True).update(due_on=F("due_on") + step)


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
