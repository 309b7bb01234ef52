"""Figures that a room can give: the shape that every room's `indicators.py` fills.

A room's own `indicators.py` has ``SOURCES``: what it counts, and the indicators over it. `settings.INDICATORS` lists
the rooms; `reporting.indicators.room_figures` reads them for the numbers page, its files and the quarterly report.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.directory.models import Area, Department
from accounts.permissions import Asker

MINIMUM = 5
"""Fewer cases than this have no share: three replies do not tell how a department works."""
NOT_GIVEN = ("", "")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked about; None or empty is "all". Days are local and both included."""

    area: Area | None = None
    since: date | None = None
    until: date | None = None
    department: Department | None = None
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that is counted, and what it may be grouped by; area and department are code and name."""

    pk: int
    count: int = 1
    """How many things it stands for, where alike ones are counted together."""
    area: tuple[str, str] = NOT_GIVEN
    department: tuple[str, str] = NOT_GIVEN
    category: str = ""
    day: date | None = None
    """The local day that puts it into a period; None for what is counted as it stands now."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part with what it is a part of; fewer than `minimum` are too few to speak of a share.

    >>> Ratio(3, 4, minimum=5).percent, Ratio(4, 7).percent, Ratio(4, 7).share
    (None, 57, 0.5714)
    """

    part: int
    whole: int
    minimum: int = MINIMUM

    @property
    def share(self) -> float | None:
        """From 0 to 1, rounded to four places."""
        return round(self.part / self.whole, 4) if self.whole >= max(1, self.minimum) else None

    @property
    def percent(self) -> int | None:
        return None if self.share is None else round(100 * self.part / self.whole)


def _every(case: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One definition of a figure, whatever shows it.

    `numerator` and `denominator` say in words what `in_part` and `in_whole` tell of one case.
    """

    code: str
    title: Any
    numerator: Any
    denominator: Any
    in_part: Callable[[Any], bool]
    in_whole: Callable[[Any], bool] = _every
    unit: Any = "%"
    """``%`` shows the share; any other unit shows how many of how many."""
    minimum: int = MINIMUM
    in_report: bool = False
    """Whether the quarterly report has it too, by department."""
    part_list: str = ""
    """What the source's list is narrowed to so that it holds the part, its ``figure`` or a query such as ``class=6``;
    `whole_list` the same of the whole, where that is not everything."""
    whole_list: str = ""

    @property
    def counts_all(self) -> bool:
        """Whether the whole is every case."""
        return self.in_whole is _every

    def of(self, cases: Iterable[Any]) -> Ratio:
        """Count the cases; what is no part of the whole is no part at all."""
        whole = [case for case in cases if self.in_whole(case)]
        part = sum(case.count for case in whole if self.in_part(case))
        return Ratio(part, sum(case.count for case in whole), self.minimum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Cases of one kind, narrowed to what the asker may see and what the scope says, and the indicators over them."""

    code: str
    cases: Callable[[Any, Scope, date], Iterable[Any]]
    """Who asks (an Asker, or the site itself for a report), scope and today -> cases."""
    indicators: tuple[Indicator, ...] = ()
    alike: Callable[[Any, Scope, date, Sequence[str]], Mapping[str, Iterable[Any]]] | None = None
    """The same with one case for all that are alike, by each of some groupings (``area``, ``department``, ``category``,
    ``month`` or nothing); where there are so many that the database should count them, and read them once."""
    note: Any = ""
    """Which parts of a scope count here, where not every one does."""
    address: Callable[[Scope], str] | None = None
    """The list that shows the same things."""
    tileset: str = ""
    """Where the map draws the cases, by their `pk`."""
    section: Callable[[Asker], str] | None = None
    """The room's own part of the numbers page as HTML, for when nothing is narrowed."""
