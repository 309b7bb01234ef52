"""The private link of a voter: secrets as with reports (`supervision.public.private_links`), kept as a digest."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.notices.links import is_sealed
from supervision.public.private_links import digest_of, is_secret
from voters.line.models import Message


def find_message(token: str) -> Message | None:
    """Return what a private link opens; None for a guess and for a link that has expired."""
    return _open().filter(token_digest=digest_of(token)).first() if is_secret(token) else None


def find_by_mail(pk: int, signature: str) -> Message | None:
    """Return what a link out of a mail opens; None for a false signature or a link that has expired."""
    return _open().filter(pk=pk).first() if is_sealed(unsealed_path(pk), signature) else None


def unsealed_path(pk: int) -> str:
    """The address that a notice keeps: it opens nothing until it is signed on the way out."""
    return reverse("voters:mine_by_mail", args=[pk, "~"])


def _open() -> QuerySet[Message]:
    rows = Message.objects.select_related("station__area", "area__parent", "matter__department")
    return rows.filter(expires_at__gt=timezone.now())
