"""What follows when somebody comes, fails to come, leaves, or changes her password."""

from typing import Any

from allauth.account import signals as allauth_signals
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.contrib.auth import signals
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import User
from accounts.factors import policy
from accounts.notices import notify
from accounts.sessions import known_devices, log, services, state
from accounts.sessions.models import SignInEvent

Outcome = log.Outcome
FIRST = frozenset({"password", "socialaccount"})
"""What stands before a second factor, in allauth's records of this session."""


def let_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Begin the session's state, by whatever way she came; for a few minutes it counts as shown anew who she is."""
    factor = _factor_of(request, user)
    must_enrol = not factor and policy.is_required(user.role)
    state.begin(request, user, factor, _way_of(request, user), must_enrol=must_enrol)
    record_authentication(request, user, "signin", reauthenticated=True)


def came(request: HttpRequest, user: Any, response: Any = None, **kwargs: Any) -> None:
    """Somebody came through the door: log, list of sessions, and a notice when this browser is new to her."""
    known = state.of(request) or {}
    is_first = not SignInEvent.objects.filter(user=user, outcome=Outcome.ENTERED).exists()
    log.write(request, Outcome.ENTERED, user, factor=known.get("factor", ""), way=known.get("way", ""))
    services.register(request, user)
    if not is_first and not known_devices.is_known(request, user):
        _tell_of_new_device(request, user)
    if response is not None:
        known_devices.remember(request, response, user)


def failed(credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    name = str(credentials.get("username") or "")
    user = User.objects.filter(username__iexact=name).first() if name else None
    log.write(request, Outcome.WRONG, user, name=name)


def left(request: Any, user: Any, **kwargs: Any) -> None:
    """She signed out herself; a session that was ended wrote its own line and has no state."""
    if user is None or request is None or (known := state.of(request)) is None:
        return
    if services.is_listed(request):
        log.write(request, Outcome.LEFT, user, factor=known["factor"], way=known.get("way", ""))
        services.forget(request)


def password_changed(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Every other session ends. The owner is told by `people.credentials.jobs`, whoever changed it."""
    services.end_others(request, user)
    services.register(request, user)
    log.write(request, Outcome.PASSWORD, user)


def connect() -> None:
    """Called once when the app starts."""
    signals.user_logged_in.connect(let_in, dispatch_uid="session begins")
    signals.user_login_failed.connect(failed, dispatch_uid="sign-in failed")
    signals.user_logged_out.connect(left, dispatch_uid="signed out")
    allauth_signals.user_logged_in.connect(came, dispatch_uid="signed in")
    for signal in (allauth_signals.password_changed, allauth_signals.password_set):
        signal.connect(password_changed, dispatch_uid="password changed")


def _factor_of(request: HttpRequest, user: Any) -> str:
    """Return the second factor that was shown on the way in, the last one of several."""
    records = get_authentication_records(request, user)
    return next((str(record["type"]) for record in reversed(records) if record.get("method") == "mfa"), "")


def _way_of(request: HttpRequest, user: Any) -> str:
    """Return the program by which she came; empty for a password or a passkey."""
    records = get_authentication_records(request, user)
    first: dict[str, Any] = next((record for record in reversed(records) if record.get("method") in FIRST), {})
    return str(first.get("provider", ""))


def _tell_of_new_device(request: HttpRequest, user: Any) -> None:
    traces = log.traces_of(request)
    body = _("设备：{device}，网络：{network}。如果不是您，请马上改密码，并结束这次登录。").format(**traces)
    key = f"device:{user.pk}:{timezone.now().timestamp()}"
    notify([user], "account-device", _("您的账号在新设备上登录"), body, "/accounts/", key=key)
