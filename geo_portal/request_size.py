"""Refuses a request that announces more than its address takes, before a byte of it is read.

Django reads a body while it looks for the form's token, so a later check would come after hundreds of megabytes.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from geokit.refusal import TooLarge
from ui.refusals import answer_to

MEGABYTE = 1024**2


class RequestSizeMiddleware:
    """413 with what to do; programs get it as JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = limit_for(request.path)
        if announced(request) <= limit:
            return self.get_response(request)
        refusal = TooLarge(
            gettext("一次提交的内容超过 %d MB，没有接收。请减少照片张数，或在手机相册里缩小后再传；草稿仍在填报页。")
            % (limit // MEGABYTE)
        )
        return answer_to(request, refusal)


def limit_for(path: str) -> int:
    """Return how many bytes a request to `path` may have."""
    special = settings.REQUEST_MAX_BYTES_UNDER
    return next((limit for prefix, limit in special.items() if path.startswith(prefix)), settings.REQUEST_MAX_BYTES)


def announced(request: HttpRequest) -> int:
    """Return the announced length in bytes; without one Django reads nothing at all."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0
