"""An answer given elsewhere comes back to the voter: to the matter that her message became, or at the reception.

Where the matter is not taken up, the message comes back to the station, which answers it, or raises it anew.
"""

import logging
from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.signals import post_save

from geokit.refusal import Refusal
from ledger.actors import SITE
from ledger.steps.apply import apply
from stations.models import Matter
from supervision.matters.states import State
from supervision.models import SuggestionEvent
from voters.line.models import MAX_TEXT, Message
from voters.line.table import TABLE, Status, Verb
from voters.line.workflow import MESSAGES

log = logging.getLogger(__name__)


def listen() -> None:
    """Hear of replies to matters and of receptions' matters that are settled."""
    post_save.connect(_replied, sender=SuggestionEvent, dispatch_uid="voters:replied")
    post_save.connect(_declined, sender=SuggestionEvent, dispatch_uid="voters:declined")
    post_save.connect(_joined, sender=SuggestionEvent, dispatch_uid="voters:joined")
    post_save.connect(_settled, sender=Matter, dispatch_uid="voters:settled")


def _replied(instance: SuggestionEvent, created: bool, raw: bool, **kwargs: Any) -> None:
    if raw or not created or instance.verb != SuggestionEvent.Verb.REPLIED:
        return
    _bring_back(instance, Verb.RELAY)


def _declined(instance: SuggestionEvent, created: bool, raw: bool, **kwargs: Any) -> None:
    if not raw and created and instance.verb == SuggestionEvent.Verb.DECLINED:
        _bring_back(instance, Verb.COME_BACK)


def _joined(instance: SuggestionEvent, created: bool, raw: bool, **kwargs: Any) -> None:
    """A matter that is joined to one with a reply is answered by that reply; no other comes."""
    if raw or not created or instance.verb != SuggestionEvent.Verb.MERGED:
        return
    replies = SuggestionEvent.objects.filter(verb=SuggestionEvent.Verb.REPLIED, suggestion=instance.other_id)
    reply = replies.filter(suggestion__state=State.REPLIED).order_by("-at", "-pk").first()
    if reply is not None:
        _bring_back(reply, Verb.RELAY)


def _bring_back(event: SuggestionEvent, verb: Verb) -> None:
    """Take the step with what the event says, for the messages of its matter and of those that were joined to it."""
    of_matter = Q(matter=event.suggestion_id) | Q(matter__merged_into=event.suggestion_id)
    for pk in Message.objects.filter(of_matter, state=Status.MATTER).values_list("pk", flat=True):
        apply(MESSAGES, SITE, pk, verb, None, {"text": event.text[:MAX_TEXT]})


def bring_back_declined() -> int:
    """Bring back the messages whose matter was declined before such messages came back; how many."""
    return _catch_up((State.DECLINED,), SuggestionEvent.Verb.DECLINED, Verb.COME_BACK)


def bring_back_answered() -> int:
    """Bring back the reply to messages whose matter was joined to one that had it already; how many."""
    return _catch_up((State.REPLIED, State.CLOSED), SuggestionEvent.Verb.REPLIED, Verb.RELAY)


def _catch_up(states: Collection[State], said: str, verb: Verb) -> int:
    """Take a step with the words of the last event, for messages that wait while their matter is in such a state.

    One that cannot be brought back, as one whose matter was declined without a reason, keeps none of the others.
    """
    last = SuggestionEvent.objects.filter(verb=said).order_by("-at", "-pk")
    of_matter = Q(suggestion=OuterRef("matter")) | Q(suggestion=OuterRef("matter__merged_into"))
    is_over = Q(matter__state__in=states) | Q(matter__merged_into__state__in=states)
    waiting = Message.objects.filter(is_over, state=Status.MATTER)
    found = list(waiting.values_list("pk", Subquery(last.filter(of_matter).values("text")[:1])))
    return sum(_came_back(pk, verb, text or "") for pk, text in found)


def _came_back(pk: int, verb: Verb, text: str) -> bool:
    try:
        apply(MESSAGES, SITE, pk, verb, None, {"text": text[:MAX_TEXT]})
    except Refusal as refusal:
        log.warning("message %s does not come back: %s", pk, refusal)
        return False
    return True


def _settled(instance: Matter, raw: bool, **kwargs: Any) -> None:
    if raw or not instance.answer:
        return
    waiting = Message.objects.filter(received_as=instance, state__in=TABLE.in_group("with_station"))
    for pk in waiting.values_list("pk", flat=True):
        apply(MESSAGES, SITE, pk, Verb.RELAY, None, {"text": instance.answer[:MAX_TEXT]})
