"""Handing in a proposal; what becomes of it is decided in `review`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Area, User
from geokit.refusal import BadInput, FieldError
from projects.plan.models import Project
from projects.proposals.models import Proposal, ProposalEvent
from projects.proposals.places import place_of
from projects.proposals.queries import next_number
from ui.pictures.photos import sanitise_photo

DUPLICATE_WITHIN = timedelta(hours=1)
"""The same words for the same town within this time are one proposal, sent twice."""


@dataclass(frozen=True)
class ProposalDraft:
    """What somebody proposes, as typed."""

    title: str
    text: str
    category: str
    lng: float | None = None
    lat: float | None = None
    area: Area | None = None
    address: str = ""
    contact: str = ""


@transaction.atomic
def submit(draft: ProposalDraft, deputy: User | None = None, photo: IO[bytes] | None = None) -> Proposal:
    """Hand in a proposal; it shows to nobody but congress staff until they publish it. Sent twice it is one.

    Raises BadInput (no words, no place, outside the district), PhotoRefused.
    """
    _check_words(draft)
    place, town = place_of(draft.lng, draft.lat, draft.area, draft.address)
    now = timezone.now()
    number = next_number(timezone.localdate().year)  # holds the lock, so that the second of two sees the first
    recent = Proposal.objects.filter(created_at__gte=now - DUPLICATE_WITHIN, area=town, deputy=deputy)
    before = recent.filter(title=draft.title.strip(), text=draft.text.strip()).first()
    if before is not None:
        return before
    proposal = Proposal(
        number=number,
        year=timezone.localdate().year + 1,
        title=draft.title.strip(),
        text=draft.text.strip(),
        category=draft.category,
        area=town,
        address=draft.address.strip(),
        geom=place,
        deputy=deputy,
        contact=draft.contact.strip(),
    )
    _keep_photo(proposal, photo)
    proposal.save()
    ProposalEvent.objects.create(proposal=proposal, verb=ProposalEvent.Verb.PROPOSE, actor=deputy)
    return proposal


def _check_words(draft: ProposalDraft) -> None:
    errors = []
    for name, least, message in (
        ("title", 4, _("请用一句话写明建议做什么（至少 4 个字）。")),
        ("text", 10, _("请写明理由：谁需要、现在缺什么（至少 10 个字）。")),
    ):
        if len(getattr(draft, name).strip()) < least:
            errors.append(FieldError(name, "too-short", message))
    if draft.category not in Project.Category.values:
        errors.append(FieldError("category", "unknown", _("请选择一个类别。")))
    if errors:
        raise BadInput(errors[0].message, code="bad-proposal", errors=errors)


def _keep_photo(proposal: Proposal, photo: IO[bytes] | None) -> None:
    if photo is not None:
        clean = sanitise_photo(photo)
        # Named by the digest of its content: a file name chosen by the uploader may say who took it.
        proposal.photo.save(f"{clean.sha256[:24]}{clean.suffix}", ContentFile(clean.content), save=False)
