"""The life of a suggestion as its page tells it: what, when, by whom - names only for those who may know."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Role
from supervision.models import Suggestion, SuggestionEvent
from supervision.permissions import may_see_names

Verb = SuggestionEvent.Verb
BY_DEPARTMENT = {Verb.RETURNED, Verb.REPLIED}


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, with who did it in words that this reader may see, and what was written then."""

    event: SuggestionEvent
    who: str
    text: str
    is_late: bool


def timeline(suggestion: Suggestion, reader: Any) -> list[Entry]:
    """Return the events of a suggestion, oldest first; expects `queries.with_timeline`."""
    names = may_see_names(reader, suggestion)
    return [
        Entry(event, _who(event, suggestion, names), _text(event), _is_late(event)) for event in _events(suggestion)
    ]


def _events(suggestion: Suggestion) -> Iterable[SuggestionEvent]:
    return suggestion.events.all()


def _who(event: SuggestionEvent, suggestion: Suggestion, names: bool) -> str:
    if event.verb in BY_DEPARTMENT:
        return str(event.department or "")
    if event.actor is None:
        return gettext("系统")
    if event.actor_id == suggestion.author_id:
        return str(event.actor) if names else gettext("提出人")
    if event.actor.role in (Role.STAFF, Role.ADMIN):
        return gettext("人大工作人员")
    return str(event.actor) if names else ""


def _text(event: SuggestionEvent) -> str:
    """What a person wrote stays as it is; what the system wrote is one of our own sentences."""
    return gettext(event.text) if event.actor is None and event.text else event.text


def _is_late(event: SuggestionEvent) -> bool:
    return event.verb == Verb.REPLIED and event.due_on is not None and timezone.localdate(event.at) > event.due_on
