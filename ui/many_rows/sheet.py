"""What a room says of a table of many: its columns, whose things are in it, a thing as a row, how a row is applied."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from geokit.refusal import Refusal
from ui.many_rows.table import Column, Edit, Row


@dataclass(frozen=True)
class Filter:
    """A choice by which a table is narrowed: its key in the address, its label, what may be chosen, what that means."""

    key: str
    label: Any
    choices: Callable[[Any], Sequence[tuple[str, Any]]]
    """Of a person: value and label."""
    condition: Callable[[str], Q]


def _never(_edit: Edit) -> Any:
    raise TypeError("every row of this table is a step")


def _nothing(_actor: Any, _asked: Mapping[int, Any]) -> Mapping[int, Refusal]:
    return {}


def _no_lists(_user: Any) -> Mapping[str, Sequence[str]]:
    return {}


def _by_itself(_edit: Edit) -> bool:
    return True


@dataclass(frozen=True)
class Sheet:
    """One table. Rows that are no steps are changed together (`asked`, `change`), a step is taken by itself (`apply`).

    A table in which every row is a step leaves out `asked`, `change` and `alone`.
    """

    name: str
    title: Any
    columns: tuple[Column, ...]
    things: Callable[[Any], QuerySet[Any]]
    """What this person may update, in the order of the page."""
    rows_of: Callable[[Sequence[Any], Any], list[Row]]
    """Things as rows, read together."""
    apply: Callable[[Any, Edit, Any], None]
    """Take the step of a row: thing, edit, actor."""
    last_changes: Callable[[Sequence[Any]], Mapping[int, str]]
    """Who changed each thing last, in words, by its key."""
    search: tuple[str, ...]
    """Paths that hold the words that are searched for."""
    is_open: Q
    """What is still to be done; it stands first, by its day."""
    asked: Callable[[Edit], Any] = _never
    """What an edit asks to be changed. Raises BadInput for a cell that cannot be read."""
    change: Callable[[Any, Mapping[int, Any]], Mapping[int, Refusal]] = _nothing
    """Change many as asked; returns the refusals by key."""
    alone: Callable[[Edit], bool] = _by_itself
    """Whether an edit is a step."""
    filters: tuple[Filter, ...] = ()
    labels: Callable[[], Mapping[Any, Any]] = dict
    """Every value of the choices with its label: also of one that is not open any more."""
    listed: Callable[[Any], Mapping[str, Sequence[str]]] = _no_lists
    """Of a person: what is offered in the columns of kind `listed`."""
    nothing: Any = ""
    """What the page says where there are no rows at all."""

    def rows(self, user: Any, things: Iterable[Any]) -> list[Row]:
        return self.rows_of(list(things), user)

    def row(self, thing: Any, user: Any) -> Row:
        return self.rows_of([thing], user)[0]
