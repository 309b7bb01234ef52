"""What the page of the rules shows: groups, values in words, what is planned, and the history of one rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.models import Department
from accounts.rules.book import Book
from accounts.rules.definition import Kind, Rule
from accounts.rules.models import RuleChange
from accounts.rules.registry import declared


@dataclass(frozen=True, slots=True)
class Line:
    """A rule with its value in words; `since` is None while the default is in force."""

    rule: Rule
    words: str
    since: date | None
    is_missing: bool
    planned: tuple[tuple[date, str], ...]


class Wording:
    """Values in words; departments by their short names, read once."""

    def __init__(self) -> None:
        self._names: dict[str, str] | None = None

    def of(self, rule: Rule, value: Any) -> str:
        if rule.kind is Kind.DEPARTMENTS and value:
            value = [self._department(code) for code in value]
        return rule.words(value)

    def _department(self, code: str) -> str:
        if self._names is None:
            self._names = dict(Department.objects.values_list("code", "short_name"))
        return self._names.get(code, code)


def lines(book: Book) -> list[Line]:
    """Every rule as it stands today."""
    wording = Wording()
    return [_line(rule, book, wording) for rule in declared().values()]


def line_of(rule: Rule, book: Book) -> Line:
    return _line(rule, book, Wording())


def _line(rule: Rule, book: Book, wording: Wording) -> Line:
    value, change = book.value(rule.key), book.current(rule.key)
    planned = tuple((one.effective_from, wording.of(rule, rule.read(one.value))) for one in book.planned(rule.key))
    since = change.effective_from if change else None
    return Line(rule, wording.of(rule, value), since, rule.is_missing(value), planned)


def lines_in(book: Book, version: int) -> list[Line]:
    """Every rule as it was in a version."""
    wording = Wording()
    values = book.values_in(version)
    return [Line(rule, wording.of(rule, values[key]), None, False, ()) for key, rule in declared().items()]


def grouped(found: list[Line]) -> list[tuple[str, list[Line]]]:
    """Lines below their headings, which come in the order of their first rule."""
    order = list(dict.fromkeys(str(line.rule.group) for line in found))
    found = sorted(found, key=lambda line: order.index(str(line.rule.group)))
    return [(group, list(rows)) for group, rows in groupby(found, key=lambda line: str(line.rule.group))]


@dataclass(frozen=True, slots=True)
class Past:
    """One change in the history of a rule."""

    change: RuleChange
    words: str
    is_planned: bool

    @property
    def withdrawal(self) -> Any:
        return getattr(self.change, "withdrawal", None)

    @property
    def can_be_withdrawn(self) -> bool:
        return self.is_planned and not self.withdrawal


def history(rule: Rule, today: date) -> list[Past]:
    """Every change of a rule, the latest to begin first, withdrawn ones among them."""
    wording = Wording()
    rows = RuleChange.objects.filter(key=rule.key).select_related("actor", "withdrawal__actor")
    rows = rows.order_by("-effective_from", "-pk")
    return [Past(row, wording.of(rule, rule.read(row.value)), row.effective_from > today) for row in rows]


def table(today: date, *, with_names: bool) -> Iterator[list[Any]]:
    """Every value that was, is or is planned to be in force, as rows of a file with their head.

    Who set a value is for people who are signed in.
    """
    head = [_("规则"), _("分组"), _("名称"), _("值"), _("生效日期"), _("登记时间"), _("理由"), _("状态"), _("依据")]
    yield [*head, _("设定人")] if with_names else head
    wording = Wording()
    for rule in declared().values():
        names = [rule.key, rule.group, rule.title]
        yield [*names, wording.of(rule, rule.default), "", "", "", _("默认值"), rule.source, *([""] * with_names)]
        for past in reversed(history(rule, today)):
            change = past.change
            at = f"{timezone.localtime(change.at):%Y-%m-%d %H:%M}"
            row = [*names, past.words, change.effective_from, at, change.reason]
            yield [*row, state_of(past), rule.source, *([str(change.actor or "")] * with_names)]


def state_of(past: Past) -> str:
    """Whether a change was withdrawn, is planned, or has begun."""
    if past.withdrawal:
        return _("已撤回")
    return _("待生效") if past.is_planned else _("已生效")


def basis_in_words(basis: Mapping[str, Any]) -> str:
    """Say by what a judgment was made: "按本区规则第 3 版：告知镇级河长 7 天"; "" where none was stored."""
    if "version" not in basis:
        return ""
    wording, known = Wording(), declared()
    values = [(known[key], stored) for key, stored in basis.items() if key in known]
    words = _("；").join(f"{rule.title} {wording.of(rule, rule.read(stored))}" for rule, stored in values)
    return _("按本区规则第 %(version)s 版：%(words)s") % {"version": basis["version"], "words": words}
