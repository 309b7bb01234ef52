"""What rooms above add to a thing's page: links with a word of state, under a heading of theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Linked:
    """One link: what it leads to, and how that stands."""

    title: str
    url: str
    state: str = ""
    tone: str = "muted"


@dataclass(frozen=True, slots=True)
class LinkedOffer:
    """A room's links about a thing, of whichever model; none for things that it knows nothing of."""

    kind: str
    heading: Any
    find: Callable[[Any, Any], list[Linked]]
    """Of the thing and the one who asks."""


_OFFERS: dict[str, LinkedOffer] = {}


def register(offer: LinkedOffer) -> None:
    """Have links shown; once, by the room that knows all rooms."""
    _OFFERS[offer.kind] = offer


def sections(thing: Any, user: Any) -> list[tuple[Any, list[Linked]]]:
    """Return the headings with their links; a heading without links is left out."""
    found = [(offer.heading, offer.find(thing, user)) for offer in _OFFERS.values()]
    return [(heading, links) for heading, links in found if links]
