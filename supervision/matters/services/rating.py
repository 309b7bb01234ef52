"""What the author says of an answer."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock
from supervision.matters import table
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.services.steps import locked, locked_step, refuse_unknown, take
from supervision.matters.table import Verb


@transaction.atomic
def rate(actor: Any, suggestion_id: int, *, version: int, handling: str, outcome: str, text: str = "") -> Suggestion:
    """Rate the handling and the result. Not satisfied with the result sends the matter back, once, for a month."""
    for field, value in (("handling", handling), ("outcome", outcome)):
        refuse_unknown(field, value, SuggestionEvent.Satisfaction.values)
    given = {"handling": handling, "outcome": outcome, "text": text}
    verb = table.rating_verb(outcome, locked(actor, suggestion_id).redo_count)
    suggestion, step = locked_step(actor, suggestion_id, verb, version, given)
    fields: dict[str, Any] = {"handling": handling, "outcome": outcome, "text": text}
    if verb is Verb.REOPEN:
        suggestion.redo_count += 1
        suggestion.planned_on = None
        suggestion.due_on = periods.ends_on(Clock.REDO, timezone.localdate())
        fields |= {"due_on": suggestion.due_on, "department": suggestion.department, "clock": Clock.REDO}
    else:
        suggestion.closed_at = timezone.now()
    take(suggestion, step, actor, **fields)
    return suggestion
