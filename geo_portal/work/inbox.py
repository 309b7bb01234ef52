"""`/work/`: what waits for the person who asks, from every room, in order of due date.

The rooms are listed here; each one's `inbox.py` says what waits (`accounts.inbox` has the shape).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

import inspections.inbox
import layers.inbox
import papers.inbox
import projects.inbox
import reporting.inbox
import river_monitoring.inbox
import stations.inbox
import supervision.inbox
import voters.inbox
from accounts.inbox import Item, Source, Waiting
from accounts.models import Area
from accounts.permissions import within
from geo_portal.work import chain_state

ROOMS: tuple[Source, ...] = (
    supervision.inbox.waiting,
    papers.inbox.waiting,
    inspections.inbox.waiting,
    voters.inbox.waiting,
    river_monitoring.inbox.waiting,
    projects.inbox.waiting,
    reporting.inbox.waiting,
    stations.inbox.waiting,
    layers.inbox.waiting,
    chain_state.waiting,
)

SOON = timedelta(days=7)
PAGE_SIZE = 30
MOST_PAGES = 40
MOST_ON_MAP = 2000
NEVER = date.max


class Span:
    """How soon something is due."""

    OVERDUE, SOON, LATER, NONE = "overdue", "soon", "later", "none"
    NAMES = (
        (OVERDUE, _("已超期")),
        (SOON, _("七天内到期")),
        (LATER, _("以后到期")),
        (NONE, _("没有期限")),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked; empty is "all". `following` asks for what she only follows."""

    kind: str = ""
    span: str = ""
    area: Area | None = None
    page: int = 1
    following: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One item in its kind, with its day and its symbol on the map (``findings:12``)."""

    kind: str
    kind_title: Any
    item: Item
    due_on: date | None
    days_left: int | None
    feature: str

    @property
    def days_late(self) -> int:
        return -(self.days_left or 0)

    @property
    def facts(self) -> list[str]:
        return [fact for fact in self.item.facts if fact]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one span on this page, and how many there are in all."""

    span: str
    title: Any
    total: int
    rows: Sequence[Row]


@dataclass(slots=True)
class Counts:
    """How many wait, by span."""

    overdue: int = 0
    soon: int = 0
    later: int = 0
    none: int = 0

    @property
    def total(self) -> int:
        return self.overdue + self.soon + self.later + self.none

    def of(self, span: str) -> int:
        return int(getattr(self, span)) if span else self.total

    def add(self, other: "Counts") -> None:
        for span, _title in Span.NAMES:
            setattr(self, span, getattr(self, span) + getattr(other, span))


@dataclass(slots=True)
class Inbox:
    """A page of the inbox: groups by span, counts by kind, and what belongs on the map."""

    groups: list[Group] = field(default_factory=list)
    kinds: list[tuple[Waiting, int]] = field(default_factory=list)
    """Every kind with how many of it match the other filters; kinds with none are left out unless chosen."""
    counts: Counts = field(default_factory=Counts)
    """Of the chosen kind and area, whatever the span."""
    everything: int = 0
    """How many wait without any filter."""
    shown: int = 0
    matching: int = 0
    on_map: dict[str, list[int]] = field(default_factory=dict)
    hints: list[Any] = field(default_factory=list)
    pages: int = 1
    page: int = 1


def waiting_for(user: Any, today: date) -> list[Waiting]:
    """Everything that waits for `user`, and what she follows, room by room."""
    return [waiting for room in ROOMS for waiting in room(user, today)]


def look(user: Any, choice: Choice, today: date) -> Inbox:
    """Answer `choice` for `user`."""
    found = Inbox()
    chosen: list[Waiting] = []
    for waiting in waiting_for(user, today):
        if waiting.to_do == choice.following:
            continue
        found.everything += 0 if choice.area is None else waiting.rows.order_by().count()
        narrowed = _in_area(waiting, choice.area)
        if narrowed is None:
            continue
        counts = _count(narrowed, today)
        found.everything += counts.total if choice.area is None else 0
        of_span = counts.of(choice.span)
        if of_span or waiting.kind == choice.kind:
            found.kinds.append((narrowed, of_span))
        if not choice.kind or choice.kind == waiting.kind:
            found.counts.add(counts)
            chosen.append(narrowed)
    _fill(found, [_in_span(waiting, choice.span, today) for waiting in chosen], choice, today)
    return found


