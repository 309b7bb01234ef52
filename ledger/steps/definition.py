"""What a table of steps is made of: states, transitions, and the words for people. Plain Python, no Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol


class Words(Protocol):
    """A text, or one that is translated when it is shown (`gettext_lazy`)."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class State[S: str]:
    """Where a thing can stand.

    `groups` are the sets it belongs to (``"open"``, ``"in_hand"``); `tone` is how a badge shows it (ok, info, warn,
    bad, muted), `ring` names a map sign of the design tokens; both are empty where the state has none.
    """

    name: S
    label: Words
    groups: tuple[str, ...] = ()
    tone: str = ""
    ring: str = ""


@dataclass(frozen=True, slots=True)
class Transition[S: str, V: str, P: str]:
    """One line of a table: in `source`, any party of `who` may do `verb`, and the thing then stands in `target`.

    `needs` name what must be given or on file. `event` is the verb of the event that records the step (the verb
    itself where nothing is said), `notice` the kind of message that goes out, `clock` the clock or date that the step
    sets, both read by the room alone. `keeps_version`: the step writes an event and leaves the row, and so every open
    form, as it is.
    """

    source: S
    verb: V
    target: S | None
    """None: back to where the thing stood before it came to `source`."""
    who: frozenset[P]
    needs: tuple[str, ...] = ()
    event: str = ""
    notice: str = ""
    clock: str = ""
    keeps_version: bool = False

    def __post_init__(self) -> None:
        if not self.event:
            object.__setattr__(self, "event", str(self.verb))

    @property
    def stays(self) -> bool:
        """Whether the thing stands afterwards where it stood before."""
        return self.source == self.target


def from_each[S: str, V: str, P: str](
    sources: Iterable[S], verb: V, target: S | None, who: frozenset[P], needs: tuple[str, ...] = (), *,
    event: str = "", notice: str = "", clock: str = "",
) -> tuple[Transition[S, V, P], ...]:  # fmt: skip
    """One transition from each of `sources` to the same target."""
    return tuple(Transition(source, verb, target, who, needs, event, notice, clock) for source in sources)


def stay[S: str, V: str, P: str](
    states: Iterable[S], verb: V, who: frozenset[P], needs: tuple[str, ...] = (), *,
    event: str = "", notice: str = "", clock: str = "", keeps_version: bool = False,
) -> tuple[Transition[S, V, P], ...]:  # fmt: skip
    """One transition for each of `states`, in which the thing stays: the step is recorded and nothing moves."""
    return tuple(Transition(state, verb, state, who, needs, event, notice, clock, keeps_version) for state in states)


@dataclass(frozen=True)
class TableData[S: str, V: str, P: str]:
    """The data of a `StepTable`.

    `verbs` and `parties` give the words for people, in the order in which they are shown. `needs` has the sentence
    for each need that is not met, under ``need`` or, where a verb has its own, ``(verb, need)``. `beginnings` says
    which event starts a history in which state; under ``""`` stands the state of a thing that has no event yet.
    """

    name: str
    title: Words
    states: tuple[State[S], ...]
    transitions: tuple[Transition[S, V, P], ...]
    verbs: Mapping[V, Words]
    parties: Mapping[P, Words]
    beginnings: Mapping[str, S]
    needs: Mapping[str | tuple[str, str], Words] = field(default_factory=dict)

    @cached_property
    def moves(self) -> tuple[Transition[S, V, P], ...]:
        """Every transition with a target: one that leads back stands once for each state that it can lead back to."""
        return tuple(
            move
            for line in self.transitions
            for move in ([line] if line.target else self._resolved(line, self._can_come_from(line.source)))
        )

    def _resolved(self, line: Transition[S, V, P], targets: Iterable[S]) -> list[Transition[S, V, P]]:
        return [replace(line, target=target) for target in targets]

    def _can_come_from(self, state: S) -> list[S]:
        found = {line.source for line in self.transitions if line.target == state and not line.stays}
        return [known.name for known in self.states if known.name in found]
