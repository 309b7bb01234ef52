"""What a board's page is made of: everything that it draws from, and one block as it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import Area
from accounts.permissions import NARROW, Asker
from reporting.boards.blocks import OVER_MANY
from reporting.boards.selection import Choice
from reporting.observations.queries import total_of
from reporting.observations.series import Series, Value


@dataclass(slots=True)
class Block:
    """One block as the page shows it; `rows` are what a file has of it, the head first."""

    kind: str
    title: str
    wide: bool
    text: str = ""
    svg: str = ""
    note: str = ""
    series: Series | None = None
    number: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    tone: str = ""
    legend: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    """Address, words and small words of things that a list names."""
    url: str = ""

    @property
    def is_table(self) -> bool:
        """Whether it is told by its rows alone."""
        return self.kind in OVER_MANY


@dataclass(slots=True)
class Page:
    """Everything that a board draws from, read once."""

    user: Asker
    choice: Choice
    path: str
    series: Mapping[str, Series]
    areas: dict[str, list[Area]]
    district: Area | None
    is_entrance: bool = False
    """Whether the board leads to the others."""

    def address(self, area: Area) -> str:
        """Filter the board by an area; by the chosen one again: the whole district."""
        return f"{self.path}?{self.choice.query(area='' if area == self.choice.area else area.code)}"

    def rows_address(self, series: Series) -> Any:
        """Lead to the rows behind a bar."""
        url = reverse("boards:indicator", args=[series.indicator.code])
        return lambda area: f"{url}?area={area.code}"

    def period(self, series: Series) -> date:
        """The newest period of the indicator with a value that is not after what is asked about."""
        wanted = self.choice.period_of(series.indicator.period_kind)
        return series.newest(wanted) or wanted

    def of_level(self, level: str) -> list[Area]:
        return self.areas.get(level, [])

    def values(self, series: Series) -> dict[date, Value]:
        """The values of what is asked about: of the chosen area where it has its own, else of all areas together."""
        return {day: self.value(series, day) for day in series.periods}

    def value(self, series: Series, day: date) -> Value:
        area = self.choice.area
        level = series.indicator.level
        if area is not None and (area.level == level or area.level in NARROW):
            return series.at(area.pk, day)
        if area is None and level == Area.Level.DISTRICT and self.district is not None:
            return series.at(self.district.pk, day)
        shown = {one.pk for one in self.of_level(level)}
        return total_of(series.indicator, [value for key, value in series.of_all(day).items() if key in shown])
