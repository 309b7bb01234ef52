"""Links to a page that changes an account: bound to what the account is now, signed on their way to the owner."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.directory.models import User
from accounts.notices import links

GOOD_FOR = timedelta(days=2)
SALT = "accounts.email"


def email_path(user: User, email: str) -> str:
    """Return the page on which a new mailbox says that it is hers, without the signature that opens it."""
    return _path(signing.dumps([user.pk, email, int(timezone.now().timestamp()), _state(user)], salt=SALT))


def email_change(claim: str, signature: str) -> tuple[User, str] | None:
    """Return whose new address a link confirms; None when it is false, old, used, or the account is closed."""
    if not links.is_sealed(_path(claim), signature):
        return None
    try:
        key, email, _made, state = signing.loads(claim, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=key, is_active=True, is_service=False).first()
    return (user, email) if user is not None and constant_time_compare(_state(user), state) else None


def _path(claim: str) -> str:
    return reverse("signin:confirm_email", args=[claim, "~"])


def _state(user: User) -> str:
    return salted_hmac(SALT, f"{user.pk}:{user.email}:{user.password}", algorithm="sha256").hexdigest()[:20]
