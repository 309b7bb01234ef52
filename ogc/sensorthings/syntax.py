"""`$filter`, `$orderby`, `$expand` and resource paths as trees. One pass over at most 4,000 characters, 20 deep."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from geokit.refusal import BadInput

MOST_TEXT, MOST_TOKENS, DEEPEST = 4_000, 400, 20
COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
TESTS = {"substringof": 2, "startswith": 2, "endswith": 2, "st_within": 2, "st_intersects": 2, "geo.intersects": 2}
"""Functions that are true or false, with the number of their arguments."""
CHANGES = {"tolower": 1, "toupper": 1, "trim": 1, "length": 1, "year": 1, "month": 1, "day": 1, "hour": 1, "now": 0}
_TOKEN = re.compile(
    r"\s*(?:(?P<place>geography'[^']*')|(?P<text>'(?:[^']|'')*')"
    r"|(?P<time>\d{4}-\d\d-\d\dT[0-9:.]{5,15}(?:Z|[+-]\d\d:\d\d)?)|(?P<number>-?\d{1,18}(?:\.\d{1,18})?)(?![\w.])"
    r"|(?P<name>[@A-Za-z_][\w.@]*(?:/[@A-Za-z_][\w.@]*)*)|(?P<sign>[(),]))",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Name:
    """A property, by way of navigations."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A geometry as well-known text."""

    text: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A function, a comparison or a connective, and what it is applied to."""

    name: str
    given: tuple[Any, ...]


def refuse_syntax(parameter: str, text: str = "") -> NoReturn:
    message = _("参数 %(parameter)s 在“%(text)s”附近读不懂。") % {"parameter": parameter, "text": text[:40]}
    raise BadInput(message, code="bad-query")


def parse_filter(text: str) -> Apply:
    """Read `$filter`. Raises BadInput for what is too long, too deep, or not of the language."""
    return _Reader(_tokens(text, "$filter"), "$filter").whole()


def _tokens(text: str, parameter: str) -> list[tuple[str, str]]:
    if len(text) > MOST_TEXT or "\0" in text:
        raise BadInput(_("参数 %s 太长，或含有无效字符。") % parameter, code="query-too-long")
    text, found, at = text.rstrip(), [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            refuse_syntax(parameter, text[at:])
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
        if len(found) > MOST_TOKENS:
            raise BadInput(_("参数 %s 太长，或含有无效字符。") % parameter, code="query-too-long")
    return found


class _Reader:
    """Reads tokens from left to right; `or` binds least."""

    def __init__(self, tokens: list[tuple[str, str]], parameter: str) -> None:
        self.tokens, self.at, self.depth, self.parameter = tokens, 0, 0, parameter

    def whole(self) -> Apply:
        found = self.either()
        if self.at != len(self.tokens):
            self.refuse()
        return self.truth(found)

    def refuse(self) -> NoReturn:
        refuse_syntax(self.parameter, " ".join(text for _kind, text in self.tokens[self.at : self.at + 5]))

    def next(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, text: str) -> bool:
        taken = self.next()[0] in ("name", "sign") and self.next()[1] == text
        self.at += taken
        return taken

    def need(self, text: str) -> None:
        if not self.take(text):
            self.refuse()

    def either(self) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadInput(_("参数 %s 嵌套太深。") % self.parameter, code="query-too-deep")
        found = self.both()
        while self.take("or"):
            found = Apply("or", (self.truth(found), self.truth(self.both())))
        self.depth -= 1
        return found

    def both(self) -> Any:
        found = self.single()
        while self.take("and"):
            found = Apply("and", (self.truth(found), self.truth(self.single())))
        return found

    def truth(self, found: Any) -> Apply:
        if not isinstance(found, Apply) or found.name in CHANGES:
            self.refuse()
        return found

    def single(self) -> Any:
        if self.take("not"):
            self.depth += 1
            if self.depth > DEEPEST:
                self.refuse()
            found = Apply("not", (self.truth(self.single()),))
            self.depth -= 1
            return found
        left = self.operand()
        word = self.next()[1] if self.next()[0] == "name" else ""
        if word not in COMPARISONS:
            return left
        self.at += 1
        right = self.operand()
        # `substringof('a', name) eq true` is how older clients say it.
        if isinstance(left, Apply) and left.name not in CHANGES:
            if word not in ("eq", "ne") or not isinstance(right, bool):
                self.refuse()
            return left if (word == "eq") == right else Apply("not", (left,))
        return Apply(word, (left, right))

    def operand(self) -> Any:
        kind, text = self.next()
        if self.take("("):
            found = self.either()
            self.need(")")
            return found
        self.at += 1
        if kind == "name":
            return self.named(text)
        return self.literal(kind, text)

    def named(self, text: str) -> Any:
        if text in ("true", "false"):
            return text == "true"
        if text == "null":
            return None
        count = {**TESTS, **CHANGES}.get(text)
        if count is None or not self.take("("):
            return Name(tuple(text.split("/")))
        given = []
        for number in range(count):
            if number:
                self.need(",")
            given.append(self.either())
        self.need(")")
        return Apply(text, tuple(given))

    def literal(self, kind: str, text: str) -> Any:
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "place":
            return Place(text[len("geography'") : -1])
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "time":
            return moment(text, self.parameter)
        self.at -= 1
        self.refuse()


def moment(text: str, parameter: str) -> dt.datetime:
    """Read a time; without a zone it is UTC."""
    try:
        found = dt.datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        refuse_syntax(parameter, text)


def split_outside(text: str, sign: str, parameter: str) -> list[str]:
    """Split at `sign` where it is inside no brackets and no quotes.

    >>> split_outside("A($filter=x eq ',';$top=1),B", ",", "$expand")
    ["A($filter=x eq ',';$top=1)", 'B']
    """
    if len(text) > MOST_TEXT or "\0" in text:
        raise BadInput(_("参数 %s 太长，或含有无效字符。") % parameter, code="query-too-long")
    parts, depth, quoted, start = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if depth < 0 or depth > DEEPEST:
                refuse_syntax(parameter, text[at:])
            if letter == sign and depth == 0:
                parts.append(text[start:at])
                start = at + 1
    if depth or quoted:
        refuse_syntax(parameter, text[start:])
    return [*parts, text[start:]]


SEGMENT = re.compile(r"([A-Za-z_@][\w@.]{0,60})(?:\((?:(\d{1,18})|'([^'\0]{1,120})')\))?", re.ASCII)


def parse_path(text: str) -> list[tuple[str, str | int | None]]:
    """Read `Things(1)/Datastreams` as names, each with its identifier or None. Raises BadInput."""
    segments: list[tuple[str, str | int | None]] = []
    for part in text.strip("/").split("/")[: DEEPEST + 1]:
        match = SEGMENT.fullmatch(part.removeprefix("$")) if part in ("$ref", "$value") else SEGMENT.fullmatch(part)
        if match is None or len(segments) == DEEPEST:
            raise BadInput(_("没有这个地址：%s") % part[:60], code="bad-path")
        key: str | int | None = int(match[2]) if match[2] else match[3]
        segments.append((part if part.startswith("$") else match[1], key))
    return segments
