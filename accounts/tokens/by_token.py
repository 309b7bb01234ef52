"""Views that are none of the API's and take a token all the same: tiles, styles, rasters, downloads."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS

from accounts.tokens.reading import MAPS, asker_of, require_one_of, token_of
from ui.refusals import problem, problem_json


def by_token(reads: Collection[str] = MAPS) -> Callable[..., Any]:
    """View decorator, the outermost: who brings a token with one of these scopes is who it stands for. Reads only."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if "Authorization" not in request.headers or request.method not in SAFE_METHODS:
                return view(request, *args, **kwargs)
            try:
                token = token_of(request)
                if token is not None:
                    require_one_of(token, reads)
            except APIException as refused:
                return refusal_of(refused)
            if token is not None:
                request.user = asker_of(token)
            answer = view(request, *args, **kwargs)
            patch_vary_headers(answer, ["Authorization"])
            return answer

        guarded.token_reads = reads  # type: ignore[attr-defined]  # `/by-token/` asks it
        return guarded

    return decorate


def refusal_of(refused: APIException) -> HttpResponseBase:
    """Word a refused token as the API does."""
    answer = problem_json(problem(refused.status_code, str(refused.get_codes()), str(refused.detail)))
    if challenge := getattr(refused, "auth_header", ""):
        answer["WWW-Authenticate"] = challenge
    return answer
