"""Addresses that only take a form lead who opens them by hand to the page on which the form stands.

A bookmark, a link in a chat or "back" after signing in opens them by GET. Programs still hear 405.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve

METHOD_NOT_ALLOWED = 405


class LedBackMiddleware:
    """Turns 405 into the way to the nearest address above that is a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code != METHOD_NOT_ALLOWED or request.method not in ("GET", "HEAD"):
            return answer
        if "text/html" not in request.headers.get("Accept", "") or request.path.startswith("/api/"):
            return answer
        return HttpResponseRedirect(page_above(request.path))


def page_above(path: str) -> str:
    """The nearest address above `path` that the URLconf knows; that one may again lead on.

    >>> page_above("/notices/read-all/"), page_above("/nothing/of/ours/")
    ('/notices/', '/')
    """
    parts = path.strip("/").split("/")
    while parts := parts[:-1]:
        above = f"/{'/'.join(parts)}/"
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return "/"
