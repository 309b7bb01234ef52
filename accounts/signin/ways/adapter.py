"""What follows when another program has said who somebody is: her account, or the question whose it is.

Everything is decided here, before allauth would sign somebody up or look for a mail address.
"""

import logging
import re
from typing import Any, NoReturn

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.directory.models import User
from accounts.identities.services import Identity, owner_of
from accounts.sessions import log
from accounts.signin.ways import pending
from accounts.signin.ways.base import Way
from accounts.signin.ways.http import Session
from accounts.signin.ways.registry import offered

ERROR_CODE = re.compile(r'"(?:errcode|code|error)"\s*:\s*"?([\w.-]{1,60})')
logger = logging.getLogger(__name__)


class IdentityAdapter(DefaultSocialAccountAdapter):
    """The operator's applications from the settings alone; nobody signs up; no account is found by its mailbox."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        way = offered(provider)
        if way is None:
            raise Http404
        return way.provider(request, app=application(way))

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        return []

    def list_providers(self, request: HttpRequest) -> list[Any]:
        return []

    def get_requests_session(self) -> Session:
        return Session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: Any) -> None:
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        """Sign in whose account it is; keep an identity that is nobody's until she has said whose it is."""
        if is_of_another_start(sociallogin):
            self.on_authentication_error(request, sociallogin.provider, exception=ValueError("nonce"))
        raise ImmediateHttpResponse(_come(request, sociallogin))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> NoReturn:
        """Back to where she came from, with a sentence; the machine's log says what the other side said."""
        way = provider.app.provider_id
        if exception is not None:
            logger.warning("sign-in by %s failed: %s", way, said_by(exception))
            log.write(request, log.Outcome.WAY_FAILED, None, way=way)
        if error == AuthError.CANCELLED:
            messages.info(request, _("您取消了登录。"))
        elif exception is None:
            messages.error(request, _("这次登录已过期，或者不是从这台设备开始的，请重新开始。"))
        else:
            messages.error(request, _("对方没有确认您的身份，请重试；一直不行，请改用密码登录并告诉管理员。"))
        raise ImmediateHttpResponse(back(request))


def application(way: Way) -> SocialApp:
    """Return the operator's application; it is never in the database."""
    given = way.given()
    number, secret = way.client
    return SocialApp(
        provider=way.name, provider_id=way.name, name=way.name, client_id=given[number], secret=given[secret], key="",
        settings={},
    )  # fmt: skip


def said_by(exception: Exception) -> str:
    """What may stand in the machine's log: of an answer that allauth repeats whole, the code of its error only."""
    words = str(exception)
    if "{" in words or "b'" in words:
        found = ERROR_CODE.search(words)
        words = found[1] if found else ""
    return f"{type(exception).__name__}: {words[:100]}"


def is_of_another_start(sociallogin: Any) -> bool:
    """Tell whether what the other side signed was asked for by another start than this session's (OpenID Connect)."""
    wanted = sociallogin.state.get("nonce")
    return wanted is not None and not constant_time_compare(wanted, getattr(sociallogin, "nonce", ""))


def identity_in(sociallogin: Any, way: Way) -> Identity:
    """Return who she is there, as the provider has read it."""
    known = dict(sociallogin.account.extra_data)
    return Identity(way.kind, sociallogin.account.uid, str(known.pop("name", "")), known)


def _come(request: HttpRequest, sociallogin: Any) -> HttpResponse:
    way = offered(sociallogin.provider.app.provider_id)
    if way is None:
        raise Http404
    identity, state = identity_in(sociallogin, way), sociallogin.state
    bind_to = (state.get("data") or {}).get("bind")
    owner = owner_of(identity)
    if bind_to is not None:
        return _to_bind(request, identity, way, bind_to)
    if owner is None:
        pending.keep(request, identity, way.name, state.get("next") or "")
        return redirect("signin:way_bind")
    if request.user.is_authenticated and request.user != owner:
        logout(request)
    return enter(request, owner, way.name, state.get("next") or "")


def _to_bind(request: HttpRequest, identity: Identity, way: Way, bind_to: int) -> HttpResponse:
    """She started it while she was signed in; as herself she also ends it."""
    if request.user.pk != bind_to:
        messages.error(request, _("这次登录已过期，或者不是从这台设备开始的，请重新开始。"))
        return back(request)
    pending.keep(request, identity, way.name, begun_by=bind_to)
    return redirect("signin:way_bind")


def enter(request: HttpRequest, user: User, way: str, next_url: str = "") -> HttpResponse:
    """Let somebody in whose identity was shown just now: her second factor comes first, as with a password."""
    pending.forget(request)
    record_authentication(request, user, "socialaccount", provider=way)
    return perform_login(request, user, email_verification="none", redirect_url=next_url or None)


def back(request: HttpRequest) -> HttpResponse:
    """Where somebody goes on whose sign-in came to nothing."""
    return redirect("signin:ways" if request.user.is_authenticated else "account_login")
