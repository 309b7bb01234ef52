"""Erasing what a person wrote in a matter, on a lawful ground: the matter and its steps stay, the words go."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from accounts.notices.services import blot_out, forget_address
from accounts.permissions import Asker, leads
from geokit.refusal import NotPermitted
from ledger import audit
from ledger.actors import account_of
from ledger.chain.sql import ERASED
from ledger.erasure import erase
from supervision.findings.models import Finding, FindingVideo
from supervision.findings.signals import finding_erased
from supervision.findings.videos import let_fail
from supervision.matters.models import Suggestion
from supervision.matters.notifications import keys_of
from supervision.public.models import PublishedPhoto, ReporterAccess

BY_THE_REPORTER = ("received", "submitted", "said", "reopened")
OF_HER_WORDS = "published"
"""What the staff published of a report is what she wrote, edited: the matter and the event of it say the same."""


@transaction.atomic
def erase_matter(actor: Asker, matter: Suggestion, reason: str) -> int:
    """Erase the words, place, photos and mail address of whoever reported a matter; how many rows held something.

    Raises NotPermitted but for district staff, BadInput without a reason or where nothing is left to erase.
    """
    if not leads(actor, matter.area):
        raise NotPermitted(_("只有区人大工作人员可以删除个人信息。"))
    records = erase(actor, _rows(matter), reason)
    blot_out(keys_of(matter), ERASED)
    _forget_addresses(matter)
    audit.record(account_of(actor), "erase-matter", matter, rows=len(records))
    return len(records)


def erase_matter_again(actor: Asker, number: int, reason: str) -> int:
    """The same in a restored site. For `erasures` of the app. Raises also Suggestion.DoesNotExist."""
    return erase_matter(actor, Suggestion.objects.get(pk=number), reason)


def _forget_addresses(matter: Suggestion) -> None:
    """The reporter's mail address goes from her private link, and altogether where no other report has it."""
    for access in ReporterAccess.objects.filter(finding=matter.finding_id).exclude(email=""):
        email, access.email = access.email, ""
        access.save(update_fields=["email"])
        if not ReporterAccess.objects.filter(email__iexact=email).exists():
            forget_address(email)


def _rows(matter: Suggestion) -> Iterator[Model]:
    """The rows that hold something the reporter wrote or took."""
    yield matter
    yield from matter.events.filter(Q(by_reporter=True) | Q(verb__in=(*BY_THE_REPORTER, OF_HER_WORDS)))
    if (finding := matter.finding) is not None:
        yield finding
        yield from finding.photos.all()
        yield from _videos(finding)
        yield from PublishedPhoto.objects.filter(photo__finding=finding)
        held: list[Any] = finding_erased.send(Finding, finding=finding)
        for _receiver, rows in held:
            yield from rows


def _videos(finding: Finding) -> Iterator[Model]:
    """The video of a finding; one that nobody has encoded yet is not encoded any more."""
    for video in FindingVideo.objects.select_for_update().filter(finding=finding):
        if video.state == FindingVideo.State.WAITING:
            let_fail(video, _("已依法删除。"))
        yield video
