"""Every morning: a planned matter comes back, and of a late one the next level up is notified.

the rules `RULE_OF` say how many days after a deadline each level is notified, below zero as a reminder.
Each level is notified once of each deadline, however often the job runs; a clock that was set anew begins anew. Every
notification is an event of the matter, on the chain.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.models import Department, Role, User
from accounts.notices import notify
from accounts.permissions import district_staff
from geokit.refusal import Refusal
from ledger.actors import SITE
from ledger.steps.apply import apply, lock
from supervision.deadlines.clocks import CLOCK_NAMES, Clock
from supervision.matters.models import CoHandling, Suggestion, SuggestionEvent
from supervision.matters.notifications import address_of, event_key, officers, staff_for
from supervision.matters.queries import clock_of
from supervision.matters.services.follow_up import come_back
from supervision.matters.states import Verb
from supervision.matters.table import IN_HAND, TABLE
from supervision.matters.workflow import MATTERS
from ui.text.days import day_in_words

logger = logging.getLogger(__name__)
Level = SuggestionEvent.Level
RULE_OF = {
    Level.HANDLER: "matters.remind_handler_days",
    Level.TOWN: "matters.late_staff_days",
    Level.DISTRICT: "matters.very_late_district_days",
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which somebody must do something for a matter; `department` None: the staff must."""

    suggestion: Suggestion
    clock: Clock
    due_on: date
    department: Department | None

    def days_late(self, today: date) -> int:
        return (today - self.due_on).days

    def key(self, level: int) -> tuple[int, str, int, date, int | None]:
        return (self.suggestion.pk, str(self.clock), int(level), self.due_on, getattr(self.department, "pk", None))


def bring_back(today: date | None = None) -> list[Suggestion]:
    """Let every matter whose planned day has come be answered again; return them."""
    day = today or timezone.localdate()
    due = Suggestion.objects.filter(planned_on__lte=day, state__in=TABLE.in_group("answered"))
    found = (_or_none(come_back, pk, day) for pk in due.order_by("planned_on", "pk").values_list("pk", flat=True))
    return [matter for matter in found if matter is not None]


def _or_none[**P, T](step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What a step answers; None where somebody moved its matter on meanwhile, which keeps nothing from the others."""
    try:
        return step(*args, **kwargs)
    except Refusal as refusal:
        logger.warning("a matter was passed over: %s", refusal.message)
        return None


def escalate(today: date | None = None) -> list[SuggestionEvent]:
    """Notify every level that is due by `today` and has not been; return the events written now."""
    day, book = today or timezone.localdate(), rules.book()
    notified = _notified(SuggestionEvent.objects.all())
    told = (
        _or_none(_escalate, deadline, level, day, book)
        for deadline in deadlines()
        for level in levels_for(deadline.days_late(day), book)
        if deadline.key(level) not in notified
    )
    return [event for event in told if event is not None]


def _notified(events: QuerySet[SuggestionEvent]) -> set[tuple[Any, ...]]:
    """Of which deadline which level has been notified, as `Deadline.key` has it."""
    escalated = events.filter(verb=SuggestionEvent.Verb.ESCALATED).order_by()
    return set(escalated.values_list("suggestion", "clock", "level", "due_on", "department"))


def levels_for(days_late: int, book: rules.Book) -> list[Level]:
    """The levels to be notified of something so many days late (below zero: still to come)."""
    return [level for level in Level if days_late >= book.value(RULE_OF[level])]


def deadlines() -> Iterator[Deadline]:
    """Every running deadline: of staff to find a department, of departments to reply, of co-handlers to answer."""
    return _deadlines_of(Q())


def _deadlines_of(which: Q) -> Iterator[Deadline]:
    matters = Suggestion.objects.filter(which).select_related("department", "area").order_by("pk")
    for matter in matters.filter(state__in=TABLE.in_group("waiting")):
        if matter.notice_due_on is not None:
            yield Deadline(matter, Clock.NOTICE, matter.notice_due_on, None)
    for matter in matters.filter(state__in=IN_HAND, paused_on=None):
        if matter.due_on is not None:
            yield Deadline(matter, clock_of(matter), matter.due_on, matter.department)
    asked = CoHandling.objects.filter(answered_at=None, suggestion__state__in=IN_HAND, suggestion__paused_on=None)
    asked = asked.exclude(department=F("suggestion__department"))
    asked = asked.filter(suggestion__in=Suggestion.objects.filter(which)) if which else asked
    for one in asked.select_related("suggestion__area", "department").order_by("pk"):
        yield Deadline(one.suggestion, Clock.CO_HANDLING, one.due_on, one.department)


@transaction.atomic
def _escalate(deadline: Deadline, level: Level, today: date, book: rules.Book) -> SuggestionEvent | None:
    """Write and send one notification; None where the day was moved or another run was first since it was read."""
    matter = lock(MATTERS, SITE, deadline.suggestion.pk)
    running = {one.key(level) for one in _deadlines_of(Q(pk=matter.pk))}
    if deadline.key(level) not in running - _notified(matter.events.all()):
        return None
    fields = {
        "clock": deadline.clock,
        "level": level,
        "due_on": deadline.due_on,
        "department": deadline.department,
        "text": offices_of(deadline, level),
        "basis": book.basis(RULE_OF[level]),
    }
    event = apply(MATTERS, SITE, deadline.suggestion.pk, Verb.ESCALATE, None, fields)
    people = User.objects.filter(people_of(deadline, level), is_active=True)
    title, body = _words(deadline, today)
    notify(people, "matter-overdue", title, body, address_of(event.suggestion), key=event_key(event.pk))
    return event


def people_of(deadline: Deadline, level: Level) -> Q:
    """Match those who are notified at a level, always with the one who is late."""
    staff = staff_for(deadline.suggestion.area)
    late = officers(deadline.department.pk) if deadline.department else staff
    return {
        Level.HANDLER: late,
        Level.TOWN: late | staff,
        Level.DISTRICT: late | staff | district_staff(deadline.suggestion.area) | Q(role=Role.ADMIN),
    }[level]


def offices_of(deadline: Deadline, level: Level) -> str:
    """The offices that the history names as notified; no persons."""
    late = deadline.department.name if deadline.department else gettext("人大工作人员")
    above = {Level.HANDLER: [], Level.TOWN: [gettext("人大工作人员")], Level.DISTRICT: [gettext("区人大工作人员")]}
    return gettext("、").join(dict.fromkeys([late, *above[level]]))


def _words(deadline: Deadline, today: date) -> tuple[object, object]:
    late = deadline.days_late(today)
    about = {"clock": CLOCK_NAMES[deadline.clock], "days": abs(late), "title": deadline.suggestion.title}
    title = _("{title}：{clock}已过{days}天") if late > 0 else _("{title}：{clock}还有{days}天")
    who = deadline.department.name if deadline.department else _("人大工作人员")
    return format_lazy(title, **about), format_lazy(
        _("期限是{day}，由{who}办理。"), day=day_in_words(deadline.due_on), who=who
    )
