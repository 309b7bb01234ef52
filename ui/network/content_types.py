"""What a request says of its contents, read so that nothing a client writes there is a fault.

Django reads address and form by whatever encoding a request names, before any middleware and outside of what turns
faults into answers: `charset=base64` ended the request there, UTF-7 gave half characters, which no page can say, and
Python keeps each name that is none for as long as the process lives. Here both are UTF-8, as they always were. So are
parameters of a header that name an encoding of their own (RFC 2231), and a header that cannot be read has none.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.http import parse_header_parameters

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UTF_8 = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
_ENCODING = re.compile(r"\*\d*+\*?+\s*+=\s*+\"?+([^'\";\s]*+)'")
"""The name of an encoding in a parameter: ``filename*=UTF-8''a.pdf``."""


def read_as_utf8() -> None:
    """Have every request read so, by Django and by the REST framework. Called once when the app starts."""
    from django.http import multipartparser
    from django.http import request as of_django
    from rest_framework import renderers
    from rest_framework import request as of_framework
    from rest_framework.utils import mediatypes

    HttpRequest._set_content_type_params = _set_content_type  # type: ignore[attr-defined]
    for module in (of_django, multipartparser, of_framework, renderers, mediatypes):
        module.parse_header_parameters = parameters  # type: ignore[attr-defined]


def parameters(line: str, *how: Any, **named: Any) -> tuple[str, dict[str, str]]:
    """Return the value of a header such as ``Content-Type`` and its parameters, as Django's own function does.

    >>> parameters("text/plain; charset=utf-8"), parameters("text/plain; a*=utf-7''%2B2AA-")
    (('text/plain', {'charset': 'utf-8'}), ('text/plain', {}))
    """
    try:
        if {name.lower() for name in _ENCODING.findall(line)} <= UTF_8:
            return parse_header_parameters(line, *how, **named)
    except ValueError:
        pass
    return line.partition(";")[0].strip().lower(), {}


def is_form_in_another_encoding(request: HttpRequest) -> bool:
    """Tell whether a form says that it is not UTF-8: its words would come out as others."""
    said = (request.content_params or {}).get("charset", "utf-8")
    return request.content_type in FORMS and said.strip().lower() not in UTF_8


def _set_content_type(request: Any, meta: Mapping[str, Any]) -> None:
    request.content_type, request.content_params = parameters(meta.get("CONTENT_TYPE", ""))
