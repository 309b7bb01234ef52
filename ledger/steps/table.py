"""A table of steps and what can be answered from it. Plain Python, no Django.

A table is checked when it is made: a mistake in it is a `TableError` at import, not a wrong step one day. Names are
strings; a room that has an enumeration of them passes its members and gets them back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from geokit.refusal import FieldError
from ledger.steps.checks import faults_of
from ledger.steps.definition import State, TableData, Transition, Words


class TableError(ValueError):
    """A table that cannot be: every fault in it, one a line."""


@dataclass(frozen=True)
class StepTable[S: str, V: str, P: str](TableData[S, V, P]):
    """What may happen to one kind of thing; its fields are those of `TableData`. Raises TableError."""

    def __post_init__(self) -> None:
        if faults := faults_of(self):
            raise TableError("\n".join(f"{self.name}: {fault}" for fault in faults))

    # States

    @cached_property
    def _by_name(self) -> dict[str, State[S]]:
        return {str(state.name): state for state in self.states}

    def state(self, name: str) -> State[S]:
        """The state of that name. Raises KeyError."""
        return self._by_name[str(name)]

    def knows(self, name: str) -> bool:
        """Whether there is a state of that name."""
        return str(name) in self._by_name

    def label(self, name: str) -> Words:
        """What people call a state. Raises KeyError."""
        return self.state(name).label

    def choices(self, *groups: str) -> list[tuple[str, str]]:
        """Names and labels, for the choices of a field or a filter; of all states, or of those in `groups`."""
        names = self.in_group(*groups) if groups else [state.name for state in self.states]
        return [(str(name), cast(str, self.label(name))) for name in names]

    def in_group(self, *groups: str) -> tuple[S, ...]:
        """Names of the states in any of `groups`, in the order of the table. Raises KeyError for an unknown group."""
        known = {group for state in self.states for group in state.groups}
        if unknown := set(groups) - known:
            raise KeyError(f"{self.name} has no group {', '.join(sorted(unknown))}")
        return tuple(state.name for state in self.states if set(state.groups) & set(groups))

    # Transitions

    def lines_of(self, verb: str) -> tuple[Transition[S, V, P], ...]:
        """Every transition that `verb` stands for, from whichever state. Raises KeyError for an unknown verb."""
        if verb not in self.verbs:
            raise KeyError(f"{self.name} has no verb {verb}")
        return tuple(line for line in self.transitions if line.verb == verb)

    def sources(self, verb: str) -> tuple[S, ...]:
        """The states in which `verb` may be done, for a query that writes only there. Raises KeyError."""
        return tuple(dict.fromkeys(line.source for line in self.lines_of(verb)))

    def move(self, source: str, target: str) -> Transition[S, V, P] | None:
        """The transition from one state to another, for those who choose by where it leads; None if there is none."""
        return next((line for line in self.moves if (line.source, line.target) == (source, target)), None)

    def steps_from(self, state: str, came_from: str | None = None) -> tuple[Transition[S, V, P], ...]:
        """What may happen in `state`, whoever does it, in the order of the verbs.

        A transition that leads back leads to `came_from`; where that is not known, it is left out.
        """
        lines = self._moves_from.get(str(state), ())
        return tuple(line for line, leads_back in lines if line.target == came_from or not leads_back)

    def leads_back_from(self, state: str) -> bool:
        """Whether it matters in `state` where the thing came from."""
        return any(line.source == state and line.target is None for line in self.transitions)

    @cached_property
    def _moves_from(self) -> dict[str, list[tuple[Transition[S, V, P], bool]]]:
        """Of each state its moves in the order of the verbs, each with whether it leads back."""
        order = {verb: place for place, verb in enumerate(self.verbs)}
        found: dict[str, list[tuple[Transition[S, V, P], bool]]] = {}
        for line in sorted(self.moves, key=lambda line: order[line.verb]):
            leads_back = replace(line, target=None) in self.transitions
            found.setdefault(str(line.source), []).append((line, leads_back))
        return found

    def steps_now(
        self, state: str, mine: Collection[str], came_from: str | None = None
    ) -> tuple[Transition[S, V, P], ...]:
        """What somebody who is `mine` to the thing may do in `state`, in the order of the verbs."""
        return tuple(line for line in self.steps_from(state, came_from) if not line.who.isdisjoint(mine))

    def who_may(self, lines: Iterable[Transition[S, V, P]]) -> list[Words]:
        """Names of those who may take any of `lines`, in the order of the parties."""
        who = frozenset[P]().union(*(line.who for line in lines))
        return [name for party, name in self.parties.items() if party in who]

    # Needs

    def need_message(self, verb: str, need: str) -> Words:
        """The sentence that says what `verb` still needs. Raises KeyError."""
        own = self.needs.get((str(verb), str(need)))
        return self.needs[str(need)] if own is None else own

    def missing(self, line: Transition[S, V, P], given: Mapping[str, object]) -> list[FieldError]:
        """An error for each need of `line` that is not among `given`, or is empty there."""
        return [
            FieldError(str(need), "required", str(self.need_message(line.verb, need)))
            for need in line.needs
            if not str(given.get(str(need)) or "").strip()
        ]

    # History

    def replay(self, events: Iterable[str]) -> S:
        """The state that a history of event verbs leads to. Raises ValueError for one that cannot have happened."""
        return self.replay_from(events)[0]

    def replay_from(self, events: Iterable[str]) -> tuple[S, S | None]:
        """The state that a history leads to, and where the thing came from to it: what leads back leads there."""
        state, before = self.beginnings.get(""), None
        for event in events:
            if state is None:
                state = self._beginning(event)
                continue
            line = self._recorded(state, event)
            after = line.target or before
            if after is None:
                raise ValueError(f"{self.name}: nowhere to go back to from {state}")
            if not line.stays:
                state, before = after, state
        if state is None:
            raise ValueError(f"{self.name}: a history starts with {' or '.join(self.beginnings)}")
        return state, before

    def _beginning(self, event: str) -> S:
        if event not in self.beginnings:
            raise ValueError(f"{self.name}: no history starts with {event}")
        return self.beginnings[event]

    def _recorded(self, state: S, event: str) -> Transition[S, V, P]:
        for line in self.transitions:
            if line.source == state and line.event == event:
                return line
        raise ValueError(f"{self.name}: no step from {state} records {event}")
