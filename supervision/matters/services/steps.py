"""How every step is taken: lock the matter, ask the table, write the matter and the event that says so."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from accounts.workdays import add_workdays
from geokit.refusal import BadInput, FieldError, MissingEvidence, NotPermitted, StaleEdit
from ledger import audit
from supervision.deadlines import clocks, periods
from supervision.deadlines.clocks import Clock
from supervision.matters import table
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.notifications import tell, tell_waiting
from supervision.matters.permissions import Reporter, person_of, suggestions_visible_to
from supervision.matters.queries import matter_of
from supervision.matters.table import State, Transition, Verb
from supervision.routing.routes import Route, route


def locked(actor: Any, suggestion_id: int) -> Suggestion:
    """Return the matter, locked until the transaction ends; raises BadInput for one that `actor` may not see."""
    visible = suggestions_visible_to(actor).select_for_update(of=("self",)).select_related("department", "finding")
    suggestion = visible.filter(pk=suggestion_id).first()
    if suggestion is None:
        raise BadInput(gettext("没有编号为 %s 的建议。") % suggestion_id, code="unknown-suggestion")
    return suggestion


def locked_step(
    actor: Any, suggestion_id: int, verb: Verb, version: int | None, given: dict[str, Any]
) -> tuple[Suggestion, Transition]:
    """Lock the matter and return the step that `actor` may take; refuse a stale form before a wrong moment.

    Raises NotPermitted, StaleEdit, or MissingEvidence with an error for each empty field.
    """
    suggestion = locked(actor, suggestion_id)
    stale = version is not None and version != suggestion.version
    try:
        step = table.transition_for(person_of(actor), matter_of(suggestion), verb, timezone.localdate())
    except NotPermitted as refusal:
        if stale and refusal.code == "wrong-state":
            raise _stale(suggestion) from refusal
        raise
    if stale:
        raise _stale(suggestion)
    if missing := table.missing_for(step, given):
        raise MissingEvidence(" ".join(error.message for error in missing), errors=missing)
    return suggestion, step


def _stale(suggestion: Suggestion) -> StaleEdit:
    return StaleEdit(
        gettext("建议 %(number)s 在您打开页面后已变为“%(state)s”，请查看最新情况后再操作。")
        % {"number": suggestion.number, "state": suggestion.get_state_display()}
    )


def refuse(field: str, code: str, message: str) -> BadInput:
    """Return the refusal of one field, to be raised."""
    return BadInput(message, code=code, errors=[FieldError(field, code, message)])


def refuse_unknown(field: str, value: str, known: Sequence[str]) -> None:
    if value and value not in known:
        raise refuse(field, "unknown-value", gettext("“%s”不是可选的值。") % value)


def take(suggestion: Suggestion, step: Transition, actor: Any, **fields: Any) -> SuggestionEvent:
    """Move the suggestion along `step` and write the event that says so."""
    run_on(suggestion)
    suggestion.state = step.target or _before_merge(suggestion)
    suggestion.version += 1
    suggestion.save()
    return note(suggestion, step, actor, **fields)


def note(suggestion: Suggestion, step: Transition, actor: Any, **fields: Any) -> SuggestionEvent:
    """Write the event of a step that leaves the matter, and so every open form, as it is."""
    audit.record(actor, f"suggestion-{step.event}", suggestion, state=suggestion.state)
    return record(suggestion, step.event, actor, **fields)


def record(suggestion: Suggestion, verb: str, actor: Any, **fields: Any) -> SuggestionEvent:
    """Append an event. Without an account it is the reporter's, by her private link, or the site's own."""
    user = actor if getattr(actor, "pk", None) else None
    by_reporter = isinstance(actor, Reporter)
    event = SuggestionEvent.objects.create(
        suggestion=suggestion, verb=verb, at=timezone.now(), actor=user, by_reporter=by_reporter, **fields
    )
    tell(event)
    return event


def _before_merge(suggestion: Suggestion) -> State:
    verbs = suggestion.events.order_by("at", "pk").values_list("verb", flat=True)
    return table.state_after([*verbs, "unmerged"])


def run_on(suggestion: Suggestion) -> None:
    """End a pause: what was left on every clock is left again. Saved by the caller."""
    if suggestion.paused_on is None:
        return
    shift(suggestion, (timezone.localdate() - suggestion.paused_on).days)
    suggestion.paused_on = None


def shift(suggestion: Suggestion, days: int) -> None:
    """Move the day of the reply, and of opinions not yet given, by `days`. Saved by the caller."""
    step = timedelta(days=days)
    if suggestion.due_on:
        suggestion.due_on += step
    suggestion.co_handlings.filter(answered_at__isnull=True).update(due_on=F("due_on") + step)


def start_clocks(suggestion: Suggestion, today: date, *, wide: bool = False, promised: int | None = None) -> Clock:
    """Start the department's clocks; `promised` working days (fast lane) only bring the reply forward.

    Returns the clock of the reply.
    """
    clock = Clock.REPLY_WIDE if wide else Clock.REPLY
    suggestion.due_on = clocks.sooner(periods.ends_on(clock, today), today, add_workdays, promised)
    suggestion.returnable_until = periods.ends_on(Clock.RETURN, today)
    return clock


def stop_clocks(suggestion: Suggestion, today: date) -> None:
    """Nobody has it any more: staff must find somebody within the time of the notice."""
    suggestion.department = suggestion.due_on = suggestion.returnable_until = None
    suggestion.notice_due_on = periods.ends_on(Clock.NOTICE, today)


def send_on(suggestion: Suggestion, way: Route) -> None:
    """Assign a submitted matter where the rules send it; without a rule it waits for staff."""
    if way.department is None:
        tell_waiting(suggestion)
        return
    suggestion.department, suggestion.state = way.department, State.ASSIGNED
    clock = start_clocks(suggestion, timezone.localdate(), promised=way.days)
    suggestion.save()
    record(
        suggestion,
        "assigned",
        None,
        department=way.department,
        due_on=suggestion.due_on,
        clock=clock,
        text=way.reason,
    )


def route_of(suggestion: Suggestion) -> Route:
    """Find the department of a matter from what was seen; a part that was split off goes by its own category."""
    seen = suggestion.source
    if seen is None:
        return route(suggestion.category, suggestion.area)
    if suggestion.finding_id is None:
        return route(suggestion.category, suggestion.area, place=seen.geom)
    return route(suggestion.category, suggestion.area, seen.point, seen.project, seen.geom)
