"""What staff and departments do with a matter, until it is answered."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Department
from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock
from supervision.matters.models import CoHandling, Suggestion
from supervision.matters.permissions import is_staff
from supervision.matters.queries import clock_of
from supervision.matters.services.steps import (
    locked_step,
    note,
    refuse,
    refuse_unknown,
    route_of,
    run_on,
    send_on,
    start_clocks,
    stop_clocks,
    take,
)
from supervision.matters.table import Verb


@transaction.atomic
def accept(actor: Any, suggestion_id: int, *, version: int, text: str = "") -> Suggestion:
    """Take up what the public reported; it goes where the rules send it."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.ACCEPT, version, {})
    take(suggestion, step, actor, text=text)
    send_on(suggestion, route_of(suggestion))
    return suggestion


@transaction.atomic
def decline(actor: Any, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Refuse a matter that is none (a private affair, a pending case), with the reason."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.DECLINE, version, {"text": text})
    take(suggestion, step, actor, text=text)
    return suggestion


@transaction.atomic
def reconsider(actor: Any, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Take up again what was declined; staff assign it."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.RECONSIDER, version, {"text": text})
    stop_clocks(suggestion, timezone.localdate())
    take(suggestion, step, actor, text=text)
    return suggestion


@transaction.atomic
def assign(
    actor: Any,
    suggestion_id: int,
    *,
    version: int,
    department: Department | None,
    wide: bool = False,
    days: int | None = None,
    text: str = "",
) -> Suggestion:
    """Give a matter to a department; `wide` gives six months instead of three (代表法 Art. 51).

    `days` is a fast lane in working days; it only brings the day forward.
    """
    suggestion, step = locked_step(actor, suggestion_id, Verb.ASSIGN, version, {"department": department})
    suggestion.department = department
    clock = start_clocks(suggestion, timezone.localdate(), wide=wide, promised=days)
    take(suggestion, step, actor, department=department, due_on=suggestion.due_on, clock=clock, text=text)
    return suggestion


@transaction.atomic
def forward(actor: Any, suggestion_id: int, *, version: int, department: Department | None, text: str) -> Suggestion:
    """Hand a matter on to the department that it belongs to.

    Staff start the clocks anew; a department that passes it on leaves the day of the reply as it is, so nobody gains
    time by passing on. The new department may return it for ten days.
    """
    given = {"department": department, "text": text}
    suggestion, step = locked_step(actor, suggestion_id, Verb.FORWARD, version, given)
    if department == suggestion.department:
        raise refuse("department", "same-department", gettext("本件已由%s办理。") % department)
    run_on(suggestion)
    due_on, clock = suggestion.due_on, start_clocks(suggestion, timezone.localdate())
    suggestion.department = department
    if not is_staff(actor):
        suggestion.due_on, clock = due_on, clock_of(suggestion)
    take(suggestion, step, actor, department=department, due_on=suggestion.due_on, clock=clock, text=text)
    return suggestion


@transaction.atomic
def recall(actor: Any, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Take a matter back from its department, with the reason."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.RECALL, version, {"text": text})
    return _give_up(suggestion, step, actor, text)


@transaction.atomic
def return_to_staff(actor: Any, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Hand back a matter that is not this department's, with the reason, within ten days."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.RETURN, version, {"text": text})
    return _give_up(suggestion, step, actor, text)


def _give_up(suggestion: Suggestion, step: Any, actor: Any, text: str) -> Suggestion:
    department = suggestion.department
    suggestion.paused_on = None
    stop_clocks(suggestion, timezone.localdate())
    take(suggestion, step, actor, department=department, text=text)
    return suggestion


@transaction.atomic
def ask_co(
    actor: Any, suggestion_id: int, *, version: int, department: Department | None, text: str = ""
) -> CoHandling:
    """Ask a department for its opinion (会办) by the day of that clock."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.ASK_CO, version, {"department": department})
    if department == suggestion.department:
        raise refuse("department", "same-department", gettext("主办单位不能会办自己主办的事项。"))
    if suggestion.co_handlings.filter(department=department).exists():
        raise refuse("department", "asked-already", gettext("已经请%s会办。") % department)
    due_on = periods.ends_on(Clock.CO_HANDLING, timezone.localdate())
    assert department is not None  # noqa: S101 - the step needs it
    asked = CoHandling.objects.create(suggestion=suggestion, department=department, due_on=due_on)
    take(suggestion, step, actor, department=department, due_on=due_on, clock=Clock.CO_HANDLING, text=text)
    return asked


@transaction.atomic
def co_reply(actor: Any, suggestion_id: int, *, version: int | None = None, text: str) -> CoHandling:
    """Give the lead department an opinion; its open reply form stays good."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.CO_REPLY, None, {"text": text})
    asked = suggestion.co_handlings.select_for_update().get(department=actor.department_id)
    asked.opinion, asked.answered_at = text.strip(), timezone.now()
    asked.save(update_fields=["opinion", "answered_at"])
    note(suggestion, step, actor, department=asked.department, due_on=asked.due_on, text=text)
    return asked


@transaction.atomic
def reply(
    actor: Any, suggestion_id: int, *, version: int, text: str, result: str, planned_on: date | None = None
) -> Suggestion:
    """Answer a matter with one of the district's result classes (A-D). The event keeps the day it was due.

    With `planned_on`, for a result B only, the matter comes back on that day to be answered again.
    """
    refuse_unknown("result", result, Suggestion.Result.values)
    given = {"text": text, "result": result}
    suggestion, step = locked_step(actor, suggestion_id, Verb.REPLY, version, given)
    _check_plan(result, planned_on)
    suggestion.result, suggestion.planned_on = result, planned_on
    run_on(suggestion)
    take(
        suggestion,
        step,
        actor,
        department=suggestion.department,
        due_on=suggestion.due_on,
        text=text,
        result=result,
        planned_on=planned_on,
    )
    return suggestion


def _check_plan(result: str, planned_on: date | None) -> None:
    if planned_on is None:
        return
    if result != Suggestion.Result.B:
        raise refuse("planned_on", "not-planned", gettext("只有列入计划(B)的才填计划落实日期。"))
    if planned_on <= timezone.localdate():
        raise refuse("planned_on", "past", gettext("计划落实日期应在今天之后。"))


@transaction.atomic
def pause(actor: Any, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Stop the clocks, with the reason."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.PAUSE, version, {"text": text})
    suggestion.paused_on = timezone.localdate()
    suggestion.version += 1
    suggestion.save()
    note(suggestion, step, actor, department=suggestion.department, text=text)
    return suggestion


@transaction.atomic
def resume(actor: Any, suggestion_id: int, *, version: int, text: str = "") -> Suggestion:
    """Let the clocks run on with what was left on them."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.RESUME, version, {})
    run_on(suggestion)
    take(suggestion, step, actor, department=suggestion.department, due_on=suggestion.due_on, text=text)
    return suggestion


@transaction.atomic
def urge(actor: Any, suggestion_id: int, *, text: str = "") -> Suggestion:
    """Remind the department, at most once a day. The matter itself stays as it is, so no form becomes stale."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.URGE, None, {})
    note(suggestion, step, actor, department=suggestion.department, due_on=suggestion.due_on, text=text)
    return suggestion


@transaction.atomic
def say(actor: Any, suggestion_id: int, *, text: str) -> Suggestion:
    """Add what one has learned since; everybody concerned reads it, nothing else changes."""
    suggestion, step = locked_step(actor, suggestion_id, Verb.SAY, None, {"text": text})
    note(suggestion, step, actor, department=getattr(actor, "department", None), text=text)
    return suggestion
