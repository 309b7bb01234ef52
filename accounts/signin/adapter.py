"""How people sign in: accounts are given out by an administrator, nobody signs herself up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.directory.models import User
from accounts.people.credentials.queries import is_locked
from accounts.rate_limits import address_of
from accounts.sessions import log
from accounts.sessions.models import Factor


class ClosedSignupAdapter(DefaultAccountAdapter):
    """No self-service accounts: roles decide what is seen, so each one is given by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The visitor's address as our own limits count it: behind our proxies, not the proxy's for everybody."""
        return address_of(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures per account and address: somebody elsewhere who guesses locks only herself out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse who tried too often, and write that down."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            name = str(credentials.get("username") or "")
            user = User.objects.filter(username__iexact=name).first() if name else None
            log.write(request, log.Outcome.REFUSED, user, name=name)
            raise

    def pre_login(self, request: HttpRequest, user: Any, **given: Any) -> HttpResponse | None:
        """Let nobody in whose invitation is not accepted yet: a passkey of before would still open the account."""
        if user.is_active and is_locked(user):
            log.write(request, log.Outcome.WRONG_FACTOR, user, factor=Factor.PASSKEY)
            messages.error(request, _("这个账号正等本人凭新的邀请设置密码，此前不能登录。"))
            return redirect("account_login")
        answer: HttpResponse | None = super().pre_login(request, user, **given)
        return answer

    def get_user_display(self, user: Any) -> str:
        return str(user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("signin:mine")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor shows it again, a passkey first; a password alone is not enough for her."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        factors = [method for method in methods if method["id"] != "reauthenticate"]
        return sorted(factors, key=lambda method: "webauthn" not in method["id"]) or methods

    def is_safe_url(self, url: Any) -> bool:
        """Lead nowhere that cannot be read as an address."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing: our own notices tell the owner (`accounts.signin.receivers`, `accounts.factors.receivers`)."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing: allauth writes to nobody here, so no visitor can have it write to a stranger."""
