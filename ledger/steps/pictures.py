"""A table of steps drawn for the docs: its states, a Mermaid diagram of what moves, and every transition."""

from collections.abc import Iterable
from typing import Any

from django.utils import translation

from ledger.steps.definition import Transition
from ledger.steps.table import StepTable

Table = StepTable[Any, Any, Any]
HEAD = "<!-- Written by `manage.py draw_steps`; edit the table in the code, then run it again. -->"


def document(table: Table) -> str:
    """The page of one table, in the site's own language, as Markdown with a final newline."""
    with translation.override(None):
        parts = [HEAD, f"# {table.title} (`{table.name}`)", _diagram(table), _states(table), _transitions(table)]
        return "\n\n".join(parts) + "\n"


def _diagram(table: Table) -> str:
    """What moves a thing, as a Mermaid state diagram; steps in which it stays stand in the table below it."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.name}' for state in table.states]
    lines += [f"    [*] --> {name}" for name in dict.fromkeys(table.beginnings.values())]
    moves: dict[tuple[str, str], list[str]] = {}
    for move in table.moves:
        if not move.stays:
            moves.setdefault((move.source, str(move.target)), []).append(str(table.verbs[move.verb]))
    lines += [f"    {source} --> {target} : {'、'.join(verbs)}" for (source, target), verbs in moves.items()]
    left = {source for source, _target in moves}
    lines += [f"    {state.name} --> [*]" for state in table.states if state.name not in left]
    return "\n".join([*lines, "```"])


def _states(table: Table) -> str:
    rows = (
        (state.label, _code(state.name), ", ".join(state.groups), state.tone, state.ring, _begins(table, state.name))
        for state in table.states
    )
    return _markdown("State", "Name", "Groups", "Tone", "Ring", "Begins with", rows=rows)


def _begins(table: Table, state: str) -> str:
    return ", ".join(event for event, name in table.beginnings.items() if event and name == state)


def _transitions(table: Table) -> str:
    """What may happen, one row for all states in which it is the same."""
    sources: dict[tuple[object, ...], list[str]] = {}
    for line in table.transitions:
        sources.setdefault(_cells(table, line), []).append(str(table.label(line.source)))
    rows = (("、".join(labels), *cells) for cells, labels in sources.items())
    return _markdown("From", "Step", "To", "Who", "Needs", "Event", "Notice", "Clock", rows=rows)


def _cells(table: Table, line: Transition[Any, Any, Any]) -> tuple[object, ...]:
    """Everything that a row says of a transition but where it starts."""
    to = "back" if line.target is None else "stays" if line.stays else str(table.label(line.target))
    who = "、".join(str(name) for name in table.who_may([line]))
    needs = ", ".join(map(_code, line.needs))
    return str(table.verbs[line.verb]), to, who, needs, _code(line.event), line.notice, line.clock


def _code(name: object) -> str:
    return f"`{name}`"


def _markdown(*heads: str, rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; columns that are empty in every row are left out."""
    cells = [[str(cell) for cell in row] for row in rows]
    used = [index for index in range(len(heads)) if any(row[index] for row in cells)]
    lines = [
        [heads[index] for index in used],
        ["---" for _ in used],
        *([row[index] for index in used] for row in cells),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
