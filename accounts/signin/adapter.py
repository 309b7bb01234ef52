"""How people sign in: accounts are given out by an administrator, nobody signs herself up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.rate_limits import address_of


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

    def get_user_display(self, user: Any) -> str:
        return str(user)
