"""How people sign in: accounts are given out by an administrator, nobody signs herself up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):
    """No self-service accounts: roles decide what is seen, so each one is given by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_user_display(self, user: Any) -> str:
        return str(user)
