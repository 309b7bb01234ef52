"""Showing anew who one is, before something that matters: a password, or the second factor of those who have one."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows, is_reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


def shown_anew(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: who has not shown within five minutes who she is (`ACCOUNT_REAUTHENTICATION_TIMEOUT`) does so.

    Unlike allauth's own it keeps no form that was sent too late in the session: there may be passwords in it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not must_show_anew(request):
            return view(request, *args, **kwargs)
        return to_show_anew(request, request.get_full_path())

    return guarded


def nobody_excused(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator, before allauth's own `reauthentication_required`: who has neither password nor factor, whom it
    would let pass, signs in once more by her own program before she writes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and is_excused_too_long(request):
            return to_show_anew(request, reverse("signin:mine"))
        return view(request, *args, **kwargs)

    return guarded


def is_excused_too_long(request: HttpRequest) -> bool:
    """Tell whether allauth lets her pass, having neither password nor factor, though she has not shown for five minutes
    who she is.
    """
    return not get_reauthentication_flows(request.user) and must_show_anew(request)


def must_show_anew(request: HttpRequest) -> bool:
    """Tell whether she has not shown for five minutes who she is.

    Allauth asks nothing of who has neither a password nor a factor; here she signs in once more by her own program.
    """
    if is_reauthentication_required(request, app="accounts.sessions"):
        return True
    shown = [record for record in get_authentication_records(request, request.user) if record.get("reauthenticated")]
    return not shown or time.time() - shown[-1]["at"] >= app_settings.REAUTHENTICATION_TIMEOUT


def to_show_anew(request: HttpRequest, then: str) -> HttpResponse:
    """Lead to where she shows it, and on to `then`."""
    ways = get_adapter().get_reauthentication_methods(request.user)
    first = ways[0]["url"] if ways else reverse("signin:way_again")
    return redirect(f"{first}?{urlencode({'next': then})}")
