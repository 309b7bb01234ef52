"""A matter that a station hands on becomes a matter of the chain; what becomes of it there comes back."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models.signals import post_save
from django.utils import timezone

from stations.models import Matter
from stations.receptions.matters import return_by_reference, settle_by_reference
from stations.signals import matter_forwarded
from supervision.matters import services
from supervision.models import Category, Suggestion, SuggestionEvent
from supervision.permissions import may_report

Verb = SuggestionEvent.Verb


def listen() -> None:
    """Join both ends."""
    matter_forwarded.connect(hand_on, dispatch_uid="matter-chain:hand-on")
    post_save.connect(come_back, sender=SuggestionEvent, dispatch_uid="matter-chain:come-back")


def hand_on(matter: Matter, actor: Any, **kwargs: Any) -> str:
    """File the matter at its station; return the number it goes on under, or nothing from who may not file.

    The file's own number follows from the matter's and the time it was handed on, so each time it is filed once.
    """
    if not may_report(actor):
        return ""
    station = matter.reception.station
    finding = services.file_finding(
        actor,
        client_id=uuid5(NAMESPACE_URL, f"station-matter:{matter.pk}:{matter.version}"),
        text=matter.text,
        category=Category.GENERAL,
        lon=station.geom.x,
        lat=station.geom.y,
        seen_at=matter.reception.starts_at,
        address=station.name,
    )
    suggestion = finding.suggestion
    services.link(actor, suggestion.pk, kind="station", code=station.code)
    return suggestion.number


def come_back(instance: SuggestionEvent, created: bool, raw: bool, **kwargs: Any) -> None:
    """A rating closes the station's matter with the last answer; a matter that is not admitted goes back to it."""
    if raw or not created:
        return
    if instance.verb == Verb.RATED:
        _settle(instance)
    elif instance.verb == Verb.DECLINED:
        return_by_reference(instance.suggestion.number, instance.text)


def _settle(rated: SuggestionEvent) -> None:
    suggestion = rated.suggestion
    reply = suggestion.events.filter(verb=Verb.REPLIED).order_by("-at", "-pk").first()
    if reply is not None:
        # The answer to one matter answers those that were joined to it.
        joined = Suggestion.objects.filter(merged_into=suggestion).values_list("number", flat=True)
        for number in (suggestion.number, *joined):
            settle_by_reference(number, reply.text, timezone.localtime(rated.at).date())
