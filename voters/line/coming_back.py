"""An answer given elsewhere comes back to the voter: to the matter that her message became, or at the reception."""

from typing import Any

from django.db.models import Q
from django.db.models.signals import post_save

from ledger.actors import SITE
from ledger.steps.apply import apply
from stations.models import Matter
from supervision.models import SuggestionEvent
from voters.line.models import MAX_TEXT, Message
from voters.line.table import TABLE, Status, Verb
from voters.line.workflow import MESSAGES


def listen() -> None:
    """Hear of replies to matters and of receptions' matters that are settled."""
    post_save.connect(_replied, sender=SuggestionEvent, dispatch_uid="voters:replied")
    post_save.connect(_settled, sender=Matter, dispatch_uid="voters:settled")


def _replied(instance: SuggestionEvent, created: bool, raw: bool, **kwargs: Any) -> None:
    if raw or not created or instance.verb != SuggestionEvent.Verb.REPLIED:
        return
    # The answer to one matter answers those that were joined to it.
    answered = Q(matter=instance.suggestion_id) | Q(matter__merged_into=instance.suggestion_id)
    for pk in Message.objects.filter(answered, state=Status.MATTER).values_list("pk", flat=True):
        apply(MESSAGES, SITE, pk, Verb.RELAY, None, {"text": instance.text[:MAX_TEXT]})


def _settled(instance: Matter, raw: bool, **kwargs: Any) -> None:
    if raw or not instance.answer:
        return
    waiting = Message.objects.filter(received_as=instance, state__in=TABLE.in_group("with_station"))
    for pk in waiting.values_list("pk", flat=True):
        apply(MESSAGES, SITE, pk, Verb.RELAY, None, {"text": instance.answer[:MAX_TEXT]})
