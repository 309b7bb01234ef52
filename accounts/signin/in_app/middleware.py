"""Puts the script of the program in whose browser a page is read into that page's content policy, and nowhere else."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from accounts.signin.in_app.addresses import may_load
from accounts.signin.in_app.programs import Program, program_of

SHOWN = "_in_app"
PANEL = "panel-host"


def shown(request: HttpRequest) -> str:
    """Return the name of the program whose script this page may load, for the page's mark; empty for none."""
    program = _program(request)
    allowed = program if program and may_load(request.path_info) else None
    setattr(request, SHOWN, allowed)
    return allowed.name if allowed else ""


class InAppMiddleware:
    """Widens the policy of pages that carry the mark; keeps secret pages out of documents that carry it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_swapped_in(request) and _program(request) and not may_load(request.path_info):
            # The script of the document would read along: this page becomes a document of its own.
            return HttpResponse(headers={"HX-Redirect": request.get_full_path(), "Cache-Control": "no-store"})
        response = self.get_response(request)
        if settings.IN_APP_SDKS and hasattr(request, SHOWN):
            patch_vary_headers(response, ["User-Agent"])
            if program := getattr(request, SHOWN):
                _allow(response, program.script)
        return response


def _program(request: HttpRequest) -> Program | None:
    return program_of(request.headers.get("User-Agent", ""))


def _is_swapped_in(request: HttpRequest) -> bool:
    return request.method == "GET" and request.headers.get("HX-Target") == PANEL


def _allow(response: HttpResponse, script: str) -> None:
    """Add one file to what this page may run."""
    policy: dict[str, Any] = dict(getattr(response, "_csp_config", None) or settings.SECURE_CSP)
    policy["script-src"] = [*policy["script-src"], script]
    response._csp_config = policy  # type: ignore[attr-defined]  # what Django's own decorators set
