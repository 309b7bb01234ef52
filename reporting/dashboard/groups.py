"""What the numbers page counts of matters: all of them, and groups of them, each with every indicator offered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.indicators import Indicator, Ratio
from accounts.permissions import Asker
from reporting.dashboard.distribution import Spread, bin_of, spread
from reporting.dashboard.selection import Grouping, Selection, month_span
from reporting.indicators.room_figures import KEYS, MATTERS, group, sources
from supervision.models import Category


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of some matters."""

    indicator: Indicator
    ratio: Ratio


@dataclass(frozen=True)
class Group:
    """Figures of some matters, each share with what it is a share of. Each is counted once, at its first use."""

    key: str
    label: str
    cases: Sequence[Any] = ()
    query: str = ""

    @property
    def total(self) -> int:
        return len(self.cases)

    @cached_property
    def overdue(self) -> int:
        return sum(case.overdue for case in self.cases)

    @cached_property
    def days(self) -> list[int]:
        """How many days each first reply took."""
        return [case.days for case in self.cases if case.days is not None]

    @property
    def replied(self) -> int:
        return len(self.days)

    @cached_property
    def spread(self) -> Spread | None:
        return spread(self.days)

    @cached_property
    def figures(self) -> list[Figure]:
        """Every indicator over matters, in the order in which it is offered."""
        return [Figure(each, each.of(self.cases)) for each in sources()[MATTERS].indicators]

    def ratio(self, code: str) -> Ratio:
        """The indicator of that code. Raises KeyError for one that is not offered."""
        return {figure.indicator.code: figure.ratio for figure in self.figures}[code]


def cases(asker: Asker, choice: Selection, today: date) -> list[Any]:
    """Read the matters that the question is about."""
    found = sources()[MATTERS].cases(asker, choice, today)
    return [case for case in found if not choice.took or _took(case) == choice.took]


def _took(case: Any) -> str:
    return str(bin_of(case.days)) if case.days is not None else ""


def total_of(found: Sequence[Any]) -> Group:
    """All of them as one group."""
    return Group("", _("合计"), found)


def cut(found: Iterable[Any], choice: Selection) -> list[Group]:
    """Group the matters as the question asks, the largest first; months in their order."""
    label, narrow = _CUTS[choice.by]
    groups = [
        Group(key, label(inside[0]) or _("未确定"), inside, narrow(choice, key))
        for key, inside in group(found, KEYS[choice.by]).items()
    ]
    if choice.by == Grouping.MONTH:
        return sorted(groups, key=lambda each: each.key)
    return sorted(groups, key=lambda each: (-each.total, each.key))


def by_month(found: Iterable[Any], choice: Selection) -> list[Group]:
    """Months from the first to the last, the empty ones too."""
    groups = {each.key: each for each in cut(found, replace(choice, by=Grouping.MONTH))}
    if not groups:
        return []
    year, month = map(int, min(groups).split("-"))
    last, series = max(groups), []
    while (key := f"{year}-{month:02d}") <= last:
        series.append(groups.get(key) or Group(key, key, query=narrow_to_month(choice, key)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return series


def narrow_to_month(choice: Selection, month: str) -> str:
    """The same question about one month, or about all time where it is that month already."""
    since, until = month_span(month)
    if (choice.since, choice.until) == (since, until):
        return choice.query(since=None, until=None)
    return choice.query(since=since, until=until)


_CUTS: dict[str, tuple[Callable[[Any], str], Callable[[Selection, str], str]]] = {
    Grouping.AREA: (lambda case: case.area[1], lambda choice, key: choice.query(area=key) if key else ""),
    Grouping.DEPARTMENT: (
        lambda case: case.department[1],
        lambda choice, key: choice.query(department=key) if key else "",
    ),
    Grouping.CATEGORY: (
        lambda case: str(Category(case.category).label),
        lambda choice, key: choice.query(category=key),
    ),
    Grouping.MONTH: (KEYS["month"], narrow_to_month),
}
