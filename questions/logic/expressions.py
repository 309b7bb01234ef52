"""The part of XLSForm's expressions that is known here, read by a parser of its own. Nothing is ever executed.

Known: ``${name}``, ``.`` (the answer itself), numbers, texts in quotes, ``= != < <= > >=``, ``and``, ``or``,
``not(…)``, ``selected(${name}, 'code')``, ``count-selected(…)``, ``string-length(…)`` and brackets; nothing else.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput

MOST_CHARACTERS = 400
MOST_DEPTH = 12
TOKEN = re.compile(
    r"\s*(?:(?P<name>\$\{[A-Za-z_][\w.-]{0,63}\})|(?P<number>\d{1,12}(?:\.\d{1,9})?)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<sign>!=|<=|>=|[=<>(),.-])|(?P<word>[a-z][a-z-]*))"
)
COMPARED = ("=", "!=", "<", "<=", ">", ">=")
FUNCTIONS = {"selected": 2, "count-selected": 1, "string-length": 1, "not": 1}

type Value = str | float | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression: ``kind`` is ref, self, value, a sign, and, or, or a function's name."""

    kind: str
    parts: tuple["Node", ...] = ()
    value: Any = None


def parse(text: str) -> Node:
    """Read an expression. Raises BadInput (``bad-expression``) that says what is not known."""
    if len(text) > MOST_CHARACTERS:
        raise _wrong(_("条件太长，最多 %d 个字符。") % MOST_CHARACTERS)
    return _Parser(list(_tokens(text)), text).whole()


def names_in(node: Node) -> set[str]:
    """Return the questions that an expression asks about."""
    own = {str(node.value)} if node.kind == "ref" else set()
    return own.union(*(names_in(part) for part in node.parts))


def is_true(node: Node, answers: Mapping[str, Value], own: Value = None) -> bool:
    """Evaluate; a question that was not answered is an empty text, and no comparison of order holds with it."""
    return bool(_value(node, answers, own))


def _wrong(message: str) -> BadInput:
    return BadInput(message, code="bad-expression")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text.rstrip()):
        found = TOKEN.match(text, at)
        if found is None:
            raise _wrong(_("条件里的“%s”读不懂。") % text[at : at + 20].strip())
        kind = str(found.lastgroup)
        yield kind, found.group(kind)
        at = found.end()


class _Parser:
    """Recursive descent: or, and, comparison, and what can be compared."""

    def __init__(self, tokens: list[tuple[str, str]], text: str) -> None:
        self.tokens, self.text, self.at, self.depth = tokens, text, 0, 0

    def whole(self) -> Node:
        node = self._or()
        if self.at < len(self.tokens):
            raise _wrong(_("条件里“%s”处读不懂。") % self._now()[1])
        return node

    def _now(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _take(self, *wanted: str) -> str:
        """Return the next sign or word if it is one of `wanted`, and go on; else an empty text."""
        kind, said = self._now()
        if kind in ("sign", "word") and said in wanted:
            self.at += 1
            return said
        return ""

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise _wrong(_("条件“%(text)s”里缺少“%(sign)s”。") % {"text": self.text[:40], "sign": sign})

    def _or(self) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise _wrong(_("条件的括号太多。"))
        found = [self._and()]
        while self._take("or"):
            found.append(self._and())
        self.depth -= 1
        return found[0] if len(found) == 1 else Node("or", tuple(found))

    def _and(self) -> Node:
        found = [self._comparison()]
        while self._take("and"):
            found.append(self._comparison())
        return found[0] if len(found) == 1 else Node("and", tuple(found))

    def _comparison(self) -> Node:
        left = self._operand()
        sign = self._take(*COMPARED)
        return Node(sign, (left, self._operand())) if sign else left

    def _operand(self) -> Node:
        kind, said = self._now()
        self.at += 1
        if kind == "name":
            return Node("ref", value=said[2:-1])
        if kind == "number":
            return Node("value", value=float(said))
        if kind == "text":
            return Node("value", value=said[1:-1])
        if said == ".":
            return Node("self")
        if said == "-" and self._now()[0] == "number":
            return Node("value", value=-self._operand().value)
        if said == "(":
            node = self._or()
            self._need(")")
            return node
        if kind == "word":
            return self._call(said)
        raise _wrong(_("条件“%s”不完整。") % self.text[:40])

    def _call(self, name: str) -> Node:
        if name not in FUNCTIONS:
            words = _("条件里的“%(name)s”还不支持；可以用 %(known)s。")
            raise _wrong(words % {"name": name, "known": "and, or, not, selected, count-selected, string-length"})
        self._need("(")
        parts = [self._or()]
        while self._take(","):
            parts.append(self._or())
        self._need(")")
        if len(parts) != FUNCTIONS[name]:
            raise _wrong(_("“%(name)s”要写 %(number)d 个参数。") % {"name": name, "number": FUNCTIONS[name]})
        return Node(name, tuple(parts))


def _value(node: Node, answers: Mapping[str, Value], own: Value) -> Value:
    if node.kind == "value":
        return node.value
    if node.kind == "ref":
        return answers.get(str(node.value))
    if node.kind == "self":
        return own
    parts = [_value(part, answers, own) for part in node.parts]
    if node.kind == "and":
        return all(parts)
    if node.kind == "or":
        return any(parts)
    if node.kind in COMPARED:
        return _compare(node.kind, parts[0], parts[1])
    return _function(node.kind, parts)


def _function(name: str, parts: list[Value]) -> Value:
    first = parts[0]
    if name == "not":
        return not first
    if name == "string-length":
        return float(len(_text(first)))
    chosen = first if isinstance(first, list) else [_text(first)] if first not in (None, "") else []
    return float(len(chosen)) if name == "count-selected" else _text(parts[1]) in chosen


def _compare(sign: str, left: Value, right: Value) -> bool:
    one, other = _number(left), _number(right)
    if sign in ("=", "!="):
        same = one == other if one is not None and other is not None else _text(left) == _text(right)
        return same == (sign == "=")
    if one is None or other is None:
        return False
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign]


def _text(value: Value) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or value is None or isinstance(value, list):
        return None
    try:
        return float(value)
    except ValueError:
        return None
