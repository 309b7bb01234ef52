"""States rebuilt from events, for the rooms' `chain_checks`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Model, Q, QuerySet

from ledger.chain.declared import Contradiction, Touched
from ledger.steps.table import StepTable

type Story = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Events:
    """Whose events, in which order: `things` is the relation from event to thing, `order` within one thing."""

    model: type[Model]
    events: type[Model]
    thing: str
    state: str
    order: tuple[str, ...]

    def stories(self, touched: Touched, *columns: str) -> Iterator[tuple[int, str, Story]]:
        """Number and state of each touched thing, with the named columns of its events."""
        states = dict(self._things(touched).values_list("pk", self.state))
        rows = self.events._default_manager.order_by(f"{self.thing}_id", *self.order)
        if touched.rows is not None:
            rows = rows.filter(**{f"{self.thing}__in": list(states)})
        told = set()
        for key, group in groupby(rows.values_list(f"{self.thing}_id", *columns).iterator(5000), lambda row: row[0]):
            told.add(key)
            yield key, states[key], [row[1:] for row in group]
        for key in states.keys() - told:
            yield key, states[key], []

    def _things(self, touched: Touched) -> QuerySet[Any]:
        things = self.model._default_manager.order_by()
        own, events = touched.of(self.model._meta.db_table), touched.of(self.events._meta.db_table)
        if own is None or events is None:
            return things
        named = self.events._default_manager.filter(pk__in=events).values(f"{self.thing}_id")
        return things.filter(Q(pk__in=own) | Q(pk__in=named))


class Replay:
    """A check: every thing stands where its table leads by the verbs of its events.

    Events that the table does not know (a booking at a reception) move nothing.
    """

    def __init__(
        self, table: StepTable[Any, Any, Any], model: type[Model], events: type[Model], thing: str,
        *, state: str = "state", verb: str = "verb", order: tuple[str, ...] = ("at", "pk"),
    ) -> None:  # fmt: skip
        self._table, self._verb = table, verb
        self._events = _Events(model, events, thing, state, order)
        self._known = {str(line.event) for line in table.transitions} | {str(name) for name in table.beginnings}

    def __call__(self, touched: Touched) -> Iterable[Contradiction]:
        for key, state, story in self._events.stories(touched, self._verb):
            try:
                expected = str(self._table.replay(verb for (verb,) in story if verb in self._known))
            except ValueError as error:
                expected = str(error)
            if expected != state:
                yield Contradiction(self._events.model._meta.db_table, key, self._events.state, state, expected)


class Continuity:
    """A check for events that say from where to where: each begins where the one before ended, by the table.

    The thing stands where its last event led, or in `beginning` where it has none. Without a `beginning` a history
    begins with an event that has no state before it, and a thing without events may stand anywhere.
    """

    def __init__(
        self, table: StepTable[Any, Any, Any], model: type[Model], events: type[Model], thing: str,
        *, state: str, before: str, after: str, beginning: str | None, order: tuple[str, ...] = ("at", "pk"),
    ) -> None:  # fmt: skip
        self._table, self._beginning, self._columns = table, beginning, (before, after)
        self._events = _Events(model, events, thing, state, order)

    def __call__(self, touched: Touched) -> Iterable[Contradiction]:
        for key, state, story in self._events.stories(touched, *self._columns):
            expected = self._end(story)
            if expected is not None and expected != state:
                yield Contradiction(self._events.model._meta.db_table, key, self._events.state, state, expected)

    def _end(self, story: Story) -> str | None:
        """Where the history leads, or a sentence on the event that cannot follow; None where nothing is said."""
        now = self._beginning
        for before, after in story:
            if now is None and not before:
                now = after
                continue
            if before != (now or before):
                return f"{before} -> {after} after {now}"
            if before != after and self._table.move(before, after) is None:
                return f"no step leads from {before} to {after}"
            now = after
        return now
