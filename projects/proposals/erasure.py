"""Erasing what a person proposed, on a lawful ground: number, place on the map and decisions stay, the words go."""

from typing import Any

from django.db.models import Model

from accounts.erasure import erase_words
from accounts.notices.services import blot_out, forget_address
from accounts.permissions import Asker
from ledger.chain.sql import ERASED
from ledger.erasure import erasing
from projects.proposals.models import Proposal
from projects.proposals.review import notice_keys


def listen() -> None:
    """Say what is erased with a proposal."""
    erasing.connect(_of_a_proposal, sender=Proposal, dispatch_uid="projects:erasure-of-proposals")


def erase_proposal(actor: Asker, proposal: Proposal, reason: str) -> int:
    """Erase words, address, contact and photo of a proposal; how many rows held something. Raises as `erase_words`."""
    return erase_words(actor, "erase-proposal", proposal, proposal.area, reason)


def _of_a_proposal(thing: Proposal, **kwargs: Any) -> list[Model]:
    """What is computed of its words and what was sent of them goes; return the covered photo and its steps."""
    Proposal.objects.filter(pk=thing.pk).update(search_key="")
    blot_out(notice_keys(thing), ERASED)
    if thing.contact and not Proposal.objects.filter(contact=thing.contact).exclude(pk=thing.pk).exists():
        forget_address(thing.contact)
    return [*([thing.covered] if hasattr(thing, "covered") else []), *thing.events.all()]
