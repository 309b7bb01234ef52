"""What the numbers page counts of matters: all of them, and groups of them, each with every indicator offered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import repeat
from typing import Any

from django.utils.translation import gettext as _

from accounts.indicators import Indicator, Ratio
from accounts.permissions import Asker
from reporting.dashboard.distribution import Spread, bin_of, spread
from reporting.dashboard.selection import Grouping, Selection, list_address, month_within
from reporting.indicators.room_figures import KEYS, MATTERS, cases_by, group, sources
from supervision.models import Category

COUNTS = {"all": "", "replied": "replied", "late": "late", "overdue": "overdue"}
"""What is counted besides indicators, and what the list is narrowed to for it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of some matters."""

    indicator: Indicator
    ratio: Ratio
    part_url: str = ""
    whole_url: str = ""
    """The lists of what is counted; empty where there is none."""


@dataclass(frozen=True)
class Group:
    """Figures of some matters, each share with what it is a share of. Each is counted once, at its first use."""

    key: str
    label: str
    cases: Sequence[Any] = ()
    query: str = ""
    listed: str | None = None
    """The question about these matters alone, for their list; None for those that no question can name."""

    @cached_property
    def total(self) -> int:
        return sum(case.count for case in self.cases)

    @cached_property
    def overdue(self) -> int:
        return sum(case.count for case in self.cases if case.overdue)

    @cached_property
    def days(self) -> list[int]:
        """How many days each first reply took."""
        return [days for case in self.cases if case.days is not None for days in repeat(case.days, case.count)]

    @property
    def replied(self) -> int:
        return len(self.days)

    @cached_property
    def spread(self) -> Spread | None:
        return spread(self.days)

    @cached_property
    def figures(self) -> list[Figure]:
        """Every indicator over matters, in the order in which it is offered."""
        return [
            Figure(each, each.of(self.cases), self._list(each.part_list), self._list(each.whole_list))
            for each in sources()[MATTERS].indicators
        ]

    @property
    def lists(self) -> dict[str, str]:
        """The address of the list of each figure that is a count, by its name; none where these cannot be listed."""
        return {name: self._list(figure) for name, figure in COUNTS.items()} if self.listed is not None else {}

    def _list(self, figure: str) -> str:
        return "" if self.listed is None else list_address(self.listed, figure)

    @property
    def late(self) -> int:
        """Answered, but some time after the day; with those in time and those overdue they are all that are due."""
        return sum(case.count for case in self.cases if case.is_replied and not case.in_time and not case.overdue)

    def ratio(self, code: str) -> Ratio:
        """The indicator of that code. Raises KeyError for one that is not offered."""
        return {figure.indicator.code: figure.ratio for figure in self.figures}[code]


def cases(asker: Asker, choice: Selection, today: date) -> list[Any]:
    """Read the matters that the question is about, alike ones together, told apart as its table is cut."""
    return cases_cut(asker, choice, today, [choice.by])[choice.by]


def cases_cut(asker: Asker, choice: Selection, today: date, bys: Sequence[str]) -> dict[str, list[Any]]:
    """The same for tables that are cut in several ways; the matters are read once."""
    found = cases_by(sources()[MATTERS], asker, choice, today, bys)
    return {by: [case for case in found[by] if not choice.took or _took(case) == choice.took] for by in bys}


def _took(case: Any) -> str:
    return str(bin_of(case.days)) if case.days is not None else ""


def total_of(found: Sequence[Any], choice: Selection) -> Group:
    """All of them as one group."""
    return Group("", _("合计"), found, listed=choice.query(by=""))


def cut(found: Iterable[Any], choice: Selection) -> list[Group]:
    """Group the matters as the question asks, the largest first; months in their order."""
    label, narrow = _CUTS[choice.by]
    groups = [
        Group(key, label(inside[0]) or _("未确定"), inside, narrow(choice, key), _listed(choice, key))
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
    since, until = month_within(choice, month)
    if (choice.since, choice.until) == (since, until):
        return choice.query(since=None, until=None)
    return choice.query(since=since, until=until)


def _listed(choice: Selection, key: str) -> str | None:
    """The question about one group, whatever the page is narrowed to."""
    if choice.by == Grouping.MONTH:
        since, until = month_within(choice, key)
        return choice.query(by="", since=since, until=until)
    return choice.query(**{"by": "", choice.by: key}) if key else None


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
