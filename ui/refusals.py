"""From an error to what the outside sees: one table of statuses, one JSON shape (RFC 9457), errors on a form."""

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import exception_handler

from geokit.refusal import (
    BadInput,
    Busy,
    FieldError,
    Gone,
    MissingEvidence,
    NotFound,
    NotPermitted,
    Refusal,
    StaleEdit,
    TooLarge,
    TooMany,
    Unavailable,
)
from ui.unavailable import unavailable

log = logging.getLogger(__name__)

# The most specific class first.
STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (NotPermitted, 403),
    (NotFound, 404),
    (StaleEdit, 409),
    (Gone, 410),
    (TooLarge, 413),
    (MissingEvidence, 422),
    (TooMany, 429),
    (Busy, 503),
    (BadInput, 400),
    (Refusal, 400),
)
BAD_FORM = 400
"""A form that fails its own checks is bad input, as the same input is at the API."""
BUSY_SECONDS = 2


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal."""
    return next(status for kind, status in STATUS if isinstance(refusal, kind))


def retry_after(refusal: Refusal) -> str:
    """Return the `Retry-After` of a refusal in seconds; empty where trying again does not help."""
    if isinstance(refusal, TooMany | Unavailable):
        return str(refusal.retry_after)
    return str(BUSY_SECONDS) if isinstance(refusal, Busy) else ""


def add_to_form(form: BaseForm, refusal: Refusal, field_of: Mapping[str, str] | None = None) -> None:
    """Put each error of `refusal` beside its field, the rest on top; what was typed stays.

    `field_of` says which field of the form is meant by a field of the service, or by the code of a refusal that
    names no field; its key "" takes every other refusal without fields. A refused photo goes to the field `photo`,
    if the form has one.
    """
    names = {"photo-refused": "photo", "photo-too-large": "photo", **(field_of or {})}
    whole = names.get(refusal.code, names.get("", ""))
    for error in refusal.errors or (FieldError(whole, refusal.code, refusal.message),):
        name = names.get(error.field, error.field)
        form.add_error(name if name in form.fields else None, ValidationError(error.message, code=error.code))
    form.refusal = refusal  # type: ignore[attr-defined]  # for `status_of_form`


def status_of_form(*forms: Any) -> int:
    """Return the HTTP status of a page with these forms and formsets: 200, or why the first of them was refused."""
    for form in forms:
        if refusal := getattr(form, "refusal", None):
            return status_of(refusal)
        if form.is_bound and not form.is_valid():
            return BAD_FORM
    return 200


def problem(
    status: int, code: str, detail: str, title: str = "", errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """Return the body of an ``application/problem+json`` answer."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title or code,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return body


