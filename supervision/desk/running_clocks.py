"""The clocks of one matter as its page shows them: what for, by when, by which clause, how long still."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.deadlines import clocks, periods
from supervision.deadlines.clocks import CLOCK_NAMES, Clock
from supervision.matters.models import Suggestion
from supervision.matters.queries import clock_of
from supervision.matters.states import State
from supervision.matters.table import IN_HAND

WAITING = (State.RECEIVED, State.SUBMITTED, State.RETURNED)


@dataclass(frozen=True, slots=True)
class RunningClock:
    """One clock. `days_left` is negative when overdue, None while it is paused."""

    name: Any
    clause: str
    due_on: date
    days_left: int | None
    who: str = ""

    @property
    def is_overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def days_late(self) -> int:
        return -(self.days_left or 0)


def running_clocks(matter: Suggestion) -> list[RunningClock]:
    """Return the clocks that run for `matter`, the earliest due first."""
    today, found = timezone.localdate(), []
    if matter.state in WAITING and matter.notice_due_on:
        found.append(_clock(Clock.NOTICE, matter.notice_due_on, today))
    if matter.state in IN_HAND and matter.due_on:
        found.append(_clock(clock_of(matter), matter.due_on, today, paused=matter.paused_on is not None))
        found += _opinions(matter, today)
    if matter.state == State.ASSIGNED and matter.returnable_until and today <= matter.returnable_until:
        found.append(_clock(Clock.RETURN, matter.returnable_until, today))
    if matter.planned_on:
        left = clocks.days_left(matter.planned_on, today)
        found.append(RunningClock(_("计划落实，到期再答复"), "", matter.planned_on, left))
    return sorted(found, key=lambda one: one.due_on)


def _opinions(matter: Suggestion, today: date) -> list[RunningClock]:
    paused = matter.paused_on is not None
    asked = [one for one in matter.co_handlings.all() if one.answered_at is None]
    return [_clock(Clock.CO_HANDLING, one.due_on, today, paused=paused, who=one.department.short_name) for one in asked]


def _clock(clock: Clock, due_on: date, today: date, *, paused: bool = False, who: str = "") -> RunningClock:
    left = None if paused else clocks.days_left(due_on, today)
    return RunningClock(CLOCK_NAMES[clock], periods.period(clock).clause, due_on, left, who)
