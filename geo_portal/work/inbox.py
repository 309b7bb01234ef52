"""`/work/`: what waits for the person who asks, from every room, grouped by what it is about and in order.

The rooms are listed here; each one's `inbox.py` says what waits (`accounts.inbox` has the shape). What is overdue
or due within a week stands first, of that first what has a day that the law sets; then the rest in the same way.
`ranked` lets the database do that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

import inspections.inbox
import layers.inbox
import meetings.inbox
import papers.inbox
import projects.inbox
import publishing.inbox
import questions.inbox
import reporting.inbox
import river_monitoring.inbox
import stations.inbox
import supervision.inbox
import voters.inbox
from accounts.inbox import Act, Item, Source, Waiting
from accounts.models import Area, Department
from accounts.permissions import within
from geo_portal.work import chain_state
from geo_portal.work.ranked import TOGETHER, Answer, Place, Ranked, of_kinds

ROOMS: tuple[Source, ...] = (
    supervision.inbox.waiting,
    papers.inbox.waiting,
    meetings.inbox.waiting,
    inspections.inbox.waiting,
    voters.inbox.waiting,
    questions.inbox.waiting,
    publishing.inbox.waiting,
    river_monitoring.inbox.waiting,
    projects.inbox.waiting,
    reporting.inbox.waiting,
    stations.inbox.waiting,
    layers.inbox.waiting,
    chain_state.waiting,
)

PAGE_SIZE = 30
MOST_WORDS = 5
MOST_PAGES = 100_000
"""A page far beyond the last is looked for as if it were this one."""


class Span:
    """How soon something is due."""

    OVERDUE, SOON, LATER, NONE = "overdue", "soon", "later", "none"
    NAMES = (
        (OVERDUE, _("已超期")),
        (SOON, _("七天内到期")),
        (LATER, _("以后到期")),
        (NONE, _("没有期限")),
    )


SECTIONS = (
    (True, Span.OVERDUE),
    (True, Span.SOON),
    (False, Span.OVERDUE),
    (False, Span.SOON),
    (True, Span.LATER),
    (False, Span.LATER),
    (False, Span.NONE),
)
"""In which order things stand, as `ranked` has it: what presses first, and of that first what the law presses."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked; empty is "all". `following` asks for what she only follows, `law` for days that the law sets."""

    kind: str = ""
    span: str = ""
    area: Area | None = None
    page: int = 1
    following: bool = False
    words: str = ""
    department: Department | None = None
    law: bool = False

    @property
    def is_narrow(self) -> bool:
        return bool(self.kind or self.span or self.area or self.words or self.department or self.law)


