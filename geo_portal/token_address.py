"""`/by-token/<token>/ogc/…`: maps and layers for programs into which one can type nothing but an address.

The token stands in the path, which both logs leave out (`ui/secret_addresses.py`); nothing takes it as a parameter,
which no log leaves out. Only what reads maps and layers can be reached so, only by GET, and never as a page for people.
OPTIONS says so, for whatever lies behind: QGIS asks before it opens a layer, and notes the address where it is refused.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import APIException

from accounts.tokens.by_token import refusal_of
from accounts.tokens.models import ApiToken
from accounts.tokens.reading import ADDRESS, asker_of, require_one_of, usable_token
from geo_portal.middleware.headers import NOT_KEPT
from ui.refusals import problem, problem_json

METHODS = ("GET", "HEAD", "OPTIONS")


@csrf_exempt
@require_http_methods(METHODS)
def token_address(request: HttpRequest, token: str, rest: str) -> HttpResponseBase:
    """Answer as the address behind the token does to who brings it in a header."""
    try:
        answer = _answer(request, token, rest)
    except APIException as refused:
        answer = refusal_of(refused)
    except Http404:
        answer = problem_json(problem(404, "not-found", _("没有这个地址，或者令牌看不到。")))
    answer.headers["Cache-Control"] = NOT_KEPT
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers.setdefault("Content-Language", get_language() or "")
    return answer


def _answer(request: HttpRequest, text: str, rest: str) -> HttpResponseBase:
    found = resolve(f"/{rest}")
    reads = _scopes_of(found)
    if ApiToken.Scope.MAPS not in reads:
        raise Http404
    token = usable_token(text)
    require_one_of(token, reads)
    request.token_address = f"{ADDRESS}{text}/"  # type: ignore[attr-defined]  # `site_of` asks it
    request.user = asker_of(token)
    request.path = request.path_info = f"/{rest}"
    request.META.pop("HTTP_AUTHORIZATION", None)
    if request.method == "OPTIONS":
        return HttpResponse(headers={"Allow": ", ".join(METHODS)})
    answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    return answer


def _scopes_of(found: ResolverMatch) -> Any:
    """The scopes with which a token reads there; none for what takes no token."""
    view = getattr(found.func, "view_class", None) or getattr(found.func, "cls", found.func)
    return getattr(view, "token_reads", ())
