"""CQL2 text to the tree that `cql2` (the standard's grammar in Rust) makes of it.

On text that does not parse, the grammar tries every bracket again as a group, a list and an argument: its time doubles
with each level (twenty levels take 15 s and hold the interpreter). So nesting is counted before, in one pass. Within
the limit even the worst text known takes less than a tenth of a second.
"""

import re
from typing import Any

import cql2
from django.utils.translation import gettext as _

from tiles.query.cql_values import bad
from ui import json_bodies

MAX_NESTING = 6
"""Brackets within brackets: an area of several parts takes four with the function around it."""
MAX_WORDS_NOT = 24
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
"""Text or a quoted name; a doubled quote within it reads as two of them side by side, which is the same here."""
_STRANGE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def parse(text: str) -> Any:
    """Return the tree of `text`, as CQL2 JSON. Raises BadInput `bad-filter`, naming what is wrong."""
    _check(text)
    try:
        return cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as error:
        raise bad(_("过滤条件读不懂，请检查 CQL2 语法：%(where)s") % {"where": _where(error)}) from error


def parse_json(text: str) -> Any:
    """Return the tree of CQL2 JSON. Raises BadInput `bad-filter` for what the standard's schema does not know."""
    try:
        json_bodies.loads(text)
        tree = cql2.parse_json(text)
        tree.validate()
        return tree.to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as error:
        raise bad(_("过滤条件读不懂，请检查 CQL2 语法：%(where)s") % {"where": _where(error)}) from error


def _check(text: str) -> None:
    if _STRANGE.search(text):
        raise bad(_("过滤条件含有无效字符。"))
    bare = _QUOTED.sub(" ", text)
    if "'" in bare or '"' in bare:
        raise bad(_("过滤条件里的引号没有成对。"))
    deepest = _nesting(bare)
    if deepest > MAX_NESTING or bare.upper().count("NOT") > MAX_WORDS_NOT or "^" in bare or "--" in bare:
        raise bad(_("过滤条件过于复杂，请拆分或简化。"))


def _nesting(bare: str) -> int:
    """Return how deep the brackets of `bare` go. Raises BadInput where one has no partner."""
    depth = deepest = 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
        if depth < 0:
            break
    if depth:
        raise bad(_("过滤条件里的括号没有成对。"))
    return deepest


def _where(error: Exception) -> str:
    """The parser's place, such as ``1:3``; its list of expected rules would help nobody."""
    return str(error).strip().splitlines()[0].removeprefix("-->").strip()[:80]
