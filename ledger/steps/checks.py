"""What cannot be in a table of steps: each fault in words, found when the table is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from ledger.steps.definition import TableData


def faults_of[S: str, V: str, P: str](table: TableData[S, V, P]) -> list[str]:
    """Everything that is wrong with `table`; where names are unknown nothing else is asked."""
    return [*_unknown_names(table)] or [
        *_repeated_states(table),
        *_unreachable_states(table),
        *_nobody(table),
        *_two_ways(table),
        *_two_meanings(table),
        *_moves_without_version(table),
        *_needs_without_words(table),
        *_unused(table),
    ]


def _unknown_names[S: str, V: str, P: str](table: TableData[S, V, P]) -> Iterator[str]:
    states = {str(state.name) for state in table.states}
    named = [line.source for line in table.transitions] + [line.target for line in table.transitions if line.target]
    for name in sorted({*map(str, named), *map(str, table.beginnings.values())} - states):
        yield f"unknown state {name}"
    for verb in sorted({line.verb for line in table.transitions} - set(table.verbs)):
        yield f"no words for the verb {verb}"
    for party in sorted({party for line in table.transitions for party in line.who} - set(table.parties)):
        yield f"no words for the party {party}"
    if not table.beginnings:
        yield "no beginning"


def _repeated_states[S: str, V: str, P: str](table: TableData[S, V, P]) -> Iterator[str]:
    for name, count in Counter(str(state.name) for state in table.states).items():
        if count > 1:
            yield f"state {name} stands there {count} times"


def _unreachable_states[S: str, V: str, P: str](table: TableData[S, V, P]) -> Iterator[str]:
    reached = {str(name) for name in table.beginnings.values()}
    while more := {str(line.target) for line in table.moves if line.source in reached} - reached:
        reached |= more
    for state in table.states:
        if str(state.name) not in reached:
            yield f"nothing leads to {state.name}"
    for line in table.transitions:
        if line.target is None and not any(
            (move.source, move.verb) == (line.source, line.verb) for move in table.moves
        ):
            yield f"{line.verb} leads back from {line.source}, which nothing leads to"


def _nobody[S: str, V: str, P: str](table: TableData[S, V, P]) -> Iterator[str]:
    for line in table.transitions:
        if not line.who:
            yield f"nobody may {line.verb} in {line.source}"


def _two_ways[S: str, V: str, P: str](table: TableData[S, V, P]) -> Iterator[str]:
    """The same verb of the same party in the same state must be one line."""
    for one, other in combinations(table.transitions, 2):
        if (one.source, one.verb) == (other.source, other.verb) and (both := one.who & other.who):
            yield f"two lines for {one.verb} by {', '.join(sorted(both))} in {one.source}"


def _two_meanings[S: str, V: str, P: str](table: TableData[S, V, P]) -> Iterator[str]:
    """What an event says of the state must be one thing, or no history could be replayed."""
    for one, other in combinations(table.transitions, 2):
        if (one.source, one.event) == (other.source, other.event) and one.target != other.target:
            yield f"event {one.event} leads from {one.source} to {one.target} and to {other.target}"


def _moves_without_version[S: str, V: str, P: str](table: TableData[S, V, P]) -> Iterator[str]:
    for line in table.transitions:
        if line.keeps_version and not line.stays:
            yield f"{line.verb} moves from {line.source}, so it cannot keep the version"


def _needs_without_words[S: str, V: str, P: str](table: TableData[S, V, P]) -> Iterator[str]:
    wanting = {
        (str(line.verb), str(need))
        for line in table.transitions
        for need in line.needs
        if str(need) not in table.needs and (str(line.verb), str(need)) not in table.needs
    }
    for verb, need in sorted(wanting):
        yield f"no words for the need {need} of {verb}"


def _unused[S: str, V: str, P: str](table: TableData[S, V, P]) -> Iterator[str]:
    for verb in table.verbs:
        if not any(line.verb == verb for line in table.transitions):
            yield f"no line for the verb {verb}"
