"""How a room describes its things to SensorThings: sets of entities, their properties, and what leads where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Q, QuerySet

from accounts.permissions import Asker

Kind = Literal["text", "number", "time", "place"]


@dataclass(frozen=True, slots=True)
class Property:
    """What a filter or an order may name: the column or annotation behind it, and what it holds."""

    column: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Navigation:
    """What leads from an entity to one or many others.

    `column` of this set's rows holds what `at` of the target's rows has: a to-one goes by it, a to-many comes back.
    `path` is the way of a filter to the target's columns; None where a filter may not go.
    """

    target: str
    many: bool
    column: str
    at: str
    path: str | None = None


@dataclass(frozen=True)
class EntitySet:
    """One set. Its rows are dictionaries: of a queryset's `values`, or fixed ones that everybody may read."""

    name: str
    represent: Callable[[Mapping[str, Any]], dict[str, Any]]
    """Returns the properties of one row as JSON has them, without `@iot.…`."""
    properties: Mapping[str, Property]
    navigations: Mapping[str, Navigation] = field(default_factory=dict)
    rows: Callable[[Asker], QuerySet[Any]] | None = None
    columns: Sequence[str] = ()
    """What is read of a row of `rows`."""
    fixed: Callable[[], Sequence[Mapping[str, Any]]] | None = None
    id_column: str = "pk"
    by_id: Callable[[str | int], Q | None] | None = None
    """Match the row of an identifier; None for what can be none. Default: a whole number."""
    order: Sequence[str] = ("pk",)
    """The order where none is asked for, and the end of every other one, so that pages do not overlap."""


@dataclass(frozen=True)
class Service:
    """All sets by their names."""

    sets: Mapping[str, EntitySet]
