"""The page of the docs with every setting of the district, out of the rules that the rooms declare."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import override

from accounts.rules.definition import Kind, Rule
from accounts.rules.registry import declared

HEAD = """# Settings

Written by `manage.py draw_settings` from what the rooms declare; do not edit. Everything that a district decides is a
rule with an effective date, a history and an export at `/rules/` ([rules of the district](rules.md)); what the machine
needs is an environment variable ([operations](operations.md)). `[rules]` of a `DISTRICT.toml` takes the keys below
([a new district](a-new-district.md)).
"""


def document() -> str:
    """Return the page, in English with the titles in Chinese beside it."""
    return "\n".join([HEAD, *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    for group, rules in _by_group(lambda rule: _in("en", rule.group)):
        yield f"## {group}\n"
        yield "| key | what | 名称 | default | may be |"
        yield "|---|---|---|---|---|"
        yield from (_line(rule) for rule in rules)
        yield ""


def _by_group(name: Callable[[Rule], str]) -> Iterator[tuple[str, list[Rule]]]:
    """Yield each heading once with its rules, those of several rooms together, in the order of the rooms."""
    found: dict[str, list[Rule]] = {}
    for rule in declared().values():
        found.setdefault(name(rule), []).append(rule)
    yield from found.items()


def _line(rule: Rule) -> str:
    cells = (f"`{rule.key}`", _in("en", rule.title), _in("zh-hans", rule.title), _default(rule), _bounds(rule))
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _default(rule: Rule) -> str:
    with override("en"):
        return rule.words(rule.read(rule.stored(rule.default)))


def _bounds(rule: Rule) -> str:
    """The values that a rule takes."""
    if rule.kind is Kind.CHOICE:
        return ", ".join(f"`{value}` {_in('en', label)}" for value, label in rule.choices)
    if rule.least is not None and rule.most is not None:
        return f"{rule.least} to {rule.most}"
    return KINDS.get(rule.kind, "")


KINDS = {
    Kind.INT: "a whole number",
    Kind.DECIMAL: "a number",
    Kind.BOOL: "true, false",
    Kind.DEPARTMENTS: "codes of departments",
    Kind.DATES: "days",
    Kind.TEXT: "a text",
    Kind.LENGTH: "`10 workdays`, `6 months`, `30 days to-workday`; empty: as its basis",
}


def _in(language: str, text: Any) -> str:
    with override(language):
        return str(text)
