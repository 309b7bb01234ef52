"""What a matter is about, as far as a reader may know it.

Whoever reads a matter need not see the project that it is about: what is not public yet is named to who may see it,
beside the matter and in the events that say it was linked. Points and stations are asked in the same way.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from accounts.permissions import Asker
from projects.permissions import projects_visible_to
from supervision.desk.nearby import KINDS
from supervision.findings.models import Finding
from supervision.findings.permissions import linkable
from supervision.matters.models import MatterLink, Suggestion, SuggestionEvent

NAMING = (SuggestionEvent.Verb.LINKED, SuggestionEvent.Verb.UNLINKED)
"""Events whose text is the name of a thing."""


class Thing(NamedTuple):
    """A point, project or station with its kind in words, and the number of the link that staff made, if one did."""

    kind: str
    thing: Any
    link: int | None


def things_of(suggestion: Suggestion, reader: Asker) -> list[Thing]:
    """What the reporter named, then what was linked since."""
    rows: list[Finding | MatterLink] = [*([suggestion.source] if suggestion.source else []), *suggestion.links.all()]
    named = [(kind, row, getattr(row, kind)) for row in rows for kind in KINDS if getattr(row, kind) is not None]
    seen = {
        kind: _seen(reader, kind, {thing.pk for known, _row, thing in named if known == kind})
        for kind in {kind for kind, _row, _thing in named}
    }
    return [
        Thing(_word(kind), thing, row.pk if isinstance(row, MatterLink) else None)
        for kind, row, thing in named
        if thing.pk in seen[kind]
    ]


def _word(kind: str) -> str:
    return str(MatterLink._meta.get_field(kind).verbose_name)  # type: ignore[union-attr]


def _seen(reader: Asker, kind: str, keys: Collection[int]) -> set[int]:
    return set(linkable(reader, kind).filter(pk__in=keys).values_list("pk", flat=True))


def projects_seen(findings: Iterable[Finding], reader: Asker) -> set[int]:
    """Which of the projects that findings are about the reader may see, by their keys."""
    keys = {one.project_id for one in findings if one.project_id is not None}
    return _seen(reader, "project", keys) if keys else set()


def unnamed(events: Iterable[SuggestionEvent], reader: Asker) -> set[int]:
    """The events, by their keys, that name a thing which the reader does not see; the name is as it was then, so that
    of what was renamed since nothing is said to her either."""
    naming = [event for event in events if event.verb in NAMING and event.text]
    if not naming or not projects_visible_to(reader).query.where:  # none, or she sees every project
        return set()
    texts = {event.text for event in naming}
    shown = [linkable(reader, kind).filter(name__in=texts).values_list("name", flat=True) for kind in KINDS]
    known = {name for names in shown for name in names}
    return {event.pk for event in naming if event.text not in known}
