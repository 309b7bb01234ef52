"""Erasing what a voter wrote and left of herself, on a lawful ground: the message and its steps stay, the words go.

What was said to her goes with it, since an answer repeats what was asked, and so does what her words became elsewhere:
the matters that they were raised to, and the matter of the reception at which she left them.
"""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Model, Q

from accounts.erasure import erase_words
from accounts.notices.services import forget_address
from accounts.permissions import Asker
from ledger.erasure import erasing
from stations.models import Matter
from supervision.findings.videos import erased_with
from supervision.models import Finding, ReporterAccess
from voters.line.contacts import Reach, open_up
from voters.line.models import Message, MessageEvent, MessageVideo
from voters.line.workflow import filed_as


def listen() -> None:
    """Say what is erased with a message, and which messages hold the words of a finding or of a reception's matter."""
    erasing.connect(_of_a_message, sender=Message, dispatch_uid="voters:erasure-of-messages")
    erasing.connect(_of_a_finding, sender=Finding, dispatch_uid="voters:erasure-of-findings")
    erasing.connect(_of_a_visit, sender=Matter, dispatch_uid="voters:erasure-of-visits")


def erase_message(actor: Asker, message: Message, reason: str) -> int:
    """Erase words, place, answers, photos and contact of a message; how many rows held something.

    Raises as `erase_words`.
    """
    return erase_words(actor, "erase-message", message, message.station.area, reason)


def _of_a_message(thing: Message, **kwargs: Any) -> list[Model]:
    _forget_contact(thing)
    raised = Finding.objects.filter(client_id__in=_numbers_of(thing))
    videos = erased_with(MessageVideo.objects.filter(message=thing))
    left = [thing.received_as] if thing.received_as is not None else []
    return [*thing.events.all(), *thing.photos.all(), *videos, *raised, *left]


def _of_a_finding(thing: Finding, **kwargs: Any) -> list[Message]:
    """The message that was raised to a finding, also where it was raised to another one since."""
    raised = Message.objects.filter(events__verb=MessageEvent.Verb.RAISED).distinct()
    likely = raised.filter(Q(matter__finding=thing) | Q(text=thing.text))
    return [message for message in likely if thing.client_id in _numbers_of(message)]


def _of_a_visit(thing: Matter, **kwargs: Any) -> list[Message]:
    return list(Message.objects.filter(received_as=thing))


def _numbers_of(message: Message) -> set[UUID]:
    """The numbers of the findings that a message may have been raised to."""
    times = message.events.filter(verb=MessageEvent.Verb.RAISED).count()
    return {uuid5(NAMESPACE_URL, filed_as(message, before)) for before in range(times)}


def _forget_contact(message: Message) -> None:
    """How to reach her goes from the message; a mail address altogether where nothing else is sent to it."""
    email = open_up(message.contact) if message.reach == Reach.EMAIL else ""
    Message.objects.filter(pk=message.pk).update(contact="")
    message.contact = ""
    if email and not _is_used(email):
        forget_address(email)


def _is_used(email: str) -> bool:
    others = Message.objects.filter(reach=Reach.EMAIL).exclude(contact="").values_list("contact", flat=True)
    by_report = ReporterAccess.objects.filter(email__iexact=email).exists()
    return by_report or any(open_up(contact) == email for contact in others.iterator())
