"""Binding an identity of another program to an account, and taking it away. One identity opens one account.

Whoever calls has made sure that the identity was shown just now and that the account is the asker's: by her session,
or by an invitation code. Nothing here looks at mail addresses or telephone numbers.
"""

from dataclasses import dataclass, field
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.directory.acting import acting, tell_triggers
from accounts.directory.models import User
from accounts.factors.passkeys import enters_by_passkey
from accounts.notices import own_addresses
from accounts.sessions import log
from accounts.sessions.models import Way
from geokit.refusal import BadInput, NotFound, NotPermitted
from ledger import audit


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at another program, as it was shown just now."""

    kind: str
    """Which program: ``weixin``, ``dingtalk``."""
    uid: str
    """Her number there, with whatever tells it from the same number at another organisation."""
    name: str = ""
    """What she is called there: for her to recognise, and for nothing else."""
    known: dict[str, str] = field(default_factory=dict)
    """What else is kept: the number under which a channel for notices reaches her."""


def of_user(user: Any) -> QuerySet[SocialAccount]:
    """The identities that open this account, the oldest first."""
    return SocialAccount.objects.filter(user=user).order_by("date_joined", "pk")


def owner_of(identity: Identity) -> User | None:
    """Return whose account the identity opens; None where nobody's, or where the account is closed or a program's."""
    bound = SocialAccount.objects.select_related("user").filter(provider=identity.kind, uid=identity.uid).first()
    if bound is None or not bound.user.is_active or bound.user.is_service:
        return None
    return bound.user


def bind(user: User, identity: Identity, request: HttpRequest | None = None) -> None:
    """Let the identity open this account from now on; once more changes nothing.

    Raises BadInput where it opens another account or the account has another identity of this program, NotPermitted for
    a closed account and a program's.
    """
    with transaction.atomic(), acting(user):
        owner = User.objects.select_for_update().get(pk=user.pk)
        if not owner.is_active or owner.is_service:
            raise NotPermitted(_("这个账号不能绑定。"))
        if _is_bound(owner, identity):
            return
        tell_triggers()
        try:
            with transaction.atomic():
                kept = {"name": identity.name, **identity.known}
                SocialAccount.objects.create(user=owner, provider=identity.kind, uid=identity.uid, extra_data=kept)
        except IntegrityError as error:
            raise _taken() from error
        audit.record(owner, "identity-bound", owner, way=identity.kind)
        log.write(request, log.Outcome.WAY_ADDED, owner, way=identity.kind)


def _is_bound(owner: User, identity: Identity) -> bool:
    found = SocialAccount.objects.filter(provider=identity.kind, uid=identity.uid).first()
    if found is not None:
        if found.user_id != owner.pk:
            raise _taken()
        return True
    if SocialAccount.objects.filter(provider=identity.kind, user=owner).exists():
        words = _("您已绑定过一个%(way)s账号，请先解除再绑定另一个。")
        raise BadInput(words % {"way": Way(identity.kind).label}, code="one-already")
    return False


def _taken() -> BadInput:
    return BadInput(_("它已经绑定到本站的另一个账号，一个第三方账号只能绑定一个本站账号。"), code="bound-elsewhere")


def unbind(user: User, key: int, request: HttpRequest | None = None) -> None:
    """Take one of the user's own identities away. Raises NotFound, BadInput where it is her only way in."""
    with transaction.atomic(), acting(user):
        owner = User.objects.select_for_update().get(pk=user.pk)
        found = of_user(owner).filter(pk=key).first()
        if found is None:
            raise NotFound(_("没有这个绑定。"))
        others = of_user(owner).exclude(pk=key).exists()
        if not owner.has_usable_password() and not others and not enters_by_passkey(owner):
            raise BadInput(_("这是您唯一的登录方式，请先设置密码或添加通行密钥。"), code="only-way")
        _forget(owner, of_user(owner).filter(pk=key), owner)
        log.write(request, log.Outcome.WAY_REMOVED, owner, way=found.provider)


@transaction.atomic
def forget_all(user: User, actor: Any) -> None:
    """Take every identity of an account away: it was closed, or somebody else is to have it from now on."""
    with acting(actor):
        _forget(user, of_user(user), actor)


def _forget(user: User, bound: QuerySet[SocialAccount], actor: Any) -> None:
    tell_triggers()
    for identity in bound:
        audit.record(actor, "identity-unbound", user, way=identity.provider)
        own_addresses.forget_proven(user, identity.provider, identity.extra_data)
    bound.delete()
