"""Names of things with a place, as the rooms offer them, found in a text; and what has been said about such a thing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.gis.geos import Point

from accounts.permissions import Asker
from search.text.normal import normal

SHORTEST = 2
"""Characters of a name (姚江); a room leaves out those of its own that are everyday words."""


@dataclass(frozen=True)
class Named:
    """One thing that a text may speak of."""

    kind: str
    object_id: int
    name: str
    address: str
    point: Point | None = None


@dataclass(frozen=True)
class Spoken:
    """A name found in a text, with where it stands first."""

    thing: Named
    at: int


@dataclass(frozen=True)
class Paper:
    """A document about a thing, for that thing's page."""

    title: str
    address: str
    label: Any


type Names = Callable[[], Iterable[Named]]
type Papers = Callable[[Asker, str, int], Sequence[Paper]]

_NAMES: list[Names] = []
_PAPERS: list[Papers] = []


def register(names: Iterable[Names], papers: Iterable[Papers]) -> None:
    """Have names found in texts, and papers shown on pages; once, by the room that knows all rooms."""
    _NAMES[:], _PAPERS[:] = list(names), list(papers)


def papers_about(user: Asker, kind: str, object_id: int) -> list[Paper]:
    """Return what `user` may read about a thing."""
    return [paper for papers in _PAPERS for paper in papers(user, kind, object_id)]


class Gazetteer:
    """The names of all rooms, read with the first text and kept for those that follow it."""

    def spoken_of(self, text: str) -> list[Spoken]:
        """Return the things whose names stand in a text, in its order: the longest name at each place, a thing once."""
        lower, at, found = normal(text), 0, dict[tuple[str, int], Spoken]()
        while at < len(lower):
            here = self._by_beginning.get(lower[at : at + SHORTEST], ())
            longest = next((len(thing.name) for name, thing in here if lower.startswith(name, at)), 0)
            for name, thing in here if longest else ():
                if len(thing.name) == longest and lower.startswith(name, at):
                    found.setdefault((thing.kind, thing.object_id), Spoken(thing, at))
            at += longest or 1
        return list(found.values())

    @cached_property
    def _by_beginning(self) -> dict[str, list[tuple[str, Named]]]:
        """By its first characters each name as `normal` writes it, with its thing; the longest first."""
        begins: dict[str, list[tuple[str, Named]]] = defaultdict(list)
        for names in _NAMES:
            for thing in names():
                if len(thing.name) >= SHORTEST:
                    name = normal(thing.name)
                    begins[name[:SHORTEST]].append((name, thing))
        for things in begins.values():
            things.sort(key=lambda pair: -len(pair[1].name))
        return begins
