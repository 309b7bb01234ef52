"""The private link of a voter: secrets as with reports (`supervision.public.private_links`), kept as a digest."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.notices.links import is_sealed
from supervision.public.private_links import digest_of, is_secret
from voters.line.models import Message, MessageEvent

SLIP = 10**18
"""No key is as large: what links by mail and text call a message is its key and so much more for each new slip."""


def find_message(token: str) -> Message | None:
    """Return what a private link opens; None for a guess and for a link that has expired."""
    return _open().filter(token_digest=digest_of(token)).first() if is_secret(token) else None


def find_by_mail(number: int, signature: str) -> Message | None:
    """Return what a link out of a mail opens; None for a false signature, a link that has expired, or one from before
    the voter got a new slip."""
    message = _open().filter(pk=number % SLIP).first() if is_sealed(_path_of(number), signature) else None
    return message if message is not None and number_in_mail(message) == number else None


def unsealed_path(message: Message) -> str:
    """The address that a notice keeps: it opens nothing until it is signed on the way out."""
    return _path_of(number_in_mail(message))


def _path_of(number: int) -> str:
    return reverse("voters:mine_by_mail", args=[number, "~"])


def number_in_mail(message: Message) -> int:
    """What links by mail and text call a message; another after each new slip, which ends the links before it."""
    return int(message.pk + SLIP * message.events.filter(verb=MessageEvent.Verb.REISSUED).count())


def _open() -> QuerySet[Message]:
    rows = Message.objects.select_related("station__area", "area__parent", "matter__department")
    return rows.filter(expires_at__gt=timezone.now())
