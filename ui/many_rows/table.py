"""What a row of the table is: cells with the text they had and the text they shall have.

A row remembers the version it was read at and the text of every cell then (`base`), so that a later save can tell what
this person changed from what somebody else changed meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from geokit.refusal import FieldError

Kind = Literal["text", "long", "day", "number", "choice", "listed"]
"""`choice`: of the row's own choices; `listed`: free, with what the table lists for the column offered."""
Outcome = Literal["saved", "unchanged", "conflict", "refused"]
Pick = Literal["mine", "theirs"]


MAX_CELL = 5000
"""Characters; a longer text is refused, never cut."""


@dataclass(frozen=True, slots=True)
class Column:
    """One editable column: its key in forms, its head, what is typed into it."""

    key: str
    label: Any
    kind: Kind = "text"
    width: int = 14
    """In characters, for the spreadsheet and the screen alike."""

    @property
    def most(self) -> int:
        """Characters that a cell takes."""
        return MAX_CELL


@dataclass(frozen=True, slots=True)
class Row:
    """A thing as it stands: what is shown of it, its cells as text, the choices and the cells that are closed."""

    pk: int
    version: int
    code: str
    title: str
    url: str
    facts: tuple[str, ...]
    """What stands beside the title and cannot be edited."""
    cells: Mapping[str, str]
    choices: Mapping[str, list[tuple[str, Any]]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of a row: the version and text that were read, and the text that is to be stored.

    `unresolved` are cells that two people changed and for which it is not decided whose text counts.
    """

    pk: int
    version: int
    base: Mapping[str, str]
    values: Mapping[str, str]
    unresolved: frozenset[str] = frozenset()

    @property
    def changed(self) -> dict[str, str]:
        return {key: value for key, value in self.values.items() if value.strip() != self.base.get(key, "").strip()}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an edit. After a conflict `changed_by` names who changed the row meanwhile."""

    edit: Edit
    outcome: Outcome
    errors: tuple[FieldError, ...] = ()
    changed_by: str = ""


def default_pick(edit: Edit, key: str, now: str) -> Pick | None:
    """Whose text to offer first: that of the one who alone changed the cell; None when both did, differently."""
    mine, base = edit.values.get(key, ""), edit.base.get(key, "")
    if mine in (now, base):
        return "theirs"
    return "mine" if now == base else None
