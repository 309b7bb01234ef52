"""What a board's page is made of: everything that it draws from, and one block as it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import Area
from accounts.permissions import NARROW, Asker
from reporting.boards.blocks import OVER_MANY
from reporting.boards.selection import Choice
from reporting.observations.places import Place
from reporting.observations.queries import total_of
from reporting.observations.series import Series, Value


def place_query(place: Place) -> str:
    """What an address says of a place: the code of an area, the key of a point or feature."""
    return f"area={place.code}" if isinstance(place, Area) else f"feature={place.pk}"


@dataclass(frozen=True, slots=True)
class Key:
    """One class of a legend: its colour, its words, and of circles their radius (0: a filled area)."""

    fill: str
    words: str
    radius: float = 0


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
    legend: list[Key] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    lists: list[list[str]] = field(default_factory=list)
    """Of each row below the head the rows of the indicator behind each cell, or none; for files that lead there."""
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
    places: Mapping[str, Sequence[Place]]
    """By indicator (its code) what it has values of, as far as the reader may see it; points in a chosen area only."""
    district: Area | None
    is_entrance: bool = False
    """Whether the board leads to the others."""

    def address(self, area: Place) -> str:
        """Filter the board by an area; by the chosen one again: the whole district."""
        return f"{self.path}?{self.choice.query(area='' if area == self.choice.area else area.code)}"

    def rows_address(self, series: Series) -> Any:
        """Lead to the rows behind a bar."""
        url = reverse("boards:indicator", args=[series.indicator.code])
        return lambda place: f"{url}?{place_query(place)}"

    def map_address(self, series: Series) -> Any:
        """What a click on the map does: an area filters the board; a point or feature leads to its rows."""
        return self.address if series.indicator.is_of_areas else self.rows_address(series)

    def period(self, series: Series) -> date:
        """The newest period of the indicator with a value that is not after what is asked about."""
        wanted = self.choice.period_of(series.indicator.period_kind)
        return series.newest(wanted) or wanted

    def places_of(self, series: Series) -> Sequence[Place]:
        """What the indicator has values of; points and features only those with a value in what was read."""
        found = self.places.get(series.indicator.code, [])
        if series.indicator.is_of_areas:
            return found
        valued = {key for column in series.columns.values() for key in column.places}
        return [place for place in found if place.pk in valued]

    def values(self, series: Series) -> dict[date, Value]:
        """The values of what is asked about: of the chosen area where it has its own, else of all areas together."""
        return {day: self.value(series, day) for day in series.periods}

    def value(self, series: Series, day: date) -> Value:
        area = self.choice.area
        level = series.indicator.level
        if area is not None and series.indicator.is_of_areas and (area.level == level or area.level in NARROW):
            return series.at(area.pk, day)
        if area is None and level == Area.Level.DISTRICT and self.district is not None:
            return series.at(self.district.pk, day)
        shown = {one.pk for one in self.places.get(series.indicator.code, [])}
        return total_of(series.indicator, [value for key, value in series.of_all(day).items() if key in shown])
