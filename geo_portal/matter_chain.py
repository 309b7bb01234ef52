"""A matter that a station hands on becomes a matter of the chain; when that is closed, so is the station's."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models.signals import post_save
from django.utils import timezone

from stations.matters import settle_by_reference
from stations.models import Matter
from stations.signals import matter_forwarded
from supervision.models import Category, SuggestionEvent
from supervision.permissions import may_report
from supervision.services import file_finding


def listen() -> None:
    """Join both ends."""
    matter_forwarded.connect(hand_on, dispatch_uid="matter-chain:hand-on")
    post_save.connect(settle, sender=SuggestionEvent, dispatch_uid="matter-chain:settle")


def hand_on(matter: Matter, actor: Any, **kwargs: Any) -> str:
    """File the matter at its station; return the number it goes on under, or nothing from who may not file.

    The file's own number follows from the matter's, so it is filed once.
    """
    if not may_report(actor):
        return ""
    station = matter.reception.station
    finding = file_finding(
        actor,
        client_id=uuid5(NAMESPACE_URL, f"station-matter:{matter.pk}"),
        text=matter.text,
        category=Category.GENERAL,
        lon=station.geom.x,
        lat=station.geom.y,
        seen_at=matter.reception.starts_at,
        address=station.name,
    )
    return finding.suggestion.number


def settle(instance: SuggestionEvent, created: bool, raw: bool, **kwargs: Any) -> None:
    """A rating that closes the chain's matter closes the station's with the department's last answer."""
    if raw or not created or instance.verb != SuggestionEvent.Verb.RATED:
        return
    suggestion = instance.suggestion
    reply = suggestion.events.filter(verb=SuggestionEvent.Verb.REPLIED).order_by("-at", "-pk").first()
    if reply is not None:
        settle_by_reference(suggestion.number, reply.text, timezone.localtime(instance.at).date())
