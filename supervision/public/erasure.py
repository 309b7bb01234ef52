"""Erasing what a person wrote in a matter, on a lawful ground: the matter and its steps stay, the words go."""

from typing import Any

from django.db.models import Model, Q

from accounts.erasure import erase_words
from accounts.notices.services import blot_out, forget_address
from accounts.permissions import Asker
from ledger.chain.sql import ERASED
from ledger.erasure import erasing
from supervision.findings.models import Finding, FindingVideo
from supervision.findings.videos import erased_with
from supervision.matters.models import Suggestion
from supervision.matters.notifications import keys_of
from supervision.public.models import PublishedPhoto, ReporterAccess

BY_THE_REPORTER = ("received", "submitted", "said", "reopened")
OF_HER_WORDS = "published"
"""What the staff published of a report is what she wrote, edited: the matter and the event of it say the same."""


def listen() -> None:
    """Say what is erased with a matter, and with the finding that it was made of."""
    erasing.connect(_of_a_matter, sender=Suggestion, dispatch_uid="supervision:erasure-of-matters")
    erasing.connect(_of_a_finding, sender=Finding, dispatch_uid="supervision:erasure-of-findings")


def erase_matter(actor: Asker, matter: Suggestion, reason: str) -> int:
    """Erase the words, place, photos and mail address of whoever reported a matter; how many rows held something.

    Raises as `erase_words`.
    """
    return erase_words(actor, "erase-matter", matter, matter.area, reason)


def _of_a_matter(thing: Suggestion, **kwargs: Any) -> list[Model]:
    """Blot out its notices; return the events of the reporter's words, and the finding."""
    blot_out(keys_of(thing), ERASED)
    events = thing.events.filter(Q(by_reporter=True) | Q(verb__in=(*BY_THE_REPORTER, OF_HER_WORDS)))
    return [*events, *([thing.finding] if thing.finding is not None else [])]


def _of_a_finding(thing: Finding, **kwargs: Any) -> list[Model]:
    """Forget who reported; return her photos and video, what was published of them, and the matter."""
    _forget_addresses(thing)
    published = PublishedPhoto.objects.filter(photo__finding=thing)
    videos = erased_with(FindingVideo.objects.filter(finding=thing))
    return [*Suggestion.objects.filter(finding=thing), *thing.photos.all(), *videos, *published]


def _forget_addresses(finding: Finding) -> None:
    """The reporter's mail address goes from her private link, and altogether where no other report has it."""
    for access in ReporterAccess.objects.filter(finding=finding).exclude(email=""):
        email, access.email = access.email, ""
        access.save(update_fields=["email"])
        if not ReporterAccess.objects.filter(email__iexact=email).exists():
            forget_address(email)
