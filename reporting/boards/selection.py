"""What a board is asked for in its address: one area and one period, for all of its blocks."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Area
from accounts.permissions import Asker, areas_visible_to
from geokit.refusal import Refusal
from reporting.indicators import periods

MOST_CHOICES = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """`area` None is the whole district; `period` is the first day of one of the board's periods."""

    kind: str
    period: date
    area: Area | None = None
    problem: str = ""

    @property
    def until(self) -> date:
        """The last day that is asked about."""
        return periods.end_of(self.kind, self.period)

    @property
    def words(self) -> str:
        place = self.area.name if self.area else _("全区")
        return _("%(place)s，%(period)s") % {"place": place, "period": periods.name_of(self.kind, self.period)}

    def query(self, **other: Any) -> str:
        """The same question as a query string, with some parts put differently; an empty part is left out."""
        parts: dict[str, Any] = {
            "area": self.area.code if self.area else "",
            "period": periods.text_of(self.kind, self.period),
        } | other
        return urlencode([(name, value) for name, value in parts.items() if value])

    def period_of(self, kind: str) -> date:
        """The period of another kind that is over, or running, at the end of what is asked about."""
        return periods.start_of(kind, self.until)


def read_choice(user: Asker, kind: str, given: QueryDict, newest: date) -> Choice:
    """Read the address; what cannot be understood falls back, and `problem` says so."""
    area, problem = None, ""
    if code := given.get("area", ""):
        area = areas_visible_to(user).filter(code=code).first() if len(code) <= 12 and code.isalnum() else None
        problem = "" if area else _("没有这个区域，显示全区。")
    period = periods.start_of(kind, newest)
    if text := given.get("period", ""):
        try:
            period = periods.read(kind, text)
        except Refusal as refusal:
            problem = refusal.message
    return Choice(kind, period, area, problem)


@dataclass(frozen=True, slots=True)
class Step:
    """One place of the time slider: a period as text, in words, where it leads, and whether it is the chosen one."""

    text: str
    words: str
    query: str
    chosen: bool


def timeline(choice: Choice, oldest: date, newest: date) -> list[Step]:
    """The periods from the oldest to the newest that has values, `MOST_CHOICES` at most, and the chosen one."""
    kind = choice.kind
    first, last = periods.start_of(kind, oldest), max(periods.start_of(kind, newest), choice.period)
    days = {periods.shift(kind, last, -back) for back in range(MOST_CHOICES)}
    days = {day for day in days if day >= first} | {choice.period, last}
    return [
        Step(periods.text_of(kind, day), periods.name_of(kind, day),
             choice.query(period=periods.text_of(kind, day)), day == choice.period)
        for day in sorted(days)
    ]  # fmt: skip
