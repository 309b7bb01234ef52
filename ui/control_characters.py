"""Refuses a request whose address or form holds characters that no keyboard types and the database cannot store."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, refuse
from ui.network.content_types import FORMS, is_form_in_another_encoding
from ui.refusals import answer_to

IN_PATHS = re.compile(r"[\x00-\x1f\x7f]")
IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Tab and line ends are text."""
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class ControlCharactersMiddleware:
    """400 for a control character in path or query, and for NUL in a form. The parsers check bodies of JSON.

    Also for a form in another encoding than UTF-8 and a query of too many fields. Stands before whatever reads a query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.GET  # noqa: B018 - which reads it
        except TooManyFieldsSent:
            request.GET = QueryDict()
            return answer_to(request, BadInput(_("地址里的参数太多。"), code="too-many-fields"))
        if is_form_in_another_encoding(request):
            return answer_to(request, BadInput(_("填写的内容须用 UTF-8 编码。"), code="wrong-encoding"))
        if IN_PATHS.search(request.path) or _any_control(request.GET):
            return _refused(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """The check for forged forms has read the body by now, so it is read once all the same."""
        if request.content_type in FORMS and _any_control(request.POST, "\0"):
            return _refused(request)
        return None


def check_text(field: str, text: str) -> None:
    """Refuse a text with characters that no keyboard types and XML cannot say. Raises BadInput."""
    if IN_TEXT.search(text) or NOT_IN_XML.search(text):
        raise refuse(field, "control-characters", _("含有无效的控制字符，请删去。"))


def for_xml(text: str, instead: str = "") -> str:
    """Return a text without what XML has no way to write, or with `instead` in its place: it may be stored."""
    return NOT_IN_XML.sub(instead, text)


def _any_control(given: QueryDict, only: str = "") -> bool:
    words: Iterable[str] = (word for name, values in given.lists() for word in (name, *values))
    return any(only in word if only else IN_TEXT.search(word) for word in words)


def _refused(request: HttpRequest) -> HttpResponse:
    return answer_to(request, BadInput(_("地址或填写的内容含有无效的控制字符。"), code="control-characters"))
