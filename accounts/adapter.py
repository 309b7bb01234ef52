"""How sign-in works here: accounts are made by an administrator, never by visitors."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Nobody signs up by herself: a role is given, not taken."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
