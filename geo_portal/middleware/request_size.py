"""Refuses a request that announces more than its address takes, before a byte of it is read.

Django reads a body while it looks for the form's token, so a later check would come after hundreds of megabytes.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from geokit.refusal import TooLarge
from ui.refusals import answer_to

MEGABYTE = 1024**2
LENGTH_DIGITS = 18
"""The first of a longer one are already more than anybody may send."""


class RequestSizeMiddleware:
    """413 with what to do; programs get it as JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit, length = limit_for(request.path), announced(request)
        if length > settings.FORM_MAX_BYTES and _is_strangers_upload(request):
            limit = settings.FORM_MAX_BYTES
        if length <= limit:
            return self.get_response(request)
        refusal = TooLarge(
            gettext("一次提交的内容超过 %d MB，没有接收。请减少照片张数，或在手机相册里缩小后再传；草稿仍在填报页。")
            % (limit // MEGABYTE)
        )
        return answer_to(request, refusal)


def limit_for(path: str) -> int:
    """Return how many bytes a request to `path` may have."""
    fitting = (limit for pattern, limit in settings.REQUEST_MAX_BYTES_AT.items() if re.match(pattern, path))
    return next(fitting, settings.FORM_MAX_BYTES)


def _is_strangers_upload(request: HttpRequest) -> bool:
    """Whether somebody who is not signed in sends a layer file.

    Those pass the proxy as they come, so one that is sent slowly would hold a thread of the server: the check for
    forged forms reads the body before the view asks who sends it. The session is looked at for these addresses only.
    """
    return bool(re.match(settings.UPLOADS_AT, request.path)) and not request.user.is_authenticated


def announced(request: HttpRequest) -> int:
    """Return the announced length in bytes; without one Django reads nothing at all."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text[:LENGTH_DIGITS]) if text.isascii() and text.isdecimal() else 0
