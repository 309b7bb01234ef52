"""Refuses a body that arrived cut: fewer bytes than announced, or a multipart form without its closing boundary.

Django's parsers stop quietly where the bytes end. A report whose upload broke off would be filed with the photos that
had come by then, and the phone would believe that all of them are safe.
"""

import io
from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from geo_portal.middleware.request_size import announced
from geokit.refusal import BadInput
from ui.refusals import answer_to


class CutShort(BadInput, BadRequest):
    """The body is not all there. Also Django's own BadRequest: the check for forged forms reads before any view."""

    default_code = "cut-short"


class WholeBody(io.IOBase):
    """A request's stream that raises CutShort at its end if it is not whole; it keeps no more than a boundary of it."""

    def __init__(self, stream: Any, length: int, boundary: str = "") -> None:
        """`length` in bytes as announced; `boundary` of a multipart body, "" for every other."""
        self._stream = stream
        self._left = length
        self._closing = f"--{boundary}--".encode() if boundary else b""
        self._tail = b""
        self.is_cut = False

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            # To the end in one call: nobody asks again, so the end is looked for here.
            return b"".join(iter(lambda: self.read(self._left), b""))
        asked = min(size, self._left)
        return self._checked(self._read_stream(self._stream.read, asked), asked)

    def readline(self, size: int | None = -1, /) -> bytes:
        asked = self._left if size is None or size < 0 else min(size, self._left)
        return self._checked(self._read_stream(self._stream.readline, asked), asked)

    def _read_stream(self, read: Callable[[int], bytes], asked: int) -> bytes:
        try:
            return read(asked) if asked else b""
        except OSError:  # a server that says so when the connection breaks, rather than ending the stream
            return b""

    def _checked(self, data: bytes, asked: int) -> bytes:
        self._left -= len(data)
        self._look_for_closing(data)
        if (asked and not data) or (self._left <= 0 and self._closing):
            self.is_cut = True
            raise CutShort(cut_message())
        return data

    def _look_for_closing(self, data: bytes) -> None:
        if not self._closing:
            return
        seen = self._tail + data
        # Once it was there, what follows is of no meaning (RFC 2046, 5.1.1).
        self._closing = b"" if self._closing in seen else self._closing
        self._tail = seen[-len(self._closing) :] if self._closing else b""


class WholeBodyMiddleware:
    """400 for a body that is not whole, at every address that reads one. JSON for programs, a page for people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            # Django reads nothing without a length: the form would count as empty. Proxies send one.
            return answer_to(request, BadInput(gettext("请求没有写明长度，没有接收。"), code="length-required"))
        length = announced(request)
        if not length:
            return self.get_response(request)
        body = WholeBody(request._stream, length, boundary_of(request))
        request._stream = cast(Any, body)
        answer = self.get_response(request)
        return answer_to(request, CutShort(cut_message())) if body.is_cut else answer


def boundary_of(request: HttpRequest) -> str:
    """Return the boundary of a multipart form; "" for every other body."""
    params = request.content_params or {}
    return params.get("boundary", "") if request.content_type == "multipart/form-data" else ""


def cut_message() -> str:
    return gettext("提交的内容没有传完整，没有接收。请检查网络后重新提交。")