def problem_json(body: dict[str, Any]) -> JsonResponse:
    """Send a problem body with its own status."""
    answer = JsonResponse(body, status=body["status"], json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/problem+json"
    if body["status"] == 503:
        answer["Retry-After"] = str(BUSY_SECONDS)
    return answer


def refusal_body(refusal: Refusal) -> dict[str, Any]:
    """Return the problem body of a refusal."""
    errors = [error.as_dict() for error in refusal.errors]
    return problem(status_of(refusal), refusal.code, refusal.message, errors=errors)


def wants_json(request: HttpRequest) -> bool:
    """Tell whether who asks reads JSON rather than a page: by the address, or by what a script says it takes."""
    return request.path.startswith(settings.JSON_UNDER) or prefers_json(request)


def prefers_json(request: HttpRequest) -> bool:
    """Tell whether a script of a page, such as a device's outbox, asks for JSON where others get a page."""
    return request.headers.get("Accept", "").startswith("application/json")


class RefusalMiddleware:
    """Turn a refusal that no view caught into its status: JSON for programs, a page for people.

    A lost database and a full disk are one too (`ui/unavailable.py`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, RequestDataTooBig):
            error = TooLarge(_("提交的内容过大。请减小后重试。"))
        if isinstance(error, Refusal):
            return answer_to(request, error)
        return answer_unavailable(request, refusal, error) if (refusal := unavailable(error)) else None


def answer_to(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a request with a refusal: JSON for programs, a page for people."""
    body = refusal_body(refusal)
    if wants_json(request):
        answer: HttpResponse = problem_json(body)
    elif isinstance(refusal, Unavailable):
        answer = _bare_page(request, refusal)
    else:
        context = {"refusal": refusal, "status": body["status"]}
        answer = render(request, "refused.html", context, status=body["status"])
    if isinstance(refusal, Unavailable):
        # A page's own scripts leave alone what is there, above all what was typed.
        answer["X-Unavailable"] = refusal.code
    if seconds := retry_after(refusal):
        answer["Retry-After"] = seconds
    if isinstance(refusal, NotFound | Gone):
        answer["Cache-Control"] = "no-store"  # caches keep 404 and 410 by themselves, and it may be mended
    return answer


def _bare_page(request: HttpRequest, refusal: Unavailable) -> HttpResponse:
    """Say it without asking who is there: that may be what cannot be asked. What was read is tried again by itself."""
    context = {"refusal": refusal, "is_read": request.method in ("GET", "HEAD")}
    return HttpResponse(loader.get_template("503.html").render(context), status=503)


def answer_unavailable(request: HttpRequest, refusal: Unavailable, error: BaseException) -> HttpResponse:
    """Answer 503 and log it in one line; the trace of a lost connection tells nothing, and there are thousands."""
    log.warning("503 %s: %s %s", refusal.code, type(error).__name__, str(error).strip().partition("\n")[0])
    answer = answer_to(request, refusal)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return answer


def _field_errors(detail: Any, prefix: str = "") -> list[dict[str, str]]:
    """Flatten DRF's nested error detail into one list; of a list of objects the field begins with the place, from 0."""
    if isinstance(detail, dict):
        return [
            found
            for name, inner in detail.items()
            for found in _field_errors(inner, f"{prefix}.{name}" if prefix else str(name))
        ]
    if isinstance(detail, list) and any(isinstance(inner, dict) for inner in detail):
        detail = dict(enumerate(detail))  # of a list of objects, where those that are in order have no errors
        return _field_errors(detail, prefix)
    if isinstance(detail, list):
        return [found for inner in detail for found in _field_errors(inner, prefix)]
    return [{"field": prefix, "code": getattr(detail, "code", "invalid"), "message": str(detail)}]


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error of the API in one shape."""
    if isinstance(error, Refusal):
        body = refusal_body(error)
        seconds = retry_after(error)
        headers = {"Retry-After": seconds} if seconds else None
        return Response(body, status=body["status"], headers=headers, content_type="application/problem+json")
    if isinstance(error, Http404):
        error = drf.NotFound()
    elif isinstance(error, PermissionDenied):
        error = drf.PermissionDenied()
    answer = exception_handler(error, context)
    if answer is None:
        return None
    detail = getattr(error, "detail", str(error))
    code = "invalid" if isinstance(detail, dict | list) else getattr(detail, "code", "error")
    is_input = isinstance(error, drf.ValidationError)
    answer.data = problem(
        answer.status_code,
        code,
        _("输入有误。") if is_input else str(detail),
        errors=_field_errors(detail) if is_input else None,
    )
    answer.content_type = "application/problem+json"
    return answer


def _page_or_problem(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    if wants_json(request):
        return problem_json(problem(status, code, detail))
    return render(request, f"{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page_or_problem(request, 400, "bad-request", _("请求有误。"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page_or_problem(request, 403, "forbidden", _("没有权限。"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page_or_problem(request, 404, "not-found", _("没有找到。"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that we failed, or that what we stand on is away; without asking the database who is there."""
    error = sys.exc_info()[1]
    if error is not None and (refusal := unavailable(error)):
        return answer_unavailable(request, refusal, error)
    if wants_json(request):
        return problem_json(problem(500, "server-error", _("服务器出错了，我们已记录。")))
    return HttpResponse(loader.get_template("500.html").render(), status=500)
