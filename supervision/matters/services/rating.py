"""What the author says of an answer."""

from django.db import transaction

from ledger.actors import Actor
from ledger.steps.apply import apply, lock
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.refusals import refuse_unknown
from supervision.matters.table import rating_verb
from supervision.matters.workflow import MATTERS


@transaction.atomic
def rate(actor: Actor, suggestion_id: int, *, version: int, handling: str, outcome: str, text: str = "") -> Suggestion:
    """Rate the handling and the result. Not satisfied with the result sends the matter back, once, for a month."""
    for field, value in (("handling", handling), ("outcome", outcome)):
        refuse_unknown(field, value, SuggestionEvent.Satisfaction.values)
    suggestion = lock(MATTERS, actor, suggestion_id)
    verb = rating_verb(outcome, suggestion.redo_count)
    given = {"handling": handling, "outcome": outcome, "text": text}
    return apply(MATTERS, actor, suggestion, verb, version, given).suggestion
