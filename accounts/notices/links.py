"""Addresses that go out with notices: absolute ones, and the signed ones of readers without an account."""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from accounts.notices.models import Address

CONFIRM, UNSUBSCRIBE = "notices.confirm", "notices.unsubscribe"
CONFIRM_DAYS = 7


SEAL, UNSEALED = "notices.seal", "/~/"


def absolute(url: str) -> str:
    """Return the page's address as the outside reaches it; empty for none.

    An address that ends in `/~/` opens nothing as it is kept: it is signed here, on its way out.
    """
    return f"{settings.SITE_URL.rstrip('/')}{sealed(url)}" if url else ""


def sealed(url: str) -> str:
    """Return an address of this site with the signature in the place of `~`; any other address as it is."""
    return f"{url.removesuffix(UNSEALED)}/{seal(url)}/" if opens_something(url) else url


def opens_something(url: str) -> bool:
    """Tell whether an address, once signed, lets whoever has it do something: such a one goes to its owner alone."""
    return url.endswith(UNSEALED)


def seal(unsealed: str) -> str:
    """Return the signature that stands for `~` in an address that is given out."""
    return signing.Signer(salt=SEAL).signature(unsealed)


def is_sealed(unsealed: str, signature: str) -> bool:
    """Tell whether `signature` is ours for this address."""
    return constant_time_compare(seal(unsealed), signature)


def preferences_path() -> str:
    return reverse("notices:preferences")


def confirm_path(address: Address) -> str:
    """The page on which the owner of the mailbox says yes; good for a week."""
    return reverse("notices:confirm", args=[signing.dumps(address.pk, salt=CONFIRM)])


def unsubscribe_path(address: Address) -> str:
    """The page on which she says no; good for ever."""
    return reverse("notices:unsubscribe", args=[signing.dumps(address.pk, salt=UNSUBSCRIBE)])


def address_of(token: str, salt: str) -> Address | None:
    """Return whom a signed address is about; None when it is false, too old, or the row is gone."""
    age = CONFIRM_DAYS * 24 * 3600 if salt == CONFIRM else None
    try:
        key = signing.loads(token, salt=salt, max_age=age)
    except signing.BadSignature:
        return None
    return Address.objects.filter(pk=key).first()
