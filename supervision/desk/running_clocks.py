"""The clocks of one matter as its page shows them: what for, by when, by which clause, how long still."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supervision.deadlines import clocks, periods
from supervision.deadlines.clocks import CLOCK_NAMES, Clock, Ending
from supervision.deadlines.wording import in_words
from supervision.matters.models import Suggestion
from supervision.matters.queries import GIVEN, clock_of
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
    text: str = ""
    """The version of the text that the clause is cited from."""
    found: str = ""
    """How the day was found, where it moved or the calendar is not official."""

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
        begun = timezone.localdate(matter.submitted_at)
        found.append(_clock(Clock.NOTICE, matter.notice_due_on, today, ending=periods.ending(Clock.NOTICE, begun)))
    if matter.state in IN_HAND and matter.due_on:
        clock, paused = clock_of(matter), matter.paused_on is not None
        found.append(_clock(clock, matter.due_on, today, paused=paused, ending=_kept(matter, clock, matter.due_on)))
        found += _opinions(matter, today)
    if matter.state == State.ASSIGNED and matter.returnable_until and today <= matter.returnable_until:
        found.append(_clock(Clock.RETURN, matter.returnable_until, today, ending=_return_ending(matter)))
    if matter.planned_on:
        left = clocks.days_left(matter.planned_on, today)
        found.append(RunningClock(_("计划落实，到期再答复"), "", matter.planned_on, left))
    return sorted(found, key=lambda one: one.due_on)


def _opinions(matter: Suggestion, today: date) -> list[RunningClock]:
    paused = matter.paused_on is not None
    asked = [one for one in matter.co_handlings.all() if one.answered_at is None]
    return [
        _clock(
            Clock.CO_HANDLING,
            one.due_on,
            today,
            paused=paused,
            who=one.department.short_name,
            ending=_kept(matter, Clock.CO_HANDLING, one.due_on),
        )
        for one in asked
    ]


def _kept(matter: Suggestion, clock: Clock, due_on: date) -> Ending | None:
    """How the day was found when the clock began, as its event keeps it; of a day that moved since, the newest."""
    kept = [event for event in reversed(list(matter.events.all())) if event.clock == clock and "clock" in event.basis]
    found = next((event for event in kept if event.due_on == due_on), kept[0] if kept else None)
    return Ending.from_json(found.basis["clock"]) if found else None


def _return_ending(matter: Suggestion) -> Ending | None:
    """The clock of returning begins with the newest assignment."""
    given = [event.at for event in matter.events.all() if event.verb in GIVEN]
    return periods.ending(Clock.RETURN, timezone.localdate(max(given))) if given else None


def _clock(
    clock: Clock, due_on: date, today: date, *, paused: bool = False, who: str = "", ending: Ending | None = None
) -> RunningClock:
    """How `ending` was found is said only where it is of this very day: one that was paused or shifted has another."""
    left = None if paused else clocks.days_left(due_on, today)
    if ending is None:
        law = periods.period(clock)
        return RunningClock(CLOCK_NAMES[clock], law.clause, due_on, left, who, law.text)
    if ending.day != due_on:
        return RunningClock(CLOCK_NAMES[clock], ending.clause, due_on, left, who, ending.text)
    return RunningClock(CLOCK_NAMES[clock], ending.clause, due_on, left, who, ending.text, in_words(ending))
