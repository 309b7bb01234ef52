"""Topics that the data at hand suggest (选题参考): the shape that every room fills, and who has filled it.

A room's `topics.py` lists `TopicOffer`s. Each finds topics among what its asker may see, and only there: two people may
get different figures, and none learns of a thing that she could not open. `papers` shows them and begins drafts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point

from accounts.permissions import Asker

MOST_TOPICS = 8
"""Of one offer: a page to choose from, not a list of everything."""
MOST_EVIDENCE = 30
"""Things that a topic shows; its figures count all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with what it is a part of."""

    label: str
    part: int
    whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that a topic rests on: a ``matter``, ``point`` or ``project``, its page, its day and its place."""

    kind: str
    pk: int
    title: str
    url: str
    note: str = ""
    on: date | None = None
    place: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a paper could be about. `key` names it within its offer; `category` is one of the papers'."""

    key: str
    title: str
    summary: str
    figures: Sequence[Figure]
    evidence: Sequence[Evidence]
    total: int
    """How many things it rests on; `evidence` shows the first `MOST_EVIDENCE`."""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicOffer:
    """One way of finding topics, and in words how it finds them."""

    kind: str
    label: Any
    method: Any
    find: Callable[[Asker, date], list[Topic]]


_OFFERS: dict[str, TopicOffer] = {}


def register(offers: Iterable[TopicOffer]) -> None:
    """Have topics found; once, by the room that knows all rooms."""
    _OFFERS.update({offer.kind: offer for offer in offers})


def offers() -> list[TopicOffer]:
    """Return the ways of finding topics, as they were registered."""
    return list(_OFFERS.values())


def topic_of(user: Asker, kind: str, key: str, today: date) -> tuple[TopicOffer, Topic] | None:
    """Return a topic of a way by its key; None where there is none (any more) that `user` may see."""
    offer = _OFFERS.get(kind)
    found = offer.find(user, today) if offer else []
    topic = next((topic for topic in found if topic.key == key), None)
    return (offer, topic) if offer and topic else None