def _fill(found: Inbox, chosen: list[Waiting], choice: Choice, today: date) -> None:
    found.matching = found.counts.of(choice.span)
    found.pages = min(MOST_PAGES, max(1, -(-found.matching // PAGE_SIZE)))
    found.page = min(max(1, choice.page), found.pages)
    rows = _rows(chosen, (found.page - 1) * PAGE_SIZE, today)
    found.shown = len(rows)
    found.groups = [
        Group(span, title, found.counts.of(span), of_span)
        for span, title in Span.NAMES
        if (of_span := [row for row in rows if _span(row.due_on, today) == span])
    ]
    present = {row.kind for row in rows}
    found.hints = [waiting.hint for waiting in chosen if waiting.hint and waiting.kind in present]
    found.on_map = _on_map(chosen)


def _in_area(waiting: Waiting, area: Area | None) -> Waiting | None:
    if area is None:
        return waiting
    return _with(waiting, waiting.rows.filter(within(area, waiting.area))) if waiting.area else None


def _in_span(waiting: Waiting, span: str, today: date) -> Waiting:
    return _with(waiting, waiting.rows.filter(_condition(waiting, span, today))) if span else waiting


def _with(waiting: Waiting, rows: QuerySet) -> Waiting:
    parts = {name: getattr(waiting, name) for name in Waiting.__slots__}
    return Waiting(**(parts | {"rows": rows}))


def _condition(waiting: Waiting, span: str, today: date) -> Q:
    """Match the rows of `waiting` that are due in `span`."""
    if not waiting.due:
        return Q() if span == Span.NONE else Q(pk__in=[])
    soon = today + SOON
    return {
        Span.OVERDUE: Q(**{f"{waiting.due}__lt": today}),
        Span.SOON: Q(**{f"{waiting.due}__gte": today, f"{waiting.due}__lte": soon}),
        Span.LATER: Q(**{f"{waiting.due}__gt": soon}),
        Span.NONE: Q(**{f"{waiting.due}__isnull": True}),
    }[span]


def _span(due_on: date | None, today: date) -> str:
    if due_on is None:
        return Span.NONE
    if due_on < today:
        return Span.OVERDUE
    return Span.SOON if due_on <= today + SOON else Span.LATER


def _count(waiting: Waiting, today: date) -> Counts:
    if not waiting.due:
        return Counts(none=waiting.rows.order_by().count())
    spans = {span: Count("pk", filter=_condition(waiting, span, today)) for span, _title in Span.NAMES}
    return Counts(**waiting.rows.order_by().aggregate(**spans))


def _rows(chosen: Iterable[Waiting], offset: int, today: date) -> list[Row]:
    """One page of all kinds together, the earliest due first; within a day in the order of the rooms."""
    ordered = [_ordered(waiting, place, offset + PAGE_SIZE, today) for place, waiting in enumerate(chosen)]
    merged = merge(*ordered, key=lambda keyed: keyed[0])
    return [_row(waiting, row, today) for _key, waiting, row in islice(merged, offset, offset + PAGE_SIZE)]


def _ordered(waiting: Waiting, place: int, most: int, today: date) -> list[tuple[Any, Waiting, Any]]:
    rows = waiting.rows.order_by(F(waiting.due).asc(nulls_last=True), "pk") if waiting.due else waiting.rows
    return [((_due_on(waiting, row) or NEVER, place, number), waiting, row) for number, row in enumerate(rows[:most])]


def _due_on(waiting: Waiting, row: Any) -> date | None:
    return getattr(row, waiting.due) if waiting.due else None


def _row(waiting: Waiting, row: Any, today: date) -> Row:
    due_on = _due_on(waiting, row)
    item = waiting.show(row)
    number = _follow(row, waiting.feature) if waiting.tileset else None
    return Row(
        kind=waiting.kind,
        kind_title=waiting.title,
        item=item,
        due_on=due_on,
        days_left=(due_on - today).days if due_on else None,
        feature=f"{waiting.tileset}:{number}" if number else "",
    )


def _follow(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part, None)
    return row


def _on_map(chosen: Iterable[Waiting]) -> dict[str, list[int]]:
    """Ids per tileset of everything that matches, on this page or not, so that the map shows the same things."""
    found: dict[str, set[int]] = {}
    for waiting in chosen:
        if waiting.tileset:
            ids = waiting.rows.order_by().values_list(waiting.feature, flat=True)[:MOST_ON_MAP]
            found.setdefault(waiting.tileset, set()).update(number for number in ids if number)
    return {tileset: sorted(ids) for tileset, ids in found.items() if ids}
