"""JSON from outside: bounded in nesting, and its numbers are numbers."""

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MAX_NESTING = 32
"""A GeoJSON feature of several areas takes seven. The decoder works by recursion and gives up at about a thousand."""
# A string that never ends reaches to the end of the text: it is looked through once.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|([\[{])|([\]}])', re.DOTALL)

_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def loads(text: str | bytes) -> Any:
    """Return what `text` says. Raises ValueError, also for deep nesting, ``NaN``, big numbers, NUL, half characters."""
    plain = text.decode("utf-8") if isinstance(text, bytes) else text
    _check_nesting(plain)
    if "\\u0000" in plain:
        raise ValueError("NUL in a text")
    value = json.loads(plain, parse_float=_finite, parse_int=_whole, parse_constant=_refuse_constant)
    if _HALF.search(plain):
        # Two halves make one character; only what is left alone can be neither stored nor sent back.
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError("half a character in a text") from error
    return value


def _check_nesting(text: str) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += (found[1] is not None) - (found[2] is not None)
        if depth > MAX_NESTING:
            raise ValueError(f"nested deeper than {MAX_NESTING} levels")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"number out of range: {digits[:20]}")
    return number


def _whole(digits: str) -> int:
    """A whole number that is a number of any kind: one of four hundred digits ends whatever converts it later."""
    _finite(digits)
    return int(digits)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"no JSON: {name}")


class StrictDecoder(json.JSONDecoder):
    """The same for a form's field of JSON (`forms.JSONField(decoder=…)`), whose own decoder gives up with other faults
    than Django expects."""

    def decode(self, s: str, *_how: Any) -> Any:
        try:
            return loads(s)
        except ValueError as error:
            raise json.JSONDecodeError(str(error), "", 0) from error


class StrictJSONParser(JSONParser):
    """The API's parser of bodies: an unreadable one is 400."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return loads(stream.read())
        except ValueError as error:
            raise ParseError(f"JSON: {error}") from error
