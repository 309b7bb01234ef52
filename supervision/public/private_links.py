"""The private link of somebody who reported without an account.

The link's secret is made with the form and travels back with the report, so that a report which is sent again, because
the answer got lost on the way, leads to the same link. Only a digest is kept: it has 256 random bits, so a plain one
tells nothing. Mail carries a signed address instead, which is made when the mail goes out (`accounts.notices.links`).
"""

import re
import secrets

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.notices.links import is_sealed
from geokit.digests import digest_of_secret
from supervision.public.models import ReporterAccess

BYTES = 32
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def fresh_secret() -> str:
    """Return a new secret, 43 characters."""
    return secrets.token_urlsafe(BYTES)


def is_secret(text: str) -> bool:
    """Tell whether `text` has the form of a secret."""
    return SHAPE.fullmatch(text) is not None


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return digest_of_secret(secret)


def find_access(token: str) -> ReporterAccess | None:
    """Return what a private link opens; None for a guess and for a link that has expired."""
    if not is_secret(token):
        return None
    return _open().filter(token_digest=digest_of(token)).first()


def find_by_mail(pk: int, signature: str) -> ReporterAccess | None:
    """Return what a link out of a mail opens; None for a false signature or a link that has expired."""
    return _open().filter(pk=pk).first() if is_sealed(unsealed_path(pk), signature) else None


def unsealed_path(pk: int) -> str:
    """The address that a notice keeps: it opens nothing until it is signed on the way out."""
    return reverse("matters:mine_by_mail", args=[pk, "~"])


def _open() -> QuerySet[ReporterAccess]:
    rows = ReporterAccess.objects.select_related("finding__suggestion__department", "finding__area")
    return rows.filter(expires_at__gt=timezone.now())
