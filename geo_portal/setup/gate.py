"""Where nobody has an account yet, every page leads to the one that makes the first."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.first_account.services import has_people

OPEN = ("/healthz", "/readyz", "/metrics", "/i18n/", "/service-worker.js")


class FirstStartMiddleware:
    """Redirects pages; programs' addresses, static files and health checks answer as ever."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_page(request.path) and not has_people():
            return redirect("setup:index")
        return self.get_response(request)


def _is_page(path: str) -> bool:
    if path.startswith((reverse("setup:index"), settings.STATIC_URL, *settings.JSON_UNDER)):
        return False
    return not path.startswith(OPEN)