@dataclass(frozen=True, slots=True)
class Row:
    """One item in its kind, with its day and its symbol on the map (``findings:12``).

    `members` are the rows about the same thing, this one's own among them; empty where it stands alone.
    """

    waiting: Waiting
    item: Item
    due_on: date | None
    days_left: int | None
    feature: str
    key: str
    """``kind:key:version``, by which it is chosen for what is done to many."""
    lead: Item | None = None
    law: bool = False
    members: Sequence["Row"] = ()

    @property
    def kind(self) -> str:
        return self.waiting.kind

    @property
    def kind_title(self) -> Any:
        return self.waiting.title

    @property
    def days_late(self) -> int:
        return -(self.days_left or 0)

    @property
    def facts(self) -> list[str]:
        return [fact for fact in self.item.facts if fact]

    @property
    def acts(self) -> tuple[Act, ...]:
        return self.waiting.acts


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one span on this page, and how many there are in all. `law`: their day is set by law."""

    span: str
    title: Any
    total: int
    rows: Sequence[Row]
    law: bool = False

    @property
    def has_acts(self) -> bool:
        """Whether some row of it can be chosen."""
        return any(one.acts for row in self.rows for one in (row.members or [row]))


@dataclass(slots=True)
class Counts:
    """How many things wait, by span, and how many of them have a day that the law sets."""

    overdue: int = 0
    soon: int = 0
    later: int = 0
    none: int = 0
    law: int = 0

    @property
    def total(self) -> int:
        return self.overdue + self.soon + self.later + self.none

    def of(self, span: str) -> int:
        return int(getattr(self, span)) if span else self.total


@dataclass(slots=True)
class Inbox:
    """A page of the inbox: groups by span, counts by kind, and what belongs on the map."""

    groups: list[Group] = field(default_factory=list)
    kinds: list[tuple[Waiting, int]] = field(default_factory=list)
    """Every kind with how many things it leads to under the other filters; kinds with none only where chosen."""
    counts: Counts = field(default_factory=Counts)
    """Of the chosen kind, area, department and words, whatever the span."""
    everything: int = 0
    """How many things wait without any filter."""
    shown: int = 0
    matching: int = 0
    on_map: dict[str, list[int]] = field(default_factory=dict)
    hints: list[Any] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    """What can be done to some row of this page."""
    pages: int = 1
    page: int = 1


def waiting_for(user: Any, today: date) -> list[Waiting]:
    """Everything that waits for `user`, and what she follows, room by room."""
    return [waiting for room in ROOMS for waiting in room(user, today)]


def look(user: Any, choice: Choice, today: date) -> Inbox:
    """Answer `choice` for `user`."""
    asked = [waiting for waiting in waiting_for(user, today) if waiting.to_do != choice.following]
    narrowed = [kept for waiting in asked if (kept := _narrowed(waiting, choice)) is not None]
    chosen = [index for index, waiting in enumerate(narrowed) if not choice.kind or choice.kind == waiting.kind]
    ranked, found = Ranked(narrowed, today, chosen), Inbox()
    answer = _ask(ranked, choice, choice.page)
    together = {(law, span): number for kind, law, span, number in answer.counts if kind == TOGETHER}
    found.counts = _counts(together, choice)
    found.kinds = _kinds(narrowed, answer.counts, choice)
    found.everything = found.counts.total if not choice.is_narrow else _total(Ranked(asked, today).counts())
    _fill(found, narrowed, answer, choice)
    if found.page != max(1, choice.page):
        answer = _ask(ranked, choice, found.page)
    _group(found, _read(narrowed, answer.places, found, today), together)
    return found


def _ask(ranked: Ranked, choice: Choice, page: int) -> Answer:
    before = min(max(1, page), MOST_PAGES) - 1
    return ranked.look(choice.span, PAGE_SIZE, before * PAGE_SIZE, law=choice.law)


def _counts(together: Mapping[tuple[bool, str], int], choice: Choice) -> Counts:
    found = Counts()
    for (law, span), number in together.items():
        if law:
            found.law += number if choice.span in ("", span) else 0
        if law or not choice.law:
            setattr(found, span, getattr(found, span) + number)
    return found


def _total(rows: Iterable[tuple[int, bool, str, int]]) -> int:
    return sum(number for kind, _law, _span, number in rows if kind == TOGETHER)


def _kinds(
    narrowed: Sequence[Waiting], counted: Iterable[tuple[int, bool, str, int]], choice: Choice
) -> list[tuple[Waiting, int]]:
    numbers = dict.fromkeys((TOGETHER, *range(len(narrowed))), 0)
    for kind, law, span, number in counted:
        if choice.span in ("", span) and (law or not choice.law):
            numbers[kind] += number
    found = [(waiting, numbers[index]) for index, waiting in enumerate(narrowed)]
    return [(waiting, number) for waiting, number in found if number or waiting.kind == choice.kind]


def _fill(found: Inbox, kinds: Sequence[Waiting], answer: Answer, choice: Choice) -> None:
    found.matching = found.counts.of(choice.span)
    found.pages = max(1, -(-found.matching // PAGE_SIZE))
    found.page = min(max(1, choice.page), found.pages)
    marks: dict[str, set[int]] = {}
    for kind, feature in answer.on_map:
        marks.setdefault(kinds[kind].tileset, set()).add(int(feature))
    found.on_map = {tileset: sorted(ids) for tileset, ids in marks.items()}


def _read(chosen: Sequence[Waiting], places: Sequence[Place], found: Inbox, today: date) -> list[Row]:
    """The rows of the page, read kind by kind."""
    read: dict[tuple[int, str], Any] = {}
    for kind, keys in of_kinds(places):
        for thing in chosen[kind].rows.filter(pk__in=keys):
            read[kind, str(thing.pk)] = thing
    present = {kind for kind, _key in read}
    found.hints = [chosen[kind].hint for kind in sorted(present) if chosen[kind].hint]
    found.acts = list({act.name: act for kind in sorted(present) for act in chosen[kind].acts}.values())
    return [row for place in places if (row := _row_of(place, chosen, read, today))]


def _row_of(place: Place, chosen: Sequence[Waiting], read: Mapping[tuple[int, str], Any], today: date) -> Row | None:
    """One thing: the row that shows it itself if there is one, the most urgent otherwise, with all of them below."""
    pairs = [(chosen[kind], thing) for kind, key in place.members if (thing := read.get((kind, key))) is not None]
    if not pairs:  # settled by somebody between the two questions
        return None
    rows = [row_of(waiting, thing, today) for waiting, thing in pairs]
    first = next((index for index, (waiting, _thing) in enumerate(pairs) if waiting.lead is None), 0)
    waiting, thing = pairs[first]
    lead = waiting.lead(thing) if waiting.lead else None
    days_left = (place.due - today).days if place.due else None
    members = rows if len(rows) > 1 else ()
    return replace(rows[first], lead=lead, due_on=place.due, days_left=days_left, law=place.law, members=members)


def _group(found: Inbox, rows: Sequence[Row], totals: Mapping[tuple[bool, str], int]) -> None:
    found.shown = len(rows)
    titles: dict[str, Any] = dict(Span.NAMES)
    for law, span in SECTIONS:
        of_span = [row for row in rows if row.law == law and _span(row.days_left) == span]
        if of_span:
            found.groups.append(Group(span, titles[span], totals.get((law, span), 0), of_span, law))


def _span(days_left: int | None) -> str:
    if days_left is None:
        return Span.NONE
    if days_left < 0:
        return Span.OVERDUE
    return Span.SOON if days_left <= 7 else Span.LATER


def _narrowed(waiting: Waiting, choice: Choice) -> Waiting | None:
    """The kind with the rows of the chosen area, department and words; None where it has no such thing."""
    if (choice.area and not waiting.area) or (choice.department and not waiting.department):
        return None
    if choice.words and not waiting.search:
        return None
    rows: QuerySet = waiting.rows
    if choice.area:
        rows = rows.filter(within(choice.area, waiting.area))
    if choice.department:
        rows = rows.filter(**{waiting.department: choice.department.pk})
    if choice.words:
        rows = rows.filter(_says(waiting, choice.words))
    return replace(waiting, rows=rows)


def _says(waiting: Waiting, text: str) -> Q:
    """Each of the words stands in one of the texts."""
    words = text.split()[:MOST_WORDS]
    each = [reduce(or_, (Q(**{f"{path}__icontains": word}) for path in waiting.search)) for word in words]
    return reduce(and_, each, Q())


def row_of(waiting: Waiting, thing: Any, today: date) -> Row:
    """One row of a kind by itself."""
    due_on = getattr(thing, waiting.due) if waiting.due else None
    number = _follow(thing, waiting.feature) if waiting.tileset else None
    return Row(
        waiting=waiting,
        item=waiting.show(thing),
        due_on=due_on,
        days_left=(due_on - today).days if due_on else None,
        feature=f"{waiting.tileset}:{number}" if number else "",
        key=f"{waiting.kind}:{thing.pk}:{getattr(thing, 'version', '')}",
    )


def _follow(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part, None)
    return row
