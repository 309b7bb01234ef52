"""The one guard behind the door: sessions that lasted too long end, who must have a second factor adds it first, and
nobody adds one without having shown herself just now.

What it knows stands in the session itself (`accounts.sessions.state`), so that most requests cost no query; every
`NOTED_EVERY`, and when a role has changed, rules and factors are asked anew. Programs that come with a token have no
session and pass.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.factors import policy
from accounts.sessions import log, services, state
from accounts.sessions.anew import is_excused_too_long, to_show_anew
from accounts.sessions.limits import limits_of
from ui.forms import typed
from ui.refusals import problem, problem_json, wants_json

NOTED_EVERY = timedelta(minutes=2)
"""How often the use of a session is written down: one ends for idleness at most so much late, never early."""
LOOKS_AGAIN = "X-Looks-Again"
"""The header of what a part of a page asks by itself every few seconds (`web/src/panel/navigation.ts`): no use of a
session, or one on a page that is left open would never end for idleness."""
BEFORE_ENROLMENT = frozenset({
    "account_logout", "account_reauthenticate", "set_language", "service_worker",
    "signin:way_again", "signin:way_start", "signin:way_back",
})  # fmt: skip
"""Names of the routes that somebody reaches who must still add a second factor, beside those that add it (`mfa_…`). The
last three are where who has no password shows herself anew before she adds it."""


class SessionGuard:
    """Stands behind authentication, messages and allauth's own middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without the cookie nothing is asked, so that answers to the public stay the same for everybody.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            _check(request, request.user, timezone.now())
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if (state.of(request) or {}).get("must_enrol") and not _is_on_the_way(name):
            return _to_enrol(request)
        if _is_of_a_factor(name) and is_excused_too_long(request):
            return to_show_anew(request, request.get_full_path())
        return None


def _is_on_the_way(name: str) -> bool:
    return name.startswith("mfa_") or name in BEFORE_ENROLMENT


def _is_of_a_factor(name: str) -> bool:
    """Tell whether a route may add a factor. The page that lists them only reads."""
    return name.startswith("mfa_") and name != "mfa_index"


def _to_enrol(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        words = _("您的角色须有两步验证，请先在网页上添加。")
        return problem_json(problem(403, "second-factor-required", words))
    return redirect("mfa_index")


def _check(request: HttpRequest, user: Any, now: datetime) -> None:
    known = state.of(request)
    if known is None:  # signed in before the site was upgraded
        state.begin(request, user)
        known = {**(state.of(request) or {}), "role": ""}
    since_seen = now - state.moment(known["seen"])
    if since_seen < NOTED_EVERY and known["role"] == user.role:
        return
    limits = limits_of(user.role)
    if since_seen > limits.idle + NOTED_EVERY:
        return _end(request, user, log.Outcome.IDLE)
    if now - state.moment(known["at"]) > limits.lifetime:
        return _end(request, user, log.Outcome.EXPIRED)
    must_enrol = not known["factor"] and policy.is_required(user.role)
    if must_enrol and policy.has_factor(user):  # added elsewhere: this session has not shown it
        return _end(request, user, log.Outcome.ENDED)
    if LOOKS_AGAIN in request.headers and known["role"] == user.role:
        return
    state.note(request, seen=now.timestamp(), role=user.role, must_enrol=must_enrol)
    services.register(request, user)


def _end(request: HttpRequest, user: Any, why: Any) -> None:
    """Go on as the public would; a page that needs a person leads to sign-in by itself."""
    known = state.of(request) or {}
    services.forget(request)
    log.write(request, why, user, factor=known.get("factor", ""), way=known.get("way", ""))
    logout(request)
    typed.session_ended(request, user)
    if not wants_json(request):
        messages.info(request, _("您有一段时间没有操作，或登录已到最长时间，请重新登录。"))
