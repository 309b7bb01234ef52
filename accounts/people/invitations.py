"""The link with which somebody sets her own password: nobody else ever knows one.

The link is signed, good for a week, and bound to the password that the account has now, so it works once.
"""

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import User
from accounts.notices import links, notify

SALT = "accounts.invitation"
GOOD_FOR_DAYS = 7


def lock(user: User) -> None:
    """Take the password away: until a new one is set by an invitation, nobody signs in; sessions end."""
    user.password = make_password(None)
    user.save(update_fields=["password"])


def path_for(user: User) -> str:
    """The page on which `user` sets her password."""
    return reverse("invitation", args=[signing.dumps([user.pk, _state(user)], salt=SALT)])


def invited(token: str) -> User | None:
    """Whom a link is for; None when it is false, old, used, or the account is closed."""
    try:
        pk, state = signing.loads(token, salt=SALT, max_age=GOOD_FOR_DAYS * 24 * 3600)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    user = User.objects.filter(pk=pk, is_active=True, is_service=False).first()
    return user if user is not None and constant_time_compare(_state(user), state) else None


def send(user: User) -> str:
    """Send the link to her address, if she has one; return it in full, to be handed over."""
    path = path_for(user)
    if user.email:
        body = _("您的账号是 {name}。请在七天内打开下面的页面，设置自己的密码。").format(name=user.username)
        key = f"invitation:{user.pk}:{_state(user)}"
        notify([user], "other-invitation", _("请设置您的密码"), body, path, key=key)
    return links.absolute(path)


def _state(user: User) -> str:
    return salted_hmac(SALT, f"{user.pk}:{user.password}", algorithm="sha256").hexdigest()[:20]
