"""What a request says of its body, read so that nothing a client writes there is a fault.

Django reads address and form by whatever encoding a request names, before any middleware and outside of what turns
faults into answers: `charset=base64` ended the request there, UTF-7 gave half characters, which no page can say, and
Python keeps each name that is none for as long as the process lives. Here both are UTF-8, as they always were.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.http import parse_header_parameters

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


def read_as_utf8() -> None:
    """Have every request read so. Called once when the app starts."""
    HttpRequest._set_content_type_params = _set_content_type  # type: ignore[attr-defined]


def is_form_in_another_encoding(request: HttpRequest) -> bool:
    """Tell whether a form says that it is not UTF-8: its words would come out as others."""
    said = (request.content_params or {}).get("charset", "utf-8")
    return request.content_type in FORMS and said.strip().lower() not in UTF_8


def _set_content_type(request: Any, meta: Mapping[str, Any]) -> None:
    try:
        request.content_type, request.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
    except ValueError:
        request.content_type, request.content_params = "", {}
