"""Matters that belong together or apart: merge and its undoing, split, and what a matter is about."""

from django.db import transaction

from ledger.actors import Actor, account_of
from ledger.steps.apply import apply, lock, step_now
from supervision.findings.models import Category
from supervision.findings.permissions import linkable
from supervision.matters.assignment import assign_by_rules
from supervision.matters.models import MatterLink, Suggestion, SuggestionEvent
from supervision.matters.refusals import refuse_unknown
from supervision.matters.states import Verb
from supervision.matters.workflow import MATTERS, record


@transaction.atomic
def merge(actor: Actor, suggestion_id: int, *, version: int, other: Suggestion | None, text: str = "") -> Suggestion:
    """Join a matter to another about the same thing; the answer to that one answers both."""
    for pk in sorted({suggestion_id, other.pk if other else suggestion_id}):
        lock(MATTERS, actor, pk)  # always in one order, so that two merges cannot wait for each other
    event = apply(MATTERS, actor, suggestion_id, Verb.MERGE, version, {"other": other, "text": text})
    assert other is not None  # noqa: S101 - the step needs it
    apply(MATTERS, actor, other.pk, Verb.ABSORB, None, {"other": event.suggestion, "text": text})
    return event.suggestion


@transaction.atomic
def unmerge(actor: Actor, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Undo a merge: the matter stands where it stood, with the time on its clock that it had then."""
    event = apply(MATTERS, actor, suggestion_id, Verb.UNMERGE, version, {"text": text})
    into = event.other.pk if event.other else 0
    apply(MATTERS, actor, into, Verb.RELEASE, None, {"other": event.suggestion, "text": text})
    return event.suggestion


@transaction.atomic
def split(actor: Actor, suggestion_id: int, *, version: int, title: str, text: str, category: str = "") -> Suggestion:
    """Make a matter of its own of a part (一事一议); it goes where the rules send its category. Returns the part."""
    refuse_unknown("category", category, Category.values)
    _hold_origin(suggestion_id)
    given = {"title": title, "text": text, "category": category}
    event = apply(MATTERS, actor, suggestion_id, Verb.SPLIT, version, given)
    part = event.other
    assert part is not None  # noqa: S101 - the change of a split makes it
    record(part, SuggestionEvent.Verb.SUBMITTED, actor, other=event.suggestion, text=part.text)
    assign_by_rules(part)
    return part


def _hold_origin(suggestion_id: int) -> None:
    """Lock the matter that a part was split from, before the part: its parts are counted, whichever is split."""
    origins = Suggestion.objects.filter(parts=suggestion_id)
    list(origins.select_for_update(of=("self",)).values_list("pk"))


@transaction.atomic
def link(actor: Actor, suggestion_id: int, *, version: int | None = None, kind: str, code: str) -> MatterLink:
    """Say that a matter is about a water point, a project or a station. Said twice it is there once."""
    suggestion = lock(MATTERS, actor, suggestion_id)
    if found := _linked(actor, suggestion, kind, code):
        step_now(MATTERS, actor, suggestion, Verb.LINK)
        return found
    apply(MATTERS, actor, suggestion, Verb.LINK, None, {"thing": code, "kind": kind})
    return suggestion.links.latest("pk")


def _linked(actor: Actor, suggestion: Suggestion, kind: str, code: str) -> MatterLink | None:
    thing = linkable(account_of(actor), kind).filter(code=code).first() if code else None
    return suggestion.links.filter(**{kind: thing}).first() if thing else None


def unlink(actor: Actor, suggestion_id: int, *, version: int | None = None, link_id: int) -> Suggestion:
    """Take back what `link` said."""
    return apply(MATTERS, actor, suggestion_id, Verb.UNLINK, None, {"link_id": link_id}).suggestion
