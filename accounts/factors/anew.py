"""Showing anew who one is, before something that matters: a password, or the second factor of those who have one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode


def shown_anew(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: who has not shown within five minutes who she is (`ACCOUNT_REAUTHENTICATION_TIMEOUT`) does so.

    Unlike allauth's own it keeps no form that was sent too late in the session: there may be passwords in it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_reauthentication_required(request, app="accounts.factors"):
            return view(request, *args, **kwargs)
        ways = get_adapter().get_reauthentication_methods(request.user)
        first = ways[0]["url"] if ways else "/"
        return redirect(f"{first}?{urlencode({'next': request.get_full_path()})}")

    return guarded
