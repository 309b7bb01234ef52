"""A matter that a station hands on becomes a matter of the chain; what becomes of it there comes back."""

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db.models import Q
from django.db.models.signals import post_save
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ledger.erasure import erasing
from stations.models import Matter
from stations.receptions.matters import TEXT_LENGTH, return_by_reference, settle_by_reference
from stations.signals import matter_forwarded
from supervision.matters import services
from supervision.models import Category, Finding, Suggestion, SuggestionEvent
from supervision.permissions import may_report

Verb = SuggestionEvent.Verb


def listen() -> None:
    """Join both ends."""
    matter_forwarded.connect(hand_on, dispatch_uid="matter-chain:hand-on")
    post_save.connect(come_back, sender=SuggestionEvent, dispatch_uid="matter-chain:come-back")
    erasing.connect(_filed_from, sender=Matter, dispatch_uid="matter-chain:erasure-of-a-visit")
    erasing.connect(_heard_as, sender=Finding, dispatch_uid="matter-chain:erasure-of-a-finding")


def hand_on(matter: Matter, actor: Any, **kwargs: Any) -> str:
    """File the matter at its station; return the number it goes on under, or nothing from who may not file.

    The file's own number follows from the matter's and the time it was handed on, so each time it is filed once.
    """
    if not may_report(actor):
        return ""
    station = matter.reception.station
    finding = services.file_finding(
        actor,
        client_id=_filed_as(matter, matter.version),
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


def _filed_as(matter: Matter, version: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"station-matter:{matter.pk}:{version}")


def _filed_from(thing: Matter, **kwargs: Any) -> list[Finding]:
    """The findings with the words of a station's matter, for an erasure."""
    numbers = [_filed_as(thing, version) for version in range(1, thing.version + 1)]
    return list(Finding.objects.filter(client_id__in=numbers))


def _heard_as(thing: Finding, **kwargs: Any) -> list[Matter]:
    """The station's matter that a finding was made of, for an erasure."""
    number = Suggestion.objects.filter(finding=thing).values("number")
    likely = Matter.objects.filter(Q(reference__in=number) | Q(text=thing.text))
    return [matter for matter in likely if thing in _filed_from(matter)]


def come_back(instance: SuggestionEvent, created: bool, raw: bool, **kwargs: Any) -> None:
    """A rating closes the station's matter with the last answer; a matter that is not admitted goes back to it."""
    if raw or not created:
        return
    if instance.verb == Verb.RATED:
        _settle(instance)
    elif instance.verb == Verb.DECLINED:
        for number in _with_joined(instance.suggestion):
            return_by_reference(number, instance.text)


def _settle(rated: SuggestionEvent) -> None:
    if answer := _answer_of(rated.suggestion):
        for number in _with_joined(rated.suggestion):
            settle_by_reference(number, answer, timezone.localtime(rated.at).date())


def _with_joined(suggestion: Suggestion) -> Iterator[str]:
    """The number of a matter, and of those that were joined to it: what is said to it is said to them."""
    yield suggestion.number
    yield from Suggestion.objects.filter(merged_into=suggestion).values_list("number", flat=True)


def _answer_of(suggestion: Suggestion) -> str:
    """The last answer with what was corrected of it since; one that is too long for a station says that it is cut."""
    said = list(suggestion.events.filter(verb__in=(Verb.REPLIED, Verb.REPLY_CORRECTED)).order_by("at", "pk"))
    first = max((place for place, event in enumerate(said) if event.verb == Verb.REPLIED), default=None)
    if first is None:
        return ""
    with translation.override(settings.LANGUAGE_CODE):  # kept, so in the site's own language
        answer = "\n".join([said[first].text, *(_("更正：%s") % event.text for event in said[first + 1 :])])
        more = _("……（全文见 %s）") % suggestion.number
    return answer if len(answer) <= TEXT_LENGTH else answer[: TEXT_LENGTH - len(more)] + more
