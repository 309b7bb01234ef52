"""Whether a record is what its schema says. The schemas that are published are those that check."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from exchange.standard.kinds import KINDS, MANIFEST
from exchange.standard.shapes import FORMAT, is_shape
from geokit.refusal import BadInput

FORMATS = FormatChecker(formats=["date"])
FORMATS.checks(FORMAT)(is_shape)
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""As JSON writes it: behind an even number of backslashes; a text may speak of ``\\u0000``."""


def _pattern(validator: Any, pattern: str, found: Any, schema: Any) -> Iterator[ValidationError]:
    """The keyword as ECMA-262 means it: ``$`` is the very end, where Python's lets a line break follow."""
    if isinstance(found, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), found):
        yield ValidationError(f"{found[:60]!r} does not match {pattern!r}")


Strict = extend(Draft202012Validator, {"pattern": _pattern})


@cache
def _validator(slug: str) -> Any:
    schema = (MANIFEST if slug == MANIFEST.slug else KINDS[slug]).schema()
    return Strict(schema, format_checker=FORMATS)


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    record: dict[str, Any] = found
    return record


def parsed(text: bytes, slug: str, where: str) -> dict[str, Any]:
    """Return the JSON object that `text` is, checked by the schema `slug`; `where` names it in a refusal.

    Refused too: keys that stand twice, NaN, characters that a database cannot hold. Raises BadInput.
    """
    try:
        found: Any = json.loads(text.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
        whole = json.dumps(found, ensure_ascii=False)
        whole.encode("utf-8")  # half a character
        if NUL.search(whole):
            raise ValueError("NUL")
    except (ValueError, RecursionError) as error:
        raise BadInput(_("%s 不是可用的 JSON。") % where, code="not-json") from error
    wrong = next(iter(_validator(slug).iter_errors(found)), None)
    if wrong is not None:
        words = {"where": where, "field": _path(wrong), "said": wrong.message[:200]}
        raise BadInput(_("%(where)s 不符合数据标准：%(field)s %(said)s") % words, code="not-the-standard")
    record: dict[str, Any] = found
    return record


def _path(error: ValidationError) -> str:
    return "/".join(str(part) for part in error.absolute_path)[:100]
