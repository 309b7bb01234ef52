"""The attribute table: what its address asks for, one page of rows, and how many there are.

Pages are found by the row they begin after, not by counting rows from the start, so the last page of a million
rows comes as fast as the first.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from layers.storage import queries
from layers.storage.columns import Column
from layers.storage.models import LayerVersion
from layers.storage.rows import rows_of

PAGE_SIZE = 50
EXACT_COUNT = 100_000
"""Up to so many rows are counted; of more the planner's estimate is given, and said to be one."""
MOST_WORDS = 60
PLACES = ("after", "before", "last")
OWN = ("q", "ordering", "columns", *PLACES)


@dataclass(frozen=True)
class Question:
    """What the address asks of a layer's rows; everything in it has been checked against `columns`."""

    version: LayerVersion
    columns: Mapping[str, Column]
    words: str
    ordering: str
    conditions: Mapping[str, str]
    shown: Mapping[str, Column]

    @property
    def rows(self) -> QuerySet:
        """The rows that meet all conditions, in no order yet."""
        rows = queries.search(rows_of(self.version), self.columns, self.words)
        return queries.with_values(rows, self.columns, self.conditions).defer("geom")

    @property
    def in_order(self) -> QuerySet:
        return queries.ordered(self.rows, self.columns, self.ordering)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.conditions)


@dataclass(frozen=True)
class Window:
    """One page of rows, and whether more lie before and after it."""

    rows: list[Any]
    has_before: bool
    has_after: bool


def question_of(version: LayerVersion, columns: Mapping[str, Column], query: QueryDict) -> Question:
    """Read the address. Raises BadInput for a column that is not there or a value that does not suit it."""
    names = {column.column for column in columns.values()}
    given = {key: str(value).strip() for key, value in query.items()}
    conditions = {
        key: value for key, value in given.items() if value and key not in OWN and ("__" in key or key in names)
    }
    named = [name for part in query.getlist("columns") for name in part.split(",") if name]
    wanted = [queries.attribute_of(columns, name) for name in named]
    shown = {name: column for name, column in columns.items() if not wanted or name in wanted}
    found = Question(
        version, columns, query.get("q", "").strip()[:MOST_WORDS], query.get("ordering", ""), conditions, shown
    )
    queries.ordered(found.rows, columns, found.ordering)
    return found


def window_of(question: Question, query: Mapping[str, str]) -> Window:
    """The page that `after`, `before` or `last` in the address asks for; the first one without them."""
    pivot = _pivot(question, query.get("after") or query.get("before") or "")
    ahead = question.in_order
    if query.get("last"):
        return _backwards(ahead, has_after=False)
    if pivot and query.get("before"):
        return _backwards(ahead.filter(_before(question, *pivot)), has_after=True)
    rows = list((ahead.filter(_after(question, *pivot)) if pivot else ahead)[: PAGE_SIZE + 1])
    return Window(rows[:PAGE_SIZE], has_before=pivot is not None, has_after=len(rows) > PAGE_SIZE)


def _backwards(rows: QuerySet, has_after: bool) -> Window:
    found = list(rows.reverse()[: PAGE_SIZE + 1])
    return Window(found[:PAGE_SIZE][::-1], has_before=len(found) > PAGE_SIZE, has_after=has_after)


def neighbours(question: Question, pk: int) -> tuple[int | None, int | None]:
    """The rows before and after this one in the table's order, as far as its conditions go."""
    pivot = _pivot(question, str(pk))
    if pivot is None:
        return None, None
    ids = question.in_order.values_list("pk", flat=True)
    return ids.reverse().filter(_before(question, *pivot)).first(), ids.filter(_after(question, *pivot)).first()


def _attribute(question: Question) -> str:
    name = question.ordering.removeprefix("-")
    return queries.attribute_of(question.columns, name) if name else "id"


def _pivot(question: Question, text: str) -> tuple[int, Any] | None:
    """The row that the page lies beside: its id and its value in the sorted column. None when it is gone."""
    if not text.isdecimal() or len(text) > 18:
        return None
    row = rows_of(question.version).filter(pk=int(text)).values_list("pk", _attribute(question)).first()
    return (row[0], row[1]) if row else None


def _after(question: Question, pk: int, value: Any) -> Q:
    """Rows that come later: empty values are last, equal ones go by id."""
    name, falls = _attribute(question), question.ordering.startswith("-")
    if name == "id":
        return Q(pk__lt=pk) if falls else Q(pk__gt=pk)
    if value is None:
        return Q(**{f"{name}__isnull": True}, pk__gt=pk)
    beyond = Q(**{f"{name}__{'lt' if falls else 'gt'}": value})
    return beyond | Q(**{name: value}, pk__gt=pk) | Q(**{f"{name}__isnull": True})


def _before(question: Question, pk: int, value: Any) -> Q:
    name, falls = _attribute(question), question.ordering.startswith("-")
    if name == "id":
        return Q(pk__gt=pk) if falls else Q(pk__lt=pk)
    if value is None:
        return Q(**{f"{name}__isnull": False}) | Q(**{f"{name}__isnull": True}, pk__lt=pk)
    return Q(**{f"{name}__{'gt' if falls else 'lt'}": value}) | Q(**{name: value}, pk__lt=pk)


def count_of(question: Question) -> tuple[int, bool]:
    """How many rows meet the conditions, and whether that number is exact."""
    if not question.is_narrowed:
        return question.version.rows, True
    rows = question.rows.order_by()
    counted = rows.only("pk")[: EXACT_COUNT + 1].count()
    if counted <= EXACT_COUNT:
        return counted, True
    return max(_estimate(rows), counted), False


def _estimate(rows: QuerySet) -> int:
    """How many rows PostgreSQL expects."""
    plan = rows.only("pk").explain(format="JSON")
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"])
