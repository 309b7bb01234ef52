"""The link with which somebody sets her own password: nobody else ever knows one.

The link is good for a week and bound to the password and the address that the account has now, so it works once and not
after the address was changed. What a notice keeps of it opens nothing: the signature is added when the letter goes out
(`accounts.notices.links`), to the owner's mailbox. Who gets a link is said in `credentials.handover`.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.calendars.services import end_address
from accounts.directory.acting import acting
from accounts.directory.models import User
from accounts.identities import services as identities
from accounts.notices import links, notify
from accounts.sessions import log
from accounts.sessions.services import end_all
from accounts.tokens.services import end_of_holder

SALT = "accounts.invitation"
GOOD_FOR = timedelta(days=7)


def lock(user: User, actor: Any) -> None:
    """Take password and identities at other programs away: until an invitation is accepted, nobody signs in.

    Nor does anything ask as her that was let in before: sessions, her own tokens, the address of her calendar.
    """
    user.password = make_password(None)
    with acting(actor):
        user.save(update_fields=["password"])
    identities.forget_all(user, actor)
    end_all(user)
    end_of_holder(actor, user)
    end_address(user, actor)


def unsealed_path(user: User) -> str:
    """Return the page on which `user` sets her password, without the signature that opens it."""
    return _path(f"{user.pk}.{int(timezone.now().timestamp())}.{state_of(user)}")


def _path(claim: str) -> str:
    return reverse("invitation", args=[claim, "~"])


def invited(claim: str, signature: str) -> User | None:
    """Return whom a link is for; None when it is false, old, used, or the account is closed."""
    if not links.is_sealed(_path(claim), signature):
        return None
    key, made, state = claim.split(".")
    if timezone.now().timestamp() - int(made) > GOOD_FOR.total_seconds():
        return None
    user = User.objects.filter(pk=int(key), is_active=True, is_service=False).first()
    return user if user is not None and constant_time_compare(state_of(user), state) else None


def mail(user: User) -> None:
    """Send the link to the owner's mailbox."""
    path = unsealed_path(user)
    body = _("您的账号是 {name}。请在七天内打开下面的页面，设置自己的密码。").format(name=user.username)
    notify([user], "account-invitation", _("请设置您的密码"), body, path, key=f"invitation:{user.pk}:{state_of(user)}")


def accepted(user: User, request: HttpRequest) -> None:
    """She has set a password by her link: what was open before ends, and the log has it."""
    end_all(user)
    log.write(request, log.Outcome.PASSWORD, user)


def state_of(user: User) -> str:
    """Return a digest of the account's password and address: what was made before either was changed opens nothing."""
    return salted_hmac(SALT, f"{user.pk}:{user.password}:{user.email}", algorithm="sha256").hexdigest()[:20]
