"""In whose name a device sends what it kept: the header `X-Filed-As` holds the key of the account it was written under.

A phone may have been handed on, or the session may have ended, between the writing and the sending. What was written
under one account never goes out under another one, nor without a name; what was written without one goes without.
"""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import StaleEdit
from ui.refusals import answer_to

HEADER = "X-Filed-As"
SIGNED_OUT = "signed-out"
"""The device asks in whose name it is to be sent; nothing that was written under an account is filed without one."""


def refuse_other_account(asker: Asker, kept_for: str) -> None:
    """Raise StaleEdit where what was kept for the account with the key `kept_for` is sent by nobody or another one."""
    if not kept_for:
        return
    if asker is None or not asker.is_authenticated:
        message = gettext("填写时您是登录的，现在登录已失效。请重新登录后以本人名义发送，或者改为不署名发送。")
        raise StaleEdit(message, code=SIGNED_OUT)
    if kept_for != str(asker.pk):
        raise StaleEdit(gettext("这件是用另一个账号填写的，请用原来的账号登录后发送。"), code="other-account")


class InWhoseNameMiddleware:
    """Holds to the name that a device says, before any view; requests without the header pass as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kept_for = request.headers.get(HEADER)
        if kept_for is None:
            return self.get_response(request)
        try:
            refuse_other_account(request.user, kept_for)
        except StaleEdit as refusal:
            return answer_to(request, refusal)
        if not kept_for:
            request.user = AnonymousUser()
        return self.get_response(request)
