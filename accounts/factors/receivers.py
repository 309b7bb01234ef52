"""What follows when a factor is added, used, taken away or missed: the log, the session, a notice to the owner."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.factors import once, policy
from accounts.notices import notify
from accounts.sessions import log, services, state

Type = Authenticator.Type


def added(request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """The session in which it was added counts as one with a factor; every other one ends."""
    if authenticator.type == Type.RECOVERY_CODES:
        return
    if authenticator.type == Type.TOTP:
        once.begin_after(authenticator, (state.of(request) or {}).get("totp_step", -1))
    state.note(request, factor=authenticator.type, must_enrol=False)
    services.register(request, user)
    services.end_others(request, user)
    log.write(request, log.Outcome.FACTOR_ADDED, user, factor=authenticator.type)
    _tell(user, "added", _("您的账号添加了两步验证"), authenticator)


def removed(request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Without the last one the session has none, and whether she must have one is asked with the next request."""
    if authenticator.type == Type.RECOVERY_CODES:
        return
    if not policy.has_factor(user):
        state.note(request, factor="", role="")
    log.write(request, log.Outcome.FACTOR_REMOVED, user, factor=authenticator.type)
    _tell(user, "removed", _("您的账号取消了一种两步验证"), authenticator)


def codes_made(request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    log.write(request, log.Outcome.CODES, user)
    _tell(user, "codes", _("您的账号换了恢复码"), authenticator)


def missed(request: Any, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """The password was right and the code was not: the owner is told, once an hour."""
    log.write(request, log.Outcome.WRONG_FACTOR, user, factor=authenticator.type)
    hour = timezone.localtime().strftime("%Y%m%d%H")
    body = _("有人用您的密码登录，但两步验证没有通过。如果不是您，请马上改密码。")
    notify(
        [user], "account-wrong-factor", _("两步验证没有通过"), body, "/accounts/", key=f"wrong-factor:{user.pk}:{hour}"
    )


def connect() -> None:
    """Called once when the app starts."""
    signals.authenticator_added.connect(added, dispatch_uid="factor added")
    signals.authenticator_removed.connect(removed, dispatch_uid="factor removed")
    signals.authenticator_reset.connect(codes_made, dispatch_uid="recovery codes made")
    signals.authentication_failed.connect(missed, dispatch_uid="factor missed")


def _tell(user: Any, what: str, title: Any, authenticator: Authenticator) -> None:
    body = _("如果不是您做的，请马上改密码，并联系代表联络服务中心。")
    key = f"factor:{what}:{authenticator.pk}:{timezone.now().timestamp()}"
    notify([user], f"account-factor-{what}", title, body, "/accounts/", key=key)
